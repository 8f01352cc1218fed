import { allPages as everyPage, type Page } from '../kit/pages.js';

/** All rows of a list; `page` gets `{}` first, then `{ pageToken }`. See `platforms/kit/pages.ts`. */
export async function allPages<T>(
  page: (at: { readonly pageToken?: string }) => Promise<Page<T>>,
): Promise<readonly T[]> {
  return await everyPage((next) => page(next === undefined ? {} : { pageToken: next }));
}
