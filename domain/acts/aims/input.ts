import type { EvidenceEvent } from '../../evidence.js';
import type { Finding } from '../../finding.js';
import type { AccountRef } from '../../platform.js';
import type { SubjectFacts } from '../../subject.js';

/** What acts are aimed by. */
export interface AimInput {
  readonly subject: SubjectFacts;
  readonly findings: readonly Finding[];
  readonly events: readonly EvidenceEvent[];
  /** Own egress, trusted, private, shared and vendor addresses: never blocked. */
  readonly isProtectedAddress: (ip: string) => boolean;
}

/** Findings that may aim anything. */
export const strong = ({ findings }: AimInput): readonly Finding[] => findings.filter((f) => f.confidence !== 'low');

export const citedBy = (findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly EvidenceEvent[] => {
  const cited = new Set(findings.flatMap((f) => f.events));
  return events.filter((e) => cited.has(e.id));
};

export const tenantOf = ({ platform, tenant }: Pick<AccountRef, 'platform' | 'tenant'>): string =>
  `${platform}:${tenant}`;

/** The subject's account where a row is from, whoever acted there in its name. */
export const accountAt = ({ subject }: AimInput, row: Pick<AccountRef, 'platform' | 'tenant'>): string | undefined =>
  subject.accounts.find((a) => tenantOf(a) === tenantOf(row))?.nativeId;
