import { isSamePlace } from './address.js';
import type { Fact, Surroundings, Weigh } from './attribution.js';
import { isAccess, type ContextRows } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import { traitsOf, type History } from './history.js';
import { travel } from './indicators/shared/travel.js';
import { isHosting } from './hosting.js';
import { isSurelyOwn } from './vouching.js';
import { NOT_OF_THE_PLACE } from './weights.js';

const DAY_MS = 86_400_000;
const SPREAD_ADDRESSES = 5;

/** Contexts that are surely the person's, and those with a device that the organisation has long known. */
export interface Sure {
  readonly own: readonly ContextRows[];
  readonly devices: readonly ContextRows[];
}

/** What a context has to do with those that are surely the person’s. */
export function relativeFacts(
  { c, facts }: { readonly c: ContextRows; readonly facts: readonly Fact[] },
  { own, devices }: Sure,
  failed: readonly EvidenceEvent[],
  history: History,
  given: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  if (isSurelyOwn(facts) || c.acts.length === 0) return [];
  const others = own.filter((o) => o !== c);
  // Whoever is where the person's own device is at that time is no traveller, and the session went with the device.
  const isOfThePlace = facts.every((f) => f.code === 'network.hosting' || !NOT_OF_THE_PLACE.includes(f.code));
  if (isOfThePlace && devices.some((o) => o !== c && isWithDevice(c, o)))
    return [weigh('address.device', 'a device of the person is at this address in the same hours')];
  return [
    ...seenBefore(c, others, history, weigh),
    // A managed device behind rented machines has not flown: it goes out through a gateway.
    ...(devices.includes(c) && c.acts.some(isHosting) ? [] : travelFacts(c, others, given, weigh)),
    ...sessionFacts(c, others, weigh),
    ...failureFacts(c, failed, given, weigh),
  ];
}

const SAME_HOURS_MS = 12 * 3_600_000;

/** At one address at one time with a device that the organisation knows. */
function isWithDevice(c: ContextRows, own: ContextRows): boolean {
  if (c.context.place === undefined || c.context.place !== own.context.place) return false;
  const times = own.acts.filter((e) => e.deviceKnown === true).map((e) => Date.parse(e.at));
  return c.acts.every((e) => times.some((at) => Math.abs(at - Date.parse(e.at)) <= SAME_HOURS_MS));
}

/** A program that is new, and was used from the person's own place before: a new phone that goes on a journey. */
function seenBefore(c: ContextRows, own: readonly ContextRows[], history: History, weigh: Weigh): readonly Fact[] {
  const clients = clientsOf(c).filter((client) => !history.has('client', client));
  const earlier = own.filter((o) => o.from < c.from && clientsOf(o).some((x) => clients.includes(x)));
  return earlier.length > 0
    ? [weigh('client.seen', `${clients.join(', ')}: seen at the person's own place before`)]
    : [];
}

function travelFacts(
  c: ContextRows,
  own: readonly ContextRows[],
  { thresholds }: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  const { travelKilometres, travelKmPerHour } = thresholds.signIn;
  const anchors = own.flatMap((o) => o.acts.filter((e) => e.location !== undefined)).sort(byTime);
  for (const row of c.acts.filter((e) => e.location !== undefined)) {
    const before = anchors.findLast((e) => e.at <= row.at);
    const after = anchors.find((e) => e.at > row.at);
    for (const moved of [before && travel(before, row), after && travel(row, after)])
      if (moved && moved.kilometres >= travelKilometres && moved.kmPerHour >= travelKmPerHour)
        return [
          weigh('travel.impossible', `${moved.kilometres} km at ${moved.kmPerHour} km/h from where the person was`),
        ];
  }
  return [];
}

