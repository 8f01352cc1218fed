import { appFacts } from './app-facts.js';
import { clientOf } from './client.js';
import type { ContextRows } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import { traitsOf, type History, type Trait } from './history.js';
import { slowCollection } from './indicators/shared/slow-collection.js';
import { isHosting } from './network.js';
import { relativeFacts } from './relative-facts.js';
import { intelligenceFacts, vendorFacts } from './vendor-facts.js';
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

export type Weigh = (code: FactCode, text: string) => Fact;
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
