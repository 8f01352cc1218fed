import { proxyActivities } from '@temporalio/workflow';

export interface Call {
  readonly taskQueue: string;
  readonly activity: string;
  readonly input: unknown;
}

/** What somebody who reaches Temporal can write themselves: hands a role's worker whatever they like, past every workflow of ours. */
export async function attackerWorkflow({ taskQueue, activity, input }: Call): Promise<unknown> {
  const activities = proxyActivities<Record<string, (given: unknown) => Promise<unknown>>>({
    taskQueue,
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '30 seconds',
    retry: { maximumAttempts: 2, initialInterval: '100 milliseconds' },
  });
  return await activities[activity]!(input);
}
