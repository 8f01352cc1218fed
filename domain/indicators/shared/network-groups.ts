import type { ContextRows } from '../../episodes.js';

/** Contexts that come from one network by several addresses. One address alone is no group. */
export function networkGroups<C extends ContextRows>(contexts: readonly C[]): readonly (readonly C[])[] {
  const byNetwork = new Map<number, C[]>();
  for (const c of contexts) {
    const asn = c.acts.find((e) => e.asn !== undefined)?.asn;
    if (asn === undefined || c.context.kind !== 'place') continue;
    byNetwork.set(asn, [...(byNetwork.get(asn) ?? []), c]);
  }
  return [...byNetwork.values()].filter((group) => new Set(group.map((c) => c.context.place)).size > 1);
}
