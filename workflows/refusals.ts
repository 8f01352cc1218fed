import { condition, patched, sleep, workflowInfo } from '@temporalio/workflow';
import { refusalsIn, type Refusals } from '../domain/refusals.js';
import { LAST_GATE } from './patches.js';
import { records } from './proxies.js';

/** As it is kept over a continue-as-new. */
export interface AuditedRefusals extends Refusals {
  /** How many the audit log knows. */
  refusedTold?: number;
}

const AT_MOST_EVERY = '1 hour';

/** For as long as the workflow runs: tells the audit log of refused messages, the first at once, then at most once an hour however many come. */
export async function auditRefusals(state: AuditedRefusals, caseId?: string): Promise<never> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  for (;;) {
    await condition(() => refusalsIn(state) > (state.refusedTold ?? 0));
    // Histories of older versions hold refusals, and nobody was told.
    if (!patched(LAST_GATE)) await condition(() => false);
    const count = refusalsIn(state);
    await records.recordRefusals.executeWithOptions({ summary: `Record ${count} refused message(s)` }, [
      {
        ...{ workflowId, firstRunId: firstExecutionRunId, refused: state.refused, count },
        ...(caseId === undefined ? {} : { caseId }),
      },
    ]);
    state.refusedTold = count;
    await sleep(AT_MOST_EVERY, { summary: 'Refused messages are recorded once an hour' });
  }
}
