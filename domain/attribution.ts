import { announcedFacts } from './announced-facts.js';
import { appFacts } from './app-facts.js';
import { clientOf } from './client.js';
import { codeFacts, isStrangeCode } from './code-facts.js';
import type { SharedPlace } from './colleagues.js';
import type { ContextRows } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import { traitsOf, type History, type Trait } from './history.js';
import { networkGroups } from './indicators/shared/network-groups.js';
import { slowCollection, type SlowCollection } from './indicators/shared/slow-collection.js';
import { isHosting } from './hosting.js';
import { relativeFacts } from './relative-facts.js';
import { intelligenceFacts, vendorFacts } from './vendor-facts.js';
import type { IndicatorThresholds } from './policy.js';
import { isSurelyOwn, sumOf } from './vouching.js';
import { ATTRIBUTION, FACTS, NOT_OF_THE_PLACE, type FactCode } from './weights.js';

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
  /** Places from which several colleagues came in the same days. */
  readonly sharedPlaces?: readonly SharedPlace[];
  /** Messages whose text may be read. */
  readonly messages?: readonly EvidenceEvent[];
  /** Weights of the policy that replace the product's own, by fact code. */
  readonly weights?: Readonly<Partial<Record<string, number>>>;
}

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
  const slow = slowCollectors(contexts, rows, history, given);
  const factsOf = (c: ContextRows): readonly Fact[] => {
    if (c.context.kind === 'app') return appFacts(c, rows, history, given, weigh);
    const facts = placeFacts(c, slow, history, given, weigh);
    return isStrangeCode(c, history) ? codeFacts(c, facts, weigh) : facts;
  };
  const first = contexts.map((c) => ({ c, facts: factsOf(c) }));
  const own = first.filter(({ c, facts }) => c.context.kind !== 'app' && isSurelyOwn(facts)).map(({ c }) => c);
  const devices = first.filter(({ facts }) => facts.some((f) => f.code === 'device.known')).map(({ c }) => c);
  const failed = rows.filter((e) => e.kind === 'sign_in_failed');
  const doubtful = first.filter(({ c, facts }) => c.context.kind !== 'app' && sumOf(facts) < 0).map(({ c }) => c);
  const announced = announcedFacts(own, doubtful, given, weigh);
  return first.map(({ c, facts }) => {
    const isSure =
      c.context.kind === 'app' ? sumOf(facts) >= ATTRIBUTION.job : isSurelyOwn(facts) || isStrangeCode(c, history);
    const relative =
      c.context.kind === 'app' ? [] : relativeFacts({ c, facts }, { own, devices }, failed, history, given, weigh);
    const all = [...facts, ...relative, ...(isSure ? [] : announced(c))];
    const score = Math.round(sumOf(all) * 100) / 100;
    return { ...c, facts: all, score, attribution: whose(c, score, all) };
  });
}

/** Slow collection in a context, or in all new ones of its network together: whoever changes the address every night is still one. */
function slowCollectors(
  contexts: readonly ContextRows[],
  rows: readonly EvidenceEvent[],
  history: History,
  { thresholds }: Surroundings,
): (c: ContextRows) => SlowCollection | undefined {
  if (history.cold) return () => undefined;
  const window = { from: rows[0]?.at ?? '', to: rows.at(-1)?.at ?? '' };
  const late = contexts.filter((c) => c.context.kind !== 'app' && c.acts.length > 0 && !isEarly(c, history));
  const found = new Map<string, SlowCollection>();
  for (const group of [...networkGroups(late), ...late.map((c) => [c])]) {
    const context = group.flatMap((c) => c.acts);
    const collection = slowCollection({ context, others: rows, ...window, thresholds: thresholds.volume.slow });
    if (collection) for (const c of group) found.set(c.id, collection);
  }
  return (c) => found.get(c.id);
}

export type Weigh = (code: FactCode, text: string) => Fact;

function whose({ context, acts }: ContextRows, score: number, facts: readonly Fact[]): Whose {
  if (context.kind === 'app') return score >= ATTRIBUTION.job ? 'job' : score <= ATTRIBUTION.app ? 'app' : 'unknown';
  if (acts.length === 0) return 'unknown';
  return isSurelyOwn(facts, score) ? 'own' : score <= ATTRIBUTION.other ? 'other' : 'unknown';
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
  slow: (c: ContextRows) => SlowCollection | undefined,
  history: History,
  given: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  // Of what only tried to get in the attempts tell where from.
  const acts = c.acts.length > 0 ? c.acts : c.attempts;
  const facts: Fact[] = [];
  const collecting = slow(c);
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
      facts.push(sinceYoung(weigh(isNew, `${trait} ${named}: never before`), history));
  }
  const network = acts.find(isHosting);
  // A device that the organisation manages goes out through gateways and tunnels of rented machines.
  if (network && !isEgress && device?.code !== 'device.known')
    facts.push(weigh('network.hosting', `${network.asName ?? ''} rents out machines`));
  const script = acts.find((e) => e.userAgent !== undefined && clientOf(e.userAgent).scripted);
  if (script) facts.push(weigh('client.scripted', `${clientOf(script.userAgent ?? '').program} is no browser`));
  if (acts.some((e) => e.authentication === 'phishing_resistant'))
    facts.push(weigh('authentication.resistant', 'signed in with a factor that cannot be phished'));
  else if (acts.some((e) => e.authentication === 'mfa'))
    facts.push(weigh('authentication.mfa', 'signed in with a second factor'));
  if (acts.some((e) => e.authentication === 'password' && history.usesSecondFactor(e.platform)))
    facts.push(weigh('authentication.weak', 'the password alone, where the person signs in with a second factor'));
  facts.push(...vendorFacts(c, given, weigh), ...intelligenceFacts(c, given, weigh));
  // Where nothing is known of the person, nothing tells whether only the place is new.
  const shared = isEgress || history.cold ? undefined : given.sharedPlaces?.find((s) => s.place === c.context.place);
  if (shared && !facts.some((f) => NOT_OF_THE_PLACE.includes(f.code)))
    facts.push(
      shared.many
        ? weigh('address.crowd', `many colleagues came from ${ip ?? shared.place}`)
        : weigh('address.shared', `a few colleagues came from ${ip ?? shared.place}`),
    );
  if (history.cold && !isEgress && device === undefined)
    facts.push(
      history.days <= WAKING_DAYS
        ? weigh('dormant', 'nobody has used the account in the visible past')
        : weigh('cold', 'too little past to compare with'),
    );
  // In another country the day has other hours.
  const isOdd =
    !facts.some((f) => f.code === 'country.new') &&
    acts.some((e) => e.kind === 'sign_in') &&
    acts.filter((e) => e.kind === 'sign_in').every((e) => history.isUnusualHour(e));
  if (isOdd) facts.push(weigh('hour.unusual', 'never at this hour before'));
  return facts;
}

/** Days of use in the whole window of an account that wakes up. */
const WAKING_DAYS = 1;

/** What was never there in a few days of a past may be there every second week. */
const sinceYoung = (fact: Fact, { isYoung }: History): Fact => (isYoung ? { ...fact, weight: fact.weight / 2 } : fact);

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
  if (acts.some((e) => history.namesDevice(e)))
    return weigh('device.missing', 'no device, where sign-ins of the person by this program name one');
  const strange = acts.find((e) => e.deviceKnown === false || (e.deviceId !== undefined && history.knows('device')));
  return strange && weigh('device.new', 'a device that the platform does not know');
}
