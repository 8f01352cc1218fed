import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { caseClosedSignal } from '../messages.js';
import { records } from '../proxies.js';
import { index, record, tell, type CaseRun } from './run.js';

export async function writeReport(run: CaseRun): Promise<void> {
  const { state } = run;
  state.closedAs ??= outcomeOf(run);
  tell(run, `Closed as **${state.closedAs.replace('_', ' ')}**, verdict **${state.verdict}**`);
  state.report = await records.writeReport.executeWithOptions({ summary: 'Write the report' }, [{ state }]);
}

function outcomeOf({ state }: CaseRun): NonNullable<CaseRun['state']['closedAs']> {
  if (state.plans.some((p) => p.status === 'holding' || p.status === 'permanent')) return 'contained';
  if (state.verdict === 'benign' || state.verdict === 'false_positive') return 'benign';
  return state.escalation?.decision === 'escalate' ? 'handed_over' : 'undetermined';
}

/** The last entry; the incident learns that this case has ended. */
export async function closeCase(run: CaseRun): Promise<void> {
  run.state.stage = 'closed';
  index(run);
  await record(run);
  if (run.state.incidentId === undefined) return;
  try {
    await getExternalWorkflowHandle(run.state.incidentId).signal(caseClosedSignal, { caseId: run.state.caseId });
  } catch {
    tell(run, 'The incident had already closed');
  }
}
