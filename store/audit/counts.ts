import { z } from 'zod';
import { jsonOf } from '../../domain/json.js';
import { LEDGER_NOTED } from '../containment/ledger-rows.js';
import { ACTED, isManifest } from '../verify-story.js';
import { AuditEntrySchema, type AuditEntry } from './entry.js';

/** What a chain vouches for, by kind: how often its lines name one. */
export const COUNTED = [
  'cases',
  'evidence files',
  'manifests',
  'grounds files',
  'dossier files',
  'reports',
  'reports files',
  'acts',
  'ledger rows',
] as const;
export type Counted = (typeof COUNTED)[number];
export type Counts = Readonly<Partial<Record<Counted, number>>>;

/** With names that are not known here too: the signature is over all of them. */
export const CountsSchema: z.ZodType<Counts> = z.record(z.string(), z.int().nonnegative());

/** A role notes whatever kind it likes, also `constructor`. */
const KINDS: ReadonlyMap<string, Counted> = new Map<string, Counted>([
  ['case.opened', 'cases'],
  ['case.reported', 'reports'],
  [LEDGER_NOTED, 'ledger rows'],
]);

/** The counts with one more entry. */
export function counted(counts: Counts, { kind, evidence = [] }: AuditEntry): Counts {
  const of = KINDS.get(kind) ?? (ACTED.test(kind) ? 'acts' : undefined);
  if (of === undefined && evidence.length === 0) return counts;
  const sum: Partial<Record<Counted, number>> = { ...counts };
  const add = (what: Counted): void => void (sum[what] = (sum[what] ?? 0) + 1);
  if (of !== undefined) add(of);
  for (const { compartment, key } of evidence)
    add(compartment === 'evidence' && isManifest(key) ? 'manifests' : `${compartment} files`);
  return sum;
}

/** The counts with one more line; an entry that is none counts for nothing. */
export function countedIn(counts: Counts, text: string): Counts {
  const { data } = AuditEntrySchema.safeParse(jsonOf(text));
  return data ? counted(counts, data) : counts;
}

/** What `more` counts beyond `fewer`, in words: `2 cases, 5 dossier files`. Empty when it is nothing. */
export const beyond = (more: Counts, fewer: Counts): string =>
  COUNTED.map((what) => [(more[what] ?? 0) - (fewer[what] ?? 0), what] as const)
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${n} ${what}`)
    .join(', ');

export const sameCounts = (a: Counts, b: Counts): boolean => COUNTED.every((what) => (a[what] ?? 0) === (b[what] ?? 0));
