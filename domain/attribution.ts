import { clientOf } from './client.js';
import type { ContextRows } from './episodes.js';
import { isAccess } from './episodes.js';
import { LABELS, type EvidenceEvent } from './evidence.js';
import { traitsOf, type History, type Trait } from './history.js';
import { slowCollection } from './indicators/slow-collection.js';
import { travel } from './indicators/travel.js';
import { isHosting } from './network.js';
import type { IndicatorThresholds } from './policy.js';
import { ATTRIBUTION, FACTS, type FactCode } from './weights.js';

/** Whose an episode is. */
export type Whose = 'own' | 'other' | 'app' | 'job' | 'unknown';

/** Something that speaks for or against the person as the actor of an episode. */
export interface Fact {
  readonly code: FactCode;
  readonly weight: number;
  /** For people; may name addresses and devices. */
  readonly text: string;
}

/** An episode with whose it is and why. */
export interface Episode extends ContextRows {
  readonly attribution: Whose;
  /** Sum of the facts: above 0 the subject's own. */
  readonly score: number;
  readonly facts: readonly Fact[];
}

/** What is known beside the rows. */
export interface Surroundings {
  readonly accounts: readonly string[];
  readonly thresholds: IndicatorThresholds;
  /** The organisation's own way out. */
  readonly isOwnEgress?: (ip: string) => boolean;
  /** Ids of the organisation's own apps. */
  readonly ownApps?: readonly string[];
  /** What threat intelligence says of the addresses that acted. */
  readonly intelligence?: readonly {
    readonly eventId: string;
    readonly confidence?: 'low' | 'medium' | 'high';
    readonly list: string;
    readonly indicator: string;
  }[];
  /** Places from which many colleagues came. */
  readonly sharedPlaces?: readonly string[];
  /** Weights of the policy that replace the product's own, by fact code. */
  readonly weights?: Readonly<Partial<Record<string, number>>>;
}

/** The vendor's words that are about what was taken, or about a leak: they say nothing of whose the access is. */
const NOT_OF_ACCESS: readonly string[] = [
  'excessive_downloads',
  'unexpected_scraping',
  'unexpected_api_call_volume',
  'unexpected_admin_action',
  'unexpected_credential_testing',
  'leakedCredentials',
  'leaked_password',
  'account_disabled_password_leak',
];
/** The vendor's words for what is only unusual. */
const WEAK: readonly string[] = [
  'unfamiliarFeatures',
  'ip_address',
  'asn',
  'user_agent',
  'unexpected_client',
  'unlikelyTravel',
  'newCountry',
];
/** The vendor's words for what it doubts until the person proves to be there. */
const UNTIL_PROVED: readonly string[] = ['suspicious_login', 'suspicious_login_less_secure_app', 'login_challenge'];
const DAY_MS = 86_400_000;
const CONSENT_NEW_DAYS = 14;
const APP_ESTABLISHED_DAYS = 10;
const SPREAD_ADDRESSES = 5;

/** Whose each context is. Facts that hold in the context itself come first; then what it has to do with the contexts that are surely the person's. */
export function attributeAll(
  contexts: readonly ContextRows[],
  rows: readonly EvidenceEvent[],
  history: History,
  given: Surroundings,
): readonly Episode[] {
  const weigh = (code: FactCode, text: string): Fact => ({
    code,
    weight: given.weights?.[code] ?? FACTS[code].weight,
    text,
  });
  const window = { from: rows[0]?.at ?? '', to: rows.at(-1)?.at ?? '' };
  const first = contexts.map((c) => ({
    c,
    facts:
      c.context.kind === 'app'
        ? appFacts(c, rows, history, given, weigh)
        : placeFacts(c, rows, window, history, given, weigh),
  }));
  const own = first
    .filter(({ c, facts }) => c.context.kind !== 'app' && sum(facts) >= ATTRIBUTION.own)
    .map(({ c }) => c);
  const failed = rows.filter((e) => e.kind === 'sign_in_failed');
  return first.map(({ c, facts }) => {
    const all =
      c.context.kind === 'app'
        ? facts
        : [...facts, ...relativeFacts(c, own, failed, history, given, weigh, sum(facts))];
    const score = Math.round(sum(all) * 100) / 100;
    return { ...c, facts: all, score, attribution: whose(c, score) };
  });
}

