import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { ClosedAs } from '../../domain/case.js';
import { closingOf } from '../../domain/closing.js';
import { caseClosedSignal } from '../messages.js';
import { records } from '../proxies.js';
import { atStageEdge, forRecord, hasNews, index, isWeighed, record, tell, withEntries, type CaseRun } from './run.js';
import { askToProtect } from './protection.js';
import { awaitAllTasks } from './tasks.js';

/** Waits for what people still do, then closes: report, record, search attributes. What is new meanwhile is looked at first. */
export async function closeCase(run: CaseRun): Promise<void> {
  const { state } = run;
  if (state.closedAs !== 'merged') await askToProtect(run);
  if (!isProtecting(run)) await awaitAllTasks(run);
  if (hasNews(run) && state.escalation?.decision !== 'escalate' && state.closedAs !== 'merged') {
    await atStageEdge(run, 'triage');
    return;
  }
  run.closing = true;
  if (state.closedAs !== 'merged') await writeReport(run);
  state.stage = 'closed';
  index(run);
  if (state.closedAs === 'merged') await record(run);
  await tellIncident(run);
}

/** News ended the wait for the account's protection: what they say comes first. */
const isProtecting = (run: CaseRun): boolean =>
  hasNews(run) && run.state.tasks.some((t) => t.kind === 'protect_account' && t.status === 'open');

async function writeReport(run: CaseRun): Promise<void> {
  const { state } = run;
  if (state.closedAs === undefined) {
    state.closedAs = outcomeOf(run);
    tell(run, `Closed as **${state.closedAs.replace('_', ' ')}**, verdict **${state.verdict}**`);
  }
  state.report = await withEntries(run, (entries) => {
    forRecord(run);
    return records.closeCase.executeWithOptions({ summary: 'Write the report and close the record' }, [
      { state, entries },
    ]);
  });
}

function outcomeOf(run: CaseRun): ClosedAs {
  if (isWeighed(run)) return closingOf(run.state);
  const { state } = run;
  if (state.plans.some((p) => p.status === 'holding' || p.status === 'permanent')) return 'contained';
  if (state.verdict === 'benign' || state.verdict === 'false_positive') return 'benign';
  return state.escalation?.decision === 'escalate' ? 'handed_over' : 'undetermined';
}

async function tellIncident({ state }: CaseRun): Promise<void> {
  if (state.incidentId === undefined) return;
  try {
    await getExternalWorkflowHandle(state.incidentId).signal(caseClosedSignal, { caseId: state.caseId });
  } catch (error) {
    // An incident closes by itself some time after its cases; then there is nobody to tell.
    if (isCancellation(error)) throw error;
  }
}
