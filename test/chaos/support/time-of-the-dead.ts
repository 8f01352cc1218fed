import { AsyncCompletionClient, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { House } from '../../../cli/demo/house.js';
import { poolOf, query } from '../../../store/postgres/connection.js';
import { databaseSettings } from '../../../store/postgres/settings.js';
import type { Role } from '../../../store/role-keys.js';

/** What keeps others from the work of a role's only process that was killed, and is over by itself after 20 seconds. */
const HELD: Partial<Readonly<Record<Role, string>>> = {
  containment: 'UPDATE containment_turns SET until = now()',
  console: 'UPDATE inbox SET free_at = now() WHERE claimed_by IS NOT NULL',
};

/** Lets the time pass that the database gives to a role's only process, which was killed: nothing but the wait is left out. */
export async function letLeasesEnd(house: House, role: Role): Promise<void> {
  const statement = HELD[role];
  if (statement === undefined) return;
  const pool = poolOf(databaseSettings(house.database.owner), { role: 'test', max: 1 });
  await query(pool, statement).finally(() => pool.end());
}

/**
 * Lets the time pass that Temporal gives to attempts of activities which a role's only process had begun before `bornAt`, when the next one was started, and the pause
 * before they are tried again: up to two minutes each.
 */
export async function letAttemptsEnd({ client }: House, role: Role, bornAt: Date): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
    // What has ended in the meantime is none of ours.
    await endIn(client, { workflowId, runId }, `quell-${role}`, bornAt).catch(() => undefined);
}

async function endIn(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  worker: string,
  bornAt: Date,
): Promise<void> {
  const { connection, options } = client;
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const completing = new AsyncCompletionClient({ connection, ...options });
  for (const { activityId: id, lastWorkerIdentity, lastStartedTime, state } of raw.pendingActivities ?? []) {
    if (!id || lastWorkerIdentity !== worker) continue;
    const isLost =
      state === PENDING.PENDING_ACTIVITY_STATE_STARTED &&
      Number(lastStartedTime?.seconds ?? 0) * 1_000 < bornAt.getTime();
    if (isLost) await completing.fail({ workflowId, runId, activityId: id }, new Error('its worker was killed'));
    if (isLost || state === PENDING.PENDING_ACTIVITY_STATE_SCHEDULED)
      await client.workflowService.resetActivity({
        namespace: options.namespace,
        execution: { workflowId, runId },
        id,
      });
  }
}

const PENDING = proto.temporal.api.enums.v1.PendingActivityState;
