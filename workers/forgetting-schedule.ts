import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import type { forgettingWorkflow } from '../workflows/index.js';
import { QUEUES } from '../workflows/queues.js';

export const FORGETTING_ID = 'forgetting';

/** Makes the schedule by which each day forgets what is due, unless it is there: people may have paused it or changed its hour. Errors: Temporal's own. */
export async function scheduleForgetting(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: FORGETTING_ID,
      spec: { calendars: [{ hour: 3, minute: 30, comment: 'at night, UTC' }] },
      action: {
        ...{ type: 'startWorkflow', workflowId: FORGETTING_ID, taskQueue: QUEUES.playbook, args: [] },
        ...{ workflowType: 'forgettingWorkflow' satisfies typeof forgettingWorkflow.name },
        staticSummary: 'What is due by the policy is forgotten',
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
