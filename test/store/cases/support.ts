import type { CaseSummary } from '../../../domain/case-summary.js';

export const day = (n: number, hour = 0): string =>
  `2026-01-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;

export const NOW = day(31);

/** A subject's case as its workflow hands it to the record. */
export const summary = (subject: string, opened: number, more: Partial<CaseSummary> = {}): CaseSummary => ({
  ...{ caseId: `case-${subject}`, subjectId: subject, openedAt: day(opened), written: 1 },
  ...{ stage: 'closed', severity: 'high', verdict: 'compromised', platforms: ['slack'], sources: ['siem'] },
  ...{ alertIds: [], alertCount: 1, openTasks: 0, openPlans: 0, waits: [], taskRoles: [], times: {}, links: [] },
  ...more,
});
