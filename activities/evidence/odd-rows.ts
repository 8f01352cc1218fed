import type { Gap } from '../../domain/evidence.js';
import type { TenantRef } from '../../domain/platform.js';
import type { Odd } from '../../platforms/kit/rows.js';
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

/** `readContent`: whether what people wrote may be read; without it the row is kept without its words. */
export function oddRow(source: string, odd: Odd, readContent: boolean): OddRow {
  if ('field' in odd) return { source, field: odd.field, value: odd.value };
  const row = readContent ? odd.row : withoutWords(odd.row);
  const text = JSON.stringify(row) ?? 'undefined';
  return { source, field: odd.lacks, row: text.length > MAX_ROW ? text.slice(0, MAX_ROW) : row };
}

/** Fields in which the vendors write what people wrote, of whatever row. */
const WORDS =
  /^(?:text|body|bodyPreview|content|html|subject|snippet|preview|summary|title|fallback|pretext|blocks|attachments|files|formattedText|argumentText|plainText|message|quotedMessage\w*|cardsV2|initial_comment|previous_message|MessageBody|Message)$/i;
const UNREAD = '(not read)';
/** Deeper than vendors nest. */
const DEEP = 20;

/** The row without the words that may stand in it; what is nested too deep to be looked at goes too. */
function withoutWords(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' && depth === 0 ? UNREAD : value;
  if (depth > DEEP) return UNREAD;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutWords(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      WORDS.test(name) && one !== null ? UNREAD : withoutWords(one, depth + 1),
    ]),
  );
}

/** Whether words of people are kept in the row. */
export const holdsWords = (row: unknown): boolean =>
  row !== undefined && JSON.stringify(withoutWords(row)) !== JSON.stringify(row);

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

type Where = TenantRef & { readonly source: string };
type Parts = readonly { readonly odd: OddCount }[];
const KEPT = 'Kept with the evidence; the rest was read.';

/** The rows of a source that could not be read, with their number and what they lack; nothing else of them is said. None when there are none. */
export function oddRowsGap(where: Where, parts: Parts): readonly Gap[] {
  const rows = parts.reduce((sum, { odd }) => sum + odd.rows, 0);
  const lacks = [...new Set(parts.flatMap(({ odd }) => odd.lacks ?? []))].join(', ');
  const told = rows === 1 ? 'One row was' : `${String(rows)} rows were`;
  return rows === 0 ? [] : [gapOf(where, `${told} not what the vendor documents (${lacks}). ${KEPT}`)];
}

/** What stood where an address should, in rows that were read without it. None when there is nothing. */
export function oddFieldsGap(where: Where, parts: Parts): readonly Gap[] {
  const fields = [...new Set(parts.flatMap(({ odd }) => odd.fields ?? []))].join(', ');
  return fields === '' ? [] : [gapOf(where, `What is no address was not taken for one: ${fields}. ${KEPT}`)];
}

const gapOf = ({ platform, tenant, source }: Where, text: string): Gap => ({
  ...{ platform, tenant, source, code: 'ODD_ROWS' },
  text: scrub(text),
});
