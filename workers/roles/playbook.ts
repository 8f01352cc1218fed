import { fileURLToPath } from 'node:url';
import { QUEUES } from '../../workflows/queues.js';
import type { RoleContext, RunningRole } from '../context.js';
import { pollQueues } from '../temporal.js';

/** Workflow tasks only; the only role that loads the workflow bundle. */
export function startPlaybook(context: RoleContext): Promise<RunningRole> {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  return pollQueues(context, [{ taskQueue: QUEUES.playbook, workflowsPath }]);
}