type Weigh = (code: FactCode, text: string) => Fact;
const sum = (facts: readonly Fact[]): number => facts.reduce((n, f) => n + f.weight, 0);

function whose({ context, acts }: ContextRows, score: number): Whose {
  if (context.kind === 'app') return score >= ATTRIBUTION.job ? 'job' : score <= ATTRIBUTION.app ? 'app' : 'unknown';
  if (acts.length === 0) return 'unknown';
  return score >= ATTRIBUTION.own ? 'own' : score <= ATTRIBUTION.other ? 'other' : 'unknown';
}

/** A place or client of the beginning needs no further look. */
const isEarly = ({ context, acts }: ContextRows, history: History): boolean =>
  (context.place !== undefined && history.has('address', context.place)) || acts.some((e) => e.deviceKnown === true);

const TRAIT_FACTS = [
  ['address', 'address.own', undefined],
  ['client', 'client.own', 'client.new'],
  ['network', 'network.own', 'network.new'],
  ['country', 'country.own', 'country.new'],
] as const satisfies readonly (readonly [Trait, FactCode, FactCode | undefined])[];

function placeFacts(
  c: ContextRows,
  rows: readonly EvidenceEvent[],
  window: { readonly from: string; readonly to: string },
  history: History,
  given: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  const { acts } = c;
  const facts: Fact[] = [];
  const collecting =
    !history.cold &&
    !isEarly(c, history) &&
    slowCollection({ context: acts, others: rows, ...window, thresholds: given.thresholds.volume.slow });
  if (collecting && !collecting.replaces) facts.push(weigh('began.collecting', collecting.text));
  const device = deviceFact(acts, history, weigh);
  if (device) facts.push(device);
  const ip = acts.find((e) => e.ip !== undefined)?.ip;
  const isEgress = ip !== undefined && given.isOwnEgress?.(ip) === true;
  if (isEgress) facts.push(weigh('address.egress', `${ip} is the organisation’s own way out`));
  for (const [trait, known, isNew] of TRAIT_FACTS) {
    const values = [...new Set(acts.flatMap((e) => traitsOf(e)[trait] ?? []))].sort();
    if (values.length === 0 || (isEgress && trait === 'address')) continue;
    const named = values.slice(0, 3).join(', ');
    if (values.every((v) => history.has(trait, v))) facts.push(weigh(known, `${trait} ${named}: long in use`));
    else if (trait === 'address' && !collecting && values.every((v) => history.hasGrown(v)))
      facts.push(weigh('address.grown', `${named}: in quiet use for weeks`));
    else if (isNew !== undefined && !isEgress && history.knows(trait) && !values.some((v) => history.has(trait, v)))
      facts.push(weigh(isNew, `${trait} ${named}: never before`));
  }
  const network = acts.find(isHosting);
  if (network && !isEgress) facts.push(weigh('network.hosting', `${network.asName ?? ''} rents out machines`));
  const script = acts.find((e) => e.userAgent !== undefined && clientOf(e.userAgent).scripted);
  if (script) facts.push(weigh('client.scripted', `${clientOf(script.userAgent ?? '').program} is no browser`));
  if (acts.some((e) => e.authentication === 'phishing_resistant'))
    facts.push(weigh('authentication.resistant', 'signed in with a factor that cannot be phished'));
  if (acts.some((e) => e.authentication === 'device_code'))
    facts.push(weigh('authentication.device_code', 'signed in by a device code'));
  facts.push(...vendorFacts(c, given, weigh), ...intelligenceFacts(c, given, weigh));
  if (ip !== undefined && !isEgress && given.sharedPlaces?.includes(c.context.place ?? '') === true)
    facts.push(weigh('address.shared', `many colleagues came from ${ip}`));
  if (history.cold && !isEgress && device === undefined) facts.push(weigh('cold', 'too little past to compare with'));
  const isOdd =
    acts.some((e) => e.kind === 'sign_in') &&
    acts.filter((e) => e.kind === 'sign_in').every((e) => history.isUnusualHour(e));
  if (isOdd) facts.push(weigh('hour.unusual', 'never at this hour before'));
  return facts;
}

