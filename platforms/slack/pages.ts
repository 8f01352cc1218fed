import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { maybe, someNumber, someText } from '../kit/rows.js';

/** The rows of a list; `null` is an empty one. A list that is not there at all is no answer of Slack's. */
export const rowsOf: z.ZodType<readonly unknown[]> = z
  .array(z.unknown())
  .nullable()
  .transform((rows) => rows ?? []);

/** Next cursor of the Web API and the Audit Logs API: empty or absent at the end. */
export const metadata = maybe(z.looseObject({ next_cursor: someText }));
export function nextOf(meta: z.infer<typeof metadata>): { readonly next?: string } {
  return meta?.next_cursor === undefined ? {} : { next: meta.next_cursor };
}

/** Of the older methods, which page by numbers. */
export const paging = maybe(z.looseObject({ pages: someNumber }));
/** The page after `page`: by Slack's own number of pages, and where it gives none as long as pages are full. */
export function pageAfter(
  page: number,
  { pages }: { readonly pages?: number | undefined } = {},
  rows: number,
  count: number,
): { readonly next?: string } {
  const goesOn = rows > 0 && (pages === undefined ? rows >= count : page < pages);
  return goesOn ? { next: String(page + 1) } : {};
}

/** All pages of a list by cursor, for who needs the whole of it. Errors: VENDOR_REPLY when the list leads to itself. */
export async function* pagesOf<Page extends { readonly response_metadata: z.infer<typeof metadata> }>(
  read: (cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor);
    yield page;
    cursor = nextOf(page.response_metadata).next;
    if (cursor === undefined) return;
    if (seen.has(cursor)) throw new QuellError('VENDOR_REPLY', 'a list leads to itself');
    seen.add(cursor);
  }
}
