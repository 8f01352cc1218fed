import { QuellError } from '../../domain/errors.js';

/** Beyond this a list is called broken. */
const MAX_ROWS = 10_000;

/** All rows of a list; `page` gets `{}` first, then `{ pageToken }`. An empty page may still lead on. */
export async function allPages<T>(
  page: (at: {
    readonly pageToken?: string;
  }) => Promise<{ readonly rows?: readonly T[] | null | undefined; readonly next?: string | null | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let at: { readonly pageToken?: string } = {};
  for (let pages = 0; pages < MAX_ROWS; pages++) {
    const { rows, next } = await page(at);
    found.push(...(rows ?? []));
    if (!next) return found;
    if (found.length > MAX_ROWS) break;
    at = { pageToken: next };
  }
  throw new QuellError('VENDOR_REPLY', 'paging does not end');
}