function deviceFact(acts: readonly EvidenceEvent[], history: History, weigh: Weigh): Fact | undefined {
  const known = acts.find((e) => e.deviceKnown === true);
  // Whoever has the account can register a device: what the platform knows only since lately vouches little.
  const isLate = known?.deviceId !== undefined && history.knows('device') && !history.has('device', known.deviceId);
  if (known)
    return isLate
      ? weigh('device.known.late', `device ${known.deviceId ?? ''} is known, but only since lately`)
      : weigh('device.known', `device ${known.deviceId ?? ''} is managed or known`);
  const own = acts.find((e) => e.deviceId !== undefined && history.has('device', e.deviceId));
  if (own) return weigh('device.own', `device ${own.deviceId ?? ''}: long in use`);
  const strange = acts.find((e) => e.deviceKnown === false || (e.deviceId !== undefined && history.knows('device')));
  return strange && weigh('device.new', 'a device that the platform does not know');
}

/** The vendor tells one thing in a sign-in's own row, in a risk event and in an alert: it counts once. */
function vendorFacts({ acts, said }: ContextRows, { thresholds }: Surroundings, weigh: Weigh): readonly Fact[] {
  const { suspiciousReasons } = thresholds.signIn;
  const rows = [...acts, ...said].filter((e) => (e.reasons ?? []).length > 0);
  const isLow = (e: EvidenceEvent): boolean => e.risk === 'low';
  const told = rows
    .flatMap((e) => (e.reasons ?? []).map((reason) => ({ reason, isLow: isLow(e) })))
    .filter(({ reason }) => suspiciousReasons.includes(reason) && !NOT_OF_ACCESS.includes(reason));
  // The vendor asked the person again, and got a proof.
  const isProved = acts.some((e) => e.authentication === 'mfa' || e.authentication === 'phishing_resistant');
  const strong = [
    ...new Set(
      told
        .filter((t) => !t.isLow && !(isProved && UNTIL_PROVED.includes(t.reason)) && !WEAK.includes(t.reason))
        .map((t) => t.reason),
    ),
  ].sort();
  if (strong.length > 0) return [weigh('vendor.strong', `the vendor says ${strong.join(', ')}`)];
  const weak = [...new Set(told.map((t) => t.reason))].sort();
  return weak.length > 0 ? [weigh('vendor.weak', `the vendor says ${weak.join(', ')}`)] : [];
}

/** Only addresses that acted; a link that points to an address says nothing of who acts. */
function intelligenceFacts({ acts }: ContextRows, { intelligence = [] }: Surroundings, weigh: Weigh): readonly Fact[] {
  const byId = new Map(acts.map((e) => [e.id, e]));
  const hits = intelligence.filter((h) => byId.get(h.eventId)?.ip === h.indicator);
  for (const level of ['high', 'medium', 'low'] as const) {
    const hit = hits.find((h) => (h.confidence ?? 'medium') === level);
    if (hit)
      return [
        weigh(
          `intelligence.${level}`,
          `${hit.indicator} is on ${hit.list}, which is ${level === 'high' ? 'sure' : level === 'medium' ? 'fairly sure' : 'not sure'}`,
        ),
      ];
  }
  return [];
}

