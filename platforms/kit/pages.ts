import { QuellError } from '../../domain/errors.js';

/** One page of a vendor's list. An empty page may still lead on; no next page, null and an empty text are the end. */
export interface Page<T> {
  readonly rows?: readonly T[] | null | undefined;
  readonly next?: string | null | undefined;
}

/** How reading a list ended: at its end; at a page that leads back to one that was read; at the bound. */
export type ListEnd = 'end' | 'again' | 'bound';

export interface Bounds {
  readonly pages?: number;
  readonly rows?: number;
}
const MOST: Required<Bounds> = { pages: 1_000, rows: 10_000 };

/** Reads a list page by page; `read` gets what the page before gave as `next`, `take` each page as it came. Errors: those of `read`. */
export async function walkPages<P extends Page<unknown>>(
  read: (next: string | undefined) => Promise<P>,
  take: (page: P) => void,
  bounds: Bounds = {},
): Promise<ListEnd> {
  const { pages, rows: most } = { ...MOST, ...bounds };
  const seen = new Set<string>();
  let taken = 0;
  for (let next: string | undefined; ;) {
    const page = await read(next);
    take(page);
    taken += page.rows?.length ?? 0;
    next = page.next || undefined;
    if (next === undefined) return 'end';
    if (seen.has(next)) return 'again';
    seen.add(next);
    if (seen.size >= pages || taken > most) return 'bound';
  }
}

/**
 * All rows of a list, for who needs the whole of it (one that is missing may be the one that protects). Errors: those of `read`; VENDOR_REPLY
 * for a list that leads to itself or does not end: vendors have served such links.
 */
export async function allPages<T>(
  read: (next: string | undefined) => Promise<Page<T>>,
  bounds?: Bounds,
): Promise<readonly T[]> {
  const all: T[] = [];
  const end = await walkPages(read, ({ rows }) => all.push(...(rows ?? [])), bounds);
  if (end !== 'end') throw new QuellError('VENDOR_REPLY', 'paging does not end');
  return all;
}
