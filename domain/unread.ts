import type { CaseState } from './case.js';

/** Sources that could not be read, or not wholly, by their ids; each once. */
export const unread = ({
  unread: tenants,
  collections,
}: Pick<CaseState, 'unread' | 'collections'>): readonly string[] => [
  ...new Set([
    ...tenants,
    ...collections.flatMap((c) => c.sources.filter((s) => s.status !== 'complete').map((s) => s.source)),
  ]),
];
