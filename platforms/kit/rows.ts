import { z } from 'zod';
import { Misfit, readerOf } from './readers.js';
import { clientAddress, notAddresses, type Address } from '../../domain/address.js';

/**
 * What of a vendor's answer could not be read: a whole row, kept as it came, with the path of the field that it lacks; or one field of a row
 * that was read without it, with what stood there. Either is told in the source's gap and kept with the evidence; nothing else is lost.
 */
export type Odd =
  { readonly row: unknown; readonly lacks: string } | { readonly field: string; readonly value: string };

/** One page of a vendor's list in the words of the playbook. `rows.length` in = `read` + odd rows. */
export interface Mapped<T> {
  readonly read: number;
  readonly values: readonly T[];
  readonly odd: readonly Odd[];
}

/** Where a row that is read says what it could not make out. */
export interface Notes {
  /** A client's address of a field: see `clientAddress`. What was meant as one and is none is noted. */
  address(field: string, value: unknown): Address | undefined;
}

/** Thrown by a mapper for a row that lacks what it must have. Caught by `mapRows`, which counts and keeps the row. */
class Lacking extends Error {
  constructor(readonly lacks: string) {
    super(lacks);
  }
}

/** The value, or an odd row: for what a mapper must have and a shape can't say (an instant that is none). */
export function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Lacking(field);
  return value;
}

/**
 * Each row by itself: what fits the shape is mapped to any number of values, what does not is odd. One strange row costs itself, never the
 * page. Shapes ask for what identifies a row and for nothing else; the rest they read with `maybe`.
 */
export function mapRows<Row, T>(
  rows: readonly unknown[],
  shape: z.ZodType<Row>,
  map: (row: Row, notes: Notes) => readonly T[],
): Mapped<T> {
  const odd: Odd[] = [];
  const values: T[] = [];
  const notes = notesIn(odd);
  let count = 0;
  const readRow = readerOf(shape);
  for (const raw of rows) {
    const row = readRow(raw);
    if (row instanceof Misfit) {
      odd.push({ row: raw, lacks: row.path || '(the row)' });
      continue;
    }
    const before = odd.length;
    try {
      values.push(...map(row, notes));
      count++;
    } catch (error) {
      if (!(error instanceof Lacking)) throw error;
      // The whole row is kept: what was noted of it stands there.
      odd.splice(before, odd.length, { row: raw, lacks: error.lacks });
    }
  }
  return { read: count, values, odd };
}

/** The rows themselves. */
export const readRows = <Row>(rows: readonly unknown[], shape: z.ZodType<Row>): Mapped<Row> =>
  mapRows(rows, shape, (row) => [row]);

function notesIn(odd: Odd[]): Notes {
  /** A page has few addresses. */
  const seen = new Map<unknown, ReadAddress>();
  return {
    address: (field, value) => {
      let known = seen.get(value);
      if (!known) seen.set(value, (known = { address: clientAddress(value), none: notAddresses(value) }));
      for (const text of known.none) odd.push({ field, value: text.slice(0, 60) });
      return known.address;
    },
  };
}
interface ReadAddress {
  readonly address: Address | undefined;
  readonly none: readonly string[];
}

/** A field that is read when it fits and is unknown when it does not: absent, null and of another type are the same. */
export const maybe = <T>(shape: z.ZodType<T>): z.ZodType<T | undefined> => read((value) => readAs(shape, value));

/** A value that is no field of a shape, by one. Undefined when it does not fit. */
export function readAs<T>(shape: z.ZodType<T>, value: unknown): T | undefined {
  const got = readerOf(shape)(value);
  return got instanceof Misfit ? undefined : got;
}

const anything = z.unknown().optional();
const read = <T>(of: (value: unknown) => T | undefined): z.ZodType<T | undefined> =>
  anything.transform((value) => (value === undefined || value === null ? undefined : of(value)));

/** A text that is not empty, or unknown. A number counts as its text: vendors write ids either way. */
export const someText: z.ZodType<string | undefined> = read((value) =>
  typeof value === 'string' ? value || undefined : Number.isFinite(value) ? String(value) : undefined,
);

/** What names a row: a text that is not empty, or a whole number, which is its text. */
export const anId: z.ZodType<string> = z.union([z.string().min(1), z.int().transform(String)]);

/** A number, or a text that is one, with or without separators of thousands; or unknown. */
export const someNumber: z.ZodType<number | undefined> = read((value) => {
  const n = typeof value === 'string' ? numberIn(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
});
/** The number of a network on the internet (RFC 6793, four bytes; 0 is nobody's), or unknown. */
export const someAsn: z.ZodType<number | undefined> = read((value) => {
  const n = typeof value === 'string' ? numberIn(value) : value;
  return typeof n === 'number' && Number.isInteger(n) && n > 0 && n < 2 ** 32 ? n : undefined;
});
function numberIn(text: string): number {
  const bare = text.trim().replace(/(?<=\d)[,_' \u00a0](?=\d{3}\b)/g, '');
  return /^-?\d+(?:\.\d+)?$/.test(bare) ? Number(bare) : Number.NaN;
}

/** True or false, or the words for it (`True`, `0`); or unknown. */
export const someFlag: z.ZodType<boolean | undefined> = read((value) =>
  typeof value === 'boolean' ? value : typeof value === 'string' ? FLAGS.get(value) : undefined,
);
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'True', 'TRUE', '1'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE', '0'].map((word) => [word, false] as const),
]);

/** The elements that fit; one thing where a list is expected is a list of one. Empty when nothing is there. */
export const someList = <T>(shape: z.ZodType<T>): z.ZodType<readonly T[]> =>
  anything.transform((value) => {
    if (value === undefined || value === null) return NONE;
    const list: T[] = [];
    for (const element of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      const got = readerOf(shape)(element);
      if (!(got instanceof Misfit)) list.push(got);
    }
    return list;
  });
const NONE: readonly never[] = [];

/** As it came, of any type or absent: for what has a parser of its own (an instant, an address). */
export const asItCame: z.ZodType = anything;
