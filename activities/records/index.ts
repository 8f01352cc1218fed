import { systemClock } from '../context.js';
import type { RecordsActivities } from '../contract.js';
import { guarded } from '../errors.js';
import type { RecordsDeps } from './deps.js';
import { handOver } from './hand-over.js';
import { raiseAlerts } from './incidents.js';
import { closeCase, openCase, recordProgress, recordRefusals } from './progress.js';

export type { RecordsDeps, WorkflowsPort } from './deps.js';

/** Activities of the records role, which alone writes the audit chain and the case index. */
export function createRecordsActivities(
  given: Omit<RecordsDeps, 'clock'> & Partial<Pick<RecordsDeps, 'clock'>>,
): RecordsActivities {
  const deps: RecordsDeps = { clock: systemClock, ...given };
  return guarded<RecordsActivities>({
    openCase: (input) => openCase(deps, input),
    recordProgress: (input) => recordProgress(deps, input),
    listPlan: (wait) => deps.index.putPlan(wait),
    handOver: (input) => handOver(deps, input),
    recordRefusals: (input) => recordRefusals(deps, input),
    raiseAlerts: (input) => raiseAlerts(deps, input),
    closeCase: (input) => closeCase(deps, input),
  });
}