function relativeFacts(
  c: ContextRows,
  own: readonly ContextRows[],
  failed: readonly EvidenceEvent[],
  history: History,
  given: Surroundings,
  weigh: Weigh,
  score: number,
): readonly Fact[] {
  if (score >= ATTRIBUTION.own || c.acts.length === 0) return [];
  const others = own.filter((o) => o !== c);
  return [
    ...seenBefore(c, others, history, weigh),
    ...travelFacts(c, others, given, weigh),
    ...sessionFacts(c, others, weigh),
    ...failureFacts(c, failed, given, weigh),
  ];
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
  const hadDevice = shared.some((o) => o.acts.some((e) => e.deviceId !== undefined));
  const sameClient = shared.some(
    (o) => o.context.client !== undefined && clientsOf(o).some((x) => clientsOf(c).includes(x)),
  );
  const otherCountry = c.acts.some(
    (e) => e.country !== undefined && !shared.some((o) => o.acts.some((x) => x.country === e.country)),
  );
  // A phone that travels keeps its session and its program.
  const isBare = clientsOf(c).length === 0 && otherCountry;
  const isStolen = hadDevice || (!sameClient && clientsOf(c).length > 0) || c.acts.some(isHosting) || isBare;
  return isStolen ? [weigh('session.elsewhere', 'a session of the person goes on from another network')] : [];
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
  const here = count(before(failureWindowMinutes * 60_000).filter((e) => e.ip === undefined || e.ip === entry.ip));
  const day = before(DAY_MS);
  const spread = new Set(day.flatMap((e) => e.ip ?? [])).size;
  if (here >= failures) return [weigh('failures.before', `${here} failures before it`)];
  if (spread >= SPREAD_ADDRESSES && count(day) >= failures)
    return [weigh('failures.before', `${count(day)} failures from ${spread} addresses before it`)];
  return [];
}

function appFacts(
  c: ContextRows,
  rows: readonly EvidenceEvent[],
  history: History,
  given: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  const id = (c.context.app ?? '').split(':').slice(1).join(':');
  if (given.ownApps?.includes(id)) return [weigh('app.ours', 'an app of the organisation’s own')];
  const facts: Fact[] = [];
  const { scopes } = given.thresholds.configChange;
  const grants = rows.filter((e) => e.kind === 'app_grant' && e.app?.id === id);
  const far = [...grants, ...c.acts].some((e) =>
    (e.app?.scopes ?? []).some((s) => scopes.some((w) => s === w || s.endsWith(`/${w}`))),
  );
  // Who approved the app says nothing of who holds its token.
  if (c.context.place !== undefined) {
    const where = c.acts[0];
    const said = `used from ${where?.ip ?? c.context.place}${where?.country === undefined ? '' : ` (${where.country})`}, where the app never came from`;
    return [weigh('app.elsewhere', said), ...vendorFacts(c, given, weigh)];
  }
  const dated = grants.filter((e) => !(e.labels ?? []).includes(LABELS.state));
  // Where the case is about the app itself, whoever consented is somebody else, and no administrator for that.
  const isSubject = given.accounts.includes(id);
  const approved = grants.find(
    (e) =>
      (e.labels ?? []).includes(LABELS.adminConsent) ||
      (!isSubject && e.actor !== undefined && !given.accounts.includes(e.actor)),
  );
  const begin = Date.parse(c.acts[0]?.at ?? c.from);
  const consent = dated.at(-1);
  if (approved) facts.push(weigh('app.approved', 'an administrator approved the app'));
  else if (consent && begin - Date.parse(consent.at) < CONSENT_NEW_DAYS * DAY_MS)
    facts.push(weigh('app.consent.new', `allowed by the person on ${consent.at.slice(0, 10)}`));
  else if (grants.length === 0) facts.push(weigh('app.unknown', 'no log shows who allowed the app'));
  const days = new Set(c.acts.map((e) => e.at.slice(0, 10)));
  const isLong = Date.parse(c.to) - begin >= APP_ESTABLISHED_DAYS * DAY_MS && days.size >= 4;
  if (isLong) facts.push(weigh('app.established', `at work since ${c.from.slice(0, 10)}, on ${days.size} days`));
  const where = c.acts.find((e) => e.country !== undefined)?.country;
  if (
    grants.length === 0 &&
    !isLong &&
    where !== undefined &&
    history.knows('country') &&
    !history.has('country', where)
  )
    facts.push(weigh('app.far', `from ${where}, where nobody of the organisation was`));
  if (far && !approved) facts.push(weigh('app.scopes', 'it may read everything'));
  return [...facts, ...vendorFacts(c, given, weigh)];
}
