import type { EvidenceEvent, Gap } from './evidence.js';
import { contextsOf, TAKING, type ActingContext } from './exposure-contexts.js';
import { KNOWN, loggedItems, sum, type Known, type LedgerItem, type Unit } from './exposure-items.js';
import { peopleOf, type PeopleAffected } from './exposure-people.js';
import { itemsInReach } from './exposure-reach.js';
import { confidenceOf, showsReading, sourcesOf, type ReadSources, type SourceShows } from './exposure-sources.js';
import type { Confidence, Finding } from './finding.js';
import type { SecretHit } from './indicators/view.js';
import type { CriticalData } from './policy.js';

export type { Known, LedgerItem } from './exposure-items.js';

/** So many, by how it is known. */
export type Counts = Readonly<Record<Known, number>>;

export interface Ledger {
  readonly items: readonly LedgerItem[];
  readonly counts: Readonly<Record<Unit, Counts>>;
  /** Calls through an API with the bytes that their log gives, whatever they read. */
  readonly apiReads: { readonly calls: number; readonly bytes: number };
  readonly shares: { readonly outside: number; readonly used: number };
  readonly secrets: readonly SecretHit[];
  readonly people: PeopleAffected;
  readonly dataClasses: readonly string[];
  readonly sources: readonly SourceShows[];
  readonly confidence: Confidence;
  readonly confidenceBecause: readonly string[];
  readonly gaps: readonly Gap[];
}

/**
 * What was read or taken: what the rows of those who acted say, what follows from it, and what lay in their reach where no log shows
 * reading. What logs can't show is possible or a gap, never nothing. More rows never make it smaller; a row that comes twice counts once.
 */
export function ledgerOf(input: {
  readonly findings: readonly Finding[];
  readonly events: readonly EvidenceEvent[];
  readonly secrets: readonly SecretHit[];
  readonly critical: CriticalData;
  readonly gaps: readonly Gap[];
  /** Native ids of the subject's accounts. */
  readonly accounts?: readonly string[];
  readonly collections?: readonly ReadSources[];
  /** What acted, where somebody has told it apart already; else as the findings tell. */
  readonly contexts?: readonly ActingContext[];
}): Ledger {
  const { findings, critical, gaps, accounts = [], collections = [] } = input;
  const events = [...new Map(input.events.map((e) => [e.id, e])).values()];
  const contexts = input.contexts ?? contextsOf(findings, events);
  const logged = loggedItems({ events, critical }, contexts);
  const items = [
    ...logged,
    ...itemsInReach({
      ...{ events, critical, contexts, logged },
      // Without a word on the sources nothing is known to be hidden.
      shows: (context, what) => collections.length === 0 || showsReading(collections, context, what),
    }),
  ].sort(inOrder);
  const acting = new Set(contexts.flatMap((c) => c.events));
  const read = items.filter((i) => i.known !== 'possible');
  // Where a platform logs no reading, a secret in reach of a foreign session has to count as seen.
  const intruded = findings.some((f) => !f.ownSession && f.confidence !== 'low' && TAKING.includes(f.kind));
  const shown = new Set(read.flatMap((i) => i.events));
  const secrets = input.secrets.filter((s) => intruded || shown.has(s.eventId));
  const { confidence, because } = confidenceOf(collections, contexts);
  const links = items.filter((i) => i.what === 'link' && i.outside);
  return {
    items,
    counts: countsOf(items),
    apiReads: {
      calls: sum(items.map((i) => i.calls ?? 0)),
      bytes: sum(items.map((i) => (i.what === 'api' ? (i.bytes ?? 0) : 0))),
    },
    shares: { outside: links.length, used: links.filter((i) => i.used === 'yes').length },
    secrets: [...new Map(secrets.map((s) => [s.fingerprint, s])).values()],
    people: peopleOf(items, events, acting, accounts),
    dataClasses: dataClassesOf(read, events, secrets),
    sources: sourcesOf(collections),
    confidence,
    confidenceBecause: because,
    gaps,
  };
}

const UNITS: readonly Unit[] = ['conversations', 'messages', 'files', 'links', 'exports', 'calls'];

function countsOf(items: readonly LedgerItem[]): Ledger['counts'] {
  const of = (unit: Unit, known: Known): number =>
    sum(items.filter((i) => i.unit === unit && i.known === known).map((i) => i.count));
  return Object.fromEntries(
    UNITS.map((unit) => [unit, Object.fromEntries(KNOWN.map((known) => [known, of(unit, known)]))]),
  ) as Ledger['counts'];
}

function dataClassesOf(
  read: readonly LedgerItem[],
  events: readonly EvidenceEvent[],
  secrets: readonly SecretHit[],
): readonly string[] {
  const ids = new Set(read.flatMap((i) => i.events));
  return [
    ...new Set([
      ...events.filter((e) => ids.has(e.id)).flatMap((e) => e.labels ?? []),
      ...secrets.map((s) => `secret:${s.kind}`),
      ...(read.some((i) => i.critical) ? ['critical business data'] : []),
    ]),
  ]
    .filter((l) => l !== 'attachment' && l !== 'outside')
    .sort();
}

/** What is surest first, then by time. */
const inOrder = (a: LedgerItem, b: LedgerItem): number =>
  KNOWN.indexOf(a.known) - KNOWN.indexOf(b.known) ||
  (a.firstAt < b.firstAt ? -1 : a.firstAt > b.firstAt ? 1 : 0) ||
  (a.what + a.id < b.what + b.id ? -1 : 1);
