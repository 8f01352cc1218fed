import type { Gap, SourceResult } from '../../domain/evidence.js';
import type { AccountRef, TenantRef } from '../../domain/platform.js';
import type { EvidenceSource } from '../../platforms/ports.js';
import { oddFieldsGap, oddRowsGap } from './odd-rows.js';
import type { CollectionSpool } from './spool.js';

/** One line per source; a person with two accounts on a tenant has their rows added up. */
export function results(
  here: TenantRef,
  accounts: readonly AccountRef[],
  sources: readonly EvidenceSource[],
  spool: CollectionSpool,
): readonly SourceResult[] {
  return sources.map((source): SourceResult => {
    const base = { ...here, source: source.id, logSource: source.logSource, lagSeconds: source.lagSeconds };
    if (accounts.length === 0)
      return {
        ...base,
        rows: 0,
        status: 'unavailable',
        gap: {
          ...here,
          source: source.id,
          code: 'VENDOR_NOT_FOUND',
          text: 'The subject has no account on this tenant that we know of.',
        },
      };
    const parts = accounts.map((account) => spool.source(progressId(account, source)));
    const rows = parts.reduce((sum, p) => sum + p.rows, 0);
    const missing = [...parts.flatMap((p) => p.gaps), ...strangersGap(base, parts), ...oddRowsGap(base, parts)];
    const gap = inOne([...missing, ...oddFieldsGap(base, parts)]);
    return {
      ...base,
      rows,
      // A row that was read without one of its fields is there.
      status: missing.length > 0 ? (rows > 0 ? 'partial' : 'unavailable') : 'complete',
      ...(gap ? { gap } : {}),
    };
  });
}

/** All that is to be said of a source, under the code of what comes first. */
function inOne([first, ...others]: readonly Gap[]): Gap | undefined {
  return first && { ...first, text: [...new Set([first, ...others].map((g) => g.text))].join(' ') };
}

/** The vendor mixed up accounts: what it left out for it, nobody knows. */
function strangersGap(
  { platform, tenant, source }: TenantRef & { readonly source: string },
  parts: readonly { readonly strangers: number }[],
): readonly Gap[] {
  const count = parts.reduce((sum, p) => sum + p.strangers, 0);
  if (count === 0) return [];
  const text = `The vendor gave ${String(count)} rows of other accounts. They were not kept.`;
  return [{ platform, tenant, source, code: 'VENDOR_REPLY', text }];
}

export function progressId(account: AccountRef, source: EvidenceSource): string {
  return `${account.nativeId}/${source.id}`;
}
