import { fileURLToPath } from 'node:url';
import { NativeConnection } from '@temporalio/worker';
import { QuellError } from '../../domain/errors.js';
import { QUEUES } from '../../workflows/queues.js';
import type { RoleContext, RunningRole } from '../context.js';
import { requireSearchAttributes } from '../namespace.js';
import { installedLogger } from '../runtime.js';
import { pollQueues } from '../temporal.js';

/** Workflow tasks only; the only role that loads the workflow bundle. */
export async function startPlaybook(context: RoleContext): Promise<RunningRole> {
  await checkNamespace(context);
  const inWorkflows = (file: string): string => fileURLToPath(new URL(`../../workflows/${file}`, import.meta.url));
  const interceptors = { workflowModules: [inWorkflows('inbound.ts')] };
  return await pollQueues(context, [
    { taskQueue: QUEUES.playbook, workflowsPath: inWorkflows('index.ts'), interceptors },
  ]);
}

/** A service that does not let this role look (Temporal Cloud keeps search attributes elsewhere) is no reason not to start. */
async function checkNamespace({ temporal }: RoleContext): Promise<void> {
  const { namespace, ...server } = temporal;
  const connection = await NativeConnection.connect(server);
  try {
    await requireSearchAttributes(connection, namespace);
  } catch (error) {
    if (error instanceof QuellError) throw error;
    installedLogger().warn('could not look whether the search attributes are there');
  } finally {
    await connection.close();
  }
}
