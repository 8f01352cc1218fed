import { z } from 'zod';
import { allPages as everyPage, walkPages, type Page } from '../kit/pages.js';
import type { SourcePage } from '../ports.js';
import { LEADS_TO_ITSELF } from '../kit/steps.js';

type At = { readonly pageToken?: string };

/**
 * All rows of a list; `page` gets `{}` first, then `{ pageToken }`. An empty page may still lead on. Throws VENDOR_REPLY for a list that
 * leads to a page it came from, or does not end: what decides over an act must be whole.
 */
export async function allPages<T>(page: (at: At) => Promise<Page<T>>): Promise<readonly T[]> {
  return await everyPage((next) => page(next === undefined ? {} : { pageToken: next }));
}

/** The rows of a list as far as it leads to pages that are new, and whether that was its end. */
export async function knownPages<T>(
  page: (at: At) => Promise<Page<T>>,
): Promise<{ readonly rows: readonly T[]; readonly ends: boolean }> {
  const rows: T[] = [];
  const end = await walkPages(
    (next) => page(next === undefined ? {} : { pageToken: next }),
    (p) => rows.push(...(p.rows ?? [])),
  );
  return { rows, ends: end === 'end' };
}

const position = z.strictObject({ n: z.int().nonnegative(), next: z.string().optional() });

/** The lists of several things read as one, a page at a time. A page that leads to itself ends its own list, and the next one is read. */
export async function eachInTurn<T>(
  things: readonly T[],
  cursor: string | undefined,
  read: (thing: T, next: string | undefined) => Promise<SourcePage>,
): Promise<SourcePage> {
  const at = cursor === undefined ? { n: 0 } : position.parse(JSON.parse(cursor));
  const thing = things[at.n];
  if (thing === undefined) return { events: [] };
  const { next, ...page } = await read(thing, at.next);
  if (next !== undefined && next !== at.next) return { ...page, next: JSON.stringify({ n: at.n, next }) };
  const told = next === undefined ? page : { ...page, gap: LEADS_TO_ITSELF };
  return at.n + 1 < things.length ? { ...told, next: JSON.stringify({ n: at.n + 1 }) } : told;
}
