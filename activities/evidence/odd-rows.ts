import type { Gap } from '../../domain/evidence.js';
import type { TenantRef } from '../../domain/platform.js';
import type { Odd } from '../../platforms/rows.js';
import { scrub } from '../scrub.js';

/** One thing that could not be read, as the evidence keeps it: a row as it came, or a field of a row that was read without it. */
export interface OddRow {
  readonly source: string;
  /** Path of the field that the row lacks, or that held something else than it should. */
  readonly field: string;
  readonly row?: unknown;
  readonly value?: string;
}
/** How often; the number is told, the fields are named. */
export interface OddCount {
  readonly rows: number;
  /** The first fields that odd rows lack. */
  readonly lacks?: readonly string[];
  /** The first texts that stood where an address should. */
  readonly fields?: readonly string[];
}

/** Kept of one source; all are counted. */
export const MAX_KEPT = 1_000;
/** Of one row; a longer one is kept as the beginning of its text. */
const MAX_ROW = 64 * 1024;
const MAX_NAMED = 3;

export function oddRow(source: string, odd: Odd): OddRow {
  if ('field' in odd) return { source, field: odd.field, value: odd.value };
  const text = JSON.stringify(odd.row) ?? 'undefined';
  return { source, field: odd.lacks, row: text.length > MAX_ROW ? text.slice(0, MAX_ROW) : odd.row };
}

export function countOdd(before: OddCount, odd: readonly OddRow[]): OddCount {
  const rows = odd.filter((o) => o.value === undefined);
  const named = (known: readonly string[] = [], more: readonly string[]): readonly string[] =>
    [...new Set([...known, ...more])].slice(0, MAX_NAMED);
  return {
    rows: before.rows + rows.length,
    lacks: named(
      before.lacks,
      rows.map((o) => o.field),
    ),
    fields: named(
      before.fields,
      odd.flatMap(({ field, value }) => (value === undefined ? [] : `${field} ${shown(value)}`)),
    ),
  };
}

/** What could be meant as an address may be shown; anything else may be somebody's name. */
const shown = (value: string): string => (/^[0-9a-f.:%/[\]xX-]{1,60}$/i.test(value) ? `"${value}"` : '(a text)');

/** The rows of a source that could not be read, with their number and what they lack; nothing else of them is said. */
export function oddGap(
  { platform, tenant, source }: TenantRef & { readonly source: string },
  counts: readonly OddCount[],
): Gap | undefined {
  const rows = counts.reduce((sum, c) => sum + c.rows, 0);
  const [lacks, fields] = [counts.flatMap((c) => c.lacks ?? []), counts.flatMap((c) => c.fields ?? [])];
  if (rows === 0 && fields.length === 0) return undefined;
  const told = [
    ...(rows === 0
      ? []
      : [
          `${rows === 1 ? 'One row was' : `${String(rows)} rows were`} not what the vendor documents (${lacks.join(', ')}).`,
        ]),
    ...(fields.length === 0 ? [] : [`What is no address was not taken for one: ${fields.join(', ')}.`]),
    'Kept as it came with the evidence; the rest was read.',
  ];
  return { platform, tenant, source, code: 'ODD_ROWS', text: scrub(told.join(' ')) };
}
