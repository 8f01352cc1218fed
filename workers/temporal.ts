import type { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { connect } from '../gateway/temporal-client.js';
import { dataConverter } from '../store/data-converter.js';
import { payloadKeys } from '../store/payload-codec.js';
import type { RoleContext, RunningRole } from './context.js';

const SHUTDOWN_GRACE = '20 seconds';

/** A client with the payload codec, so that what it sends is encrypted. */
export async function connectClient({ temporal, keys }: RoleContext): Promise<Client> {
  return await connect({ ...temporal, keys: payloadKeys(keys) });
}

export type QueueOptions = Pick<
  WorkerOptions,
  | 'taskQueue'
  | 'activities'
  | 'workflowsPath'
  | 'workflowBundle'
  | 'interceptors'
  | 'maxConcurrentActivityTaskExecutions'
>;

/** One worker for each queue of a role, on one connection, of its own unless one is shared. Encrypted payloads only; a plain one reaches workflow handlers as unreadable. */
export async function pollQueues(
  context: RoleContext,
  queues: readonly QueueOptions[],
  closing: () => Promise<void> = () => Promise.resolve(),
): Promise<RunningRole> {
  const { temporal, keys, role, shared } = context;
  const { namespace, ...server } = temporal;
  const connection = shared?.connection ?? (await NativeConnection.connect(server));
  const plain = role === 'playbook' ? 'mark' : 'refuse';
  const workers = await Promise.all(
    queues.map((options) =>
      Worker.create({
        connection,
        namespace,
        identity: `quell-${role}`,
        dataConverter: dataConverter(payloadKeys(keys), { plain }),
        shutdownGraceTime: SHUTDOWN_GRACE,
        maxCachedWorkflows: 500,
        ...shared?.worker,
        ...options,
      }),
    ),
  );
  const running = Promise.all(workers.map((w) => w.run())).then(() => undefined);
  return {
    ended: running,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running.catch(() => undefined);
      await closing();
      if (!shared) await connection.close();
    },
  };
}