/** A session of the person that goes on elsewhere without the device or the program it had: a stolen cookie or token. */
function sessionFacts(c: ContextRows, own: readonly ContextRows[], weigh: Weigh): readonly Fact[] {
  const sessions = new Set(c.acts.flatMap((e) => sessionOf(e) ?? []));
  if (sessions.size === 0) return [];
  const shared = own.filter((o) => o.acts.some((e) => sessions.has(sessionOf(e) ?? '')));
  if (shared.length === 0) return [];
  const devices = new Set(c.acts.flatMap((e) => e.deviceId ?? []));
  const sameDevice = shared.some((o) => o.acts.some((e) => e.deviceId !== undefined && devices.has(e.deviceId)));
  if (sameDevice) return [];
  // Only a sign-in names a device; a file's row without one says nothing.
  const hadDevice =
    c.acts.some((e) => e.kind === 'sign_in') && shared.some((o) => o.acts.some((e) => e.deviceId !== undefined));
  const sameClient = shared.some(
    (o) => o.context.client !== undefined && clientsOf(o).some((x) => clientsOf(c).includes(x)),
  );
  const otherCountry = c.acts.some(
    (e) => e.country !== undefined && !shared.some((o) => o.acts.some((x) => x.country === e.country)),
  );
  // A phone that travels keeps its session and its program.
  const isBare = clientsOf(c).length === 0 && otherCountry;
  const twice = isSimultaneous(c, shared, sessions)
    ? [weigh('session.simultaneous', 'one session is used from two networks in the same minutes')]
    : [];
  const isStolen = hadDevice || (!sameClient && clientsOf(c).length > 0) || c.acts.some(isHosting) || isBare;
  return isStolen
    ? [weigh('session.elsewhere', 'a session of the person goes on from another network'), ...twice]
    : twice;
}

/** A phone changes its network now and then; nobody changes it to and fro within minutes. */
const TO_AND_FRO = 3;
const AT_ONCE_MS = 10 * 60_000;

/** Rows of one session change between two networks and back, each time within minutes. Of two kinds of address both may be in use. */
function isSimultaneous(c: ContextRows, shared: readonly ContextRows[], sessions: ReadonlySet<string>): boolean {
  const here = new Set(c.acts.map((e) => e.id));
  const rows = [c, ...shared]
    .flatMap((o) => o.acts)
    .filter((e) => e.ip !== undefined && sessions.has(sessionOf(e) ?? ''))
    .sort(byTime);
  const changes = rows.filter((e, i) => {
    const before = rows[i - 1];
    return (
      before !== undefined &&
      here.has(before.id) !== here.has(e.id) &&
      before.asn !== e.asn &&
      before.ip?.includes(':') === e.ip?.includes(':') &&
      Date.parse(e.at) - Date.parse(before.at) <= AT_ONCE_MS
    );
  });
  return changes.length >= TO_AND_FRO;
}

const clientsOf = (c: ContextRows): readonly string[] => [...new Set(c.acts.flatMap((e) => traitsOf(e).client ?? []))];
const sessionOf = (e: EvidenceEvent): string | undefined =>
  e.sessionId === undefined ? undefined : `${e.platform}:${e.sessionId}`;
const byTime = (a: EvidenceEvent, b: EvidenceEvent): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** A burst from the same address before it got in, or attempts from many addresses of which this one succeeded. */
function failureFacts(
  c: ContextRows,
  failed: readonly EvidenceEvent[],
  { thresholds }: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  const { failures, failureWindowMinutes } = thresholds.signIn;
  const entry = c.acts.find(isAccess);
  if (!entry) return [];
  const at = Date.parse(entry.at);
  const before = (ms: number): readonly EvidenceEvent[] =>
    failed.filter((e) => e.at <= entry.at && Date.parse(e.at) >= at - ms);
  const count = (rows: readonly EvidenceEvent[]): number => rows.reduce((n, e) => n + (e.count ?? 1), 0);
  const here = count(
    before(failureWindowMinutes * 60_000).filter((e) => e.ip === undefined || isSamePlace(e.ip, entry.ip)),
  );
  const day = before(DAY_MS);
  const spread = new Set(day.flatMap((e) => e.ip ?? [])).size;
  if (here >= failures) return [weigh('failures.before', `${here} failures before it`)];
  if (spread >= SPREAD_ADDRESSES && count(day) >= failures)
    return [weigh('failures.before', `${count(day)} failures from ${spread} addresses before it`)];
  return [];
}
