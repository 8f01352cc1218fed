import type { Finding } from '../../finding.js';

/** What the findings of this kind count, each by the name of its measure: they say different things of who did it. */
export const CHANGES = {
  /** A protection that is taken away, or a change that the policy names. */
  control: 'configuration changes',
  /** Searches, exports and messages that nobody can look at any more. */
  traces: 'traces removed',
  /** Nothing was changed: the platform itself calls the calls unexpected. */
  calls: 'unauthorised API calls',
} as const;
export type Change = keyof typeof CHANGES;

/** Which of them a finding is; undefined for findings of other kinds. */
export function changeIn({ kind, measures }: Pick<Finding, 'kind' | 'measures'>): Change | undefined {
  if (kind !== 'config_or_api_change') return undefined;
  return (Object.keys(CHANGES) as Change[]).find((c) => measures.some((m) => m.name === CHANGES[c])) ?? 'control';
}
