import { NativeConnection } from '@temporalio/worker';
import { QuellError } from '../../domain/errors.js';
import { QUEUES } from '../../workflows/queues.js';
import type { RoleContext, RunningRole } from '../context.js';
import { requireSearchAttributes } from '../namespace.js';
import { installedLogger } from '../runtime.js';
import { pollQueues } from '../temporal.js';
import { WORKFLOW_CODE } from '../workflow-code.js';

/** Workflow tasks only; the only role that loads the workflow bundle. */
export async function startPlaybook(context: RoleContext): Promise<RunningRole> {
  await checkNamespace(context);
  const { shared } = context;
  const code = shared ? { workflowBundle: shared.workflowBundle } : WORKFLOW_CODE;
  return await pollQueues(context, [{ taskQueue: QUEUES.playbook, ...code }]);
}

/** A service that does not let this role look (Temporal Cloud keeps search attributes elsewhere) is no reason not to start. */
async function checkNamespace({ temporal, shared }: RoleContext): Promise<void> {
  const { namespace, ...server } = temporal;
  const connection = shared?.connection ?? (await NativeConnection.connect(server));
  try {
    await requireSearchAttributes(connection, namespace);
  } catch (error) {
    if (error instanceof QuellError) throw error;
    installedLogger().warn('could not look whether the search attributes are there');
  } finally {
    if (!shared) await connection.close();
  }
}
