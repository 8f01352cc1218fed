import { QuellError } from '../../domain/errors.js';
import { instant } from '../context.js';
import type { RecordsActivities } from '../contract.js';
import type { RecordsDeps } from './deps.js';

type Input<K extends keyof RecordsActivities> = Parameters<RecordsActivities[K]>[0];

/** The alerts of a duplicate join the case that stays; both ids are one subject from now on. */
export async function handOver(
  deps: RecordsDeps,
  { fromCaseId, toSubjectId, alerts }: Input<'handOver'>,
): Promise<{ readonly caseId: string }> {
  const subjectId = await deps.registry.canonical(toSubjectId);
  const from = fromCaseId.replace(/^case-/, '');
  if (from !== subjectId) await deps.registry.merge(from, subjectId);
  const caseId = `case-${subjectId}`;
  const home = (await deps.registry.profile(subjectId))?.accounts[0];
  if (!home) throw new QuellError('ALERT_NO_SUBJECT', 'the case that stays has no account');
  await deps.workflows.joinAlerts({
    caseId,
    subjectId,
    home: { platform: home.platform, tenant: home.tenant },
    after: fromCaseId,
    alerts,
  });
  await deps.chain.append([
    {
      key: `${fromCaseId}:handed-over:${alerts.map((a) => a.alertId).join(',')}`.slice(0, 300),
      at: instant(deps.clock),
      kind: 'case.handed_over',
      by: 'records',
      caseId: fromCaseId,
      data: { to: caseId, alerts: alerts.length },
    },
  ]);
  return { caseId };
}
