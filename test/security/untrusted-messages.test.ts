import { beforeAll, expect, test } from 'vitest';
import type { QueryDefinition } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { refusalsIn, type Refusals } from '../../domain/refusals.js';
import { viewCase } from '../../gateway/case-client.js';
import { signBody } from '../../store/signing.js';
import { GUARD_ID } from '../../workers/workflows-port.js';
import {
  containmentViewQuery,
  guardViewQuery,
  incidentViewQuery,
  joinAlertsUpdate,
  viewQuery,
} from '../../workflows/messages.js';
import { MESSAGE_SHAPES } from '../../workflows/message-shapes.js';
import { QUEUES } from '../../workflows/queues.js';
import { minutes, until, useAttack } from './support/attack.js';
import { LIVE, liveCase, type LiveCase } from './support/live-case.js';
import { garbage, sending } from './support/sending.js';

/** Whoever reaches Temporal may send anything to any workflow: it is refused and counted, and the workflow goes on as if it had not come. */
const attack = useAttack(LIVE);
const NAMES = [...Object.keys(MESSAGE_SHAPES), 'lease', 'block', 'unblock', 'refused', 'close', '__proto__'];

let live: LiveCase;
beforeAll(async () => {
  live = await liveCase(attack.on);
  const { client } = attack.on.house;
  const ann = attack.on.key('person-ann');
  const keys = [{ keyId: ann.keyId, publicKey: ann.publicKey, holder: { kind: 'person', personId: 'ann' } }];
  await client.workflow.start('containmentGuardWorkflow', {
    ...{ workflowId: GUARD_ID, taskQueue: QUEUES.playbook },
    ...{ workflowIdConflictPolicy: 'USE_EXISTING', args: [{ keys, deciders: [{ personId: 'ann', roles: ['lead'] }] }] },
  });
  await client.workflow.start('incidentWorkflow', {
    ...{ workflowId: 'incident-attacked', taskQueue: QUEUES.playbook, args: [{ incidentId: 'incident-attacked' }] },
  });
}, 400_000);

interface Attacked {
  readonly workflowId: () => string;
  readonly view: QueryDefinition<Refusals>;
  /** Messages that it takes: their refusal is counted. */
  readonly takes: readonly string[];
}
const WORKFLOWS: Readonly<Record<string, Attacked>> = {
  case: {
    workflowId: () => live.state.caseId,
    view: viewQuery,
    takes: ['joinAlerts', 'answer', 'completeTask', 'containmentChanged'],
  },
  containment: { workflowId: () => live.plan.containmentId, view: containmentViewQuery, takes: ['decide'] },
  guard: { workflowId: () => GUARD_ID, view: guardViewQuery, takes: ['stop', 'resume'] },
  incident: { workflowId: () => 'incident-attacked', view: incidentViewQuery, takes: ['joinIncident', 'caseClosed'] },
};

/** Of a case what messages can change, because it goes on by itself meanwhile; of the others all but what counts refusals. */
const COUNTING = ['refused', 'refusedMore', 'refusedTold'];
const OF_CASE = ['alerts', 'alertsFolded', 'contact', 'tasks', 'plans', 'policy', 'subject', 'severity'];
const lasting = (state: object): object => {
  const isCase = 'alerts' in state;
  const stays = (name: string): boolean => (isCase ? OF_CASE.includes(name) : !COUNTING.includes(name));
  return Object.fromEntries(Object.entries(state).filter(([name]) => stays(name)));
};

async function failedTasks(client: Client, workflowId: string): Promise<number> {
  const events = (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
  return events.filter((e) => e.workflowTaskFailedEventAttributes).length;
}

test.each(Object.entries(WORKFLOWS))(
  'every name with every garbage, to a %s',
  async (_, { workflowId, view, takes }) => {
    const { on } = attack;
    const { client } = on.house;
    const id = workflowId();
    const handle = client.workflow.getHandle(id);
    const before = { state: lasting(await handle.query(view)), refusals: refusalsIn(await handle.query(view)) };
    const journal = on.journal;
    const payloads = Object.values(await garbage(on, { caseId: id, alerts: [{}] }));
    for (const payload of payloads) {
      const attacker = sending(on, payload).workflow.getHandle(id);
      // One after the other: Temporal takes ten updates at once.
      for (const name of NAMES) {
        if (!name.startsWith('__')) await expect(attacker.executeUpdate(name, { args: [{}] }), name).rejects.toThrow();
        await attacker.signal(name, {});
      }
    }
    const wanted = before.refusals + takes.length * payloads.length;
    await until(async () => refusalsIn(await handle.query(view)) >= wanted, 60_000);
    const after = await handle.query(view);
    expect(new Set(after.refused.slice(-20).map((r) => r.code))).toEqual(new Set(['MESSAGE']));
    expect(lasting(after)).toEqual(before.state);
    expect(await failedTasks(client, id)).toBe(0);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(on.journal).toEqual(journal);
  },
);

test('each of them takes what is meant for it afterwards', async () => {
  const { on } = attack;
  const { client } = on.house;
  const alert = {
    alertId: 'a-after',
    source: 'siem',
    severity: 'low',
    occurredAt: minutes(-1),
    receivedAt: minutes(0),
  };
  const joined = await client.workflow
    .getHandle(live.state.caseId)
    .executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alert as never] }] });
  expect(joined).toMatchObject({ caseId: live.state.caseId, opened: false });
  expect((await viewCase(client, live.state.caseId))?.alerts.map((a) => a.alertId)).toContain('a-after');

  const containment = client.workflow.getHandle(live.plan.containmentId);
  await containment.executeUpdate('decide', { args: [on.decision(live.view.plan.body, 'ann', { verb: 'deny' })] });
  expect((await containment.query(containmentViewQuery)).decisions).toHaveLength(1);

  await client.workflow.getHandle('incident-attacked').signal('joinIncident', { caseId: 'case-1', severity: 'high' });
  const incident = client.workflow.getHandle('incident-attacked');
  await until(async () => (await incident.query(incidentViewQuery)).cases.length === 1, 30_000);

  const at = minutes(0);
  const stop = { type: 'switch', verb: 'stop', personId: 'ann', role: 'lead', at, why: '', nonce: 'n-after' } as const;
  const guard = client.workflow.getHandle(GUARD_ID);
  await guard.executeUpdate('stop', { args: [signBody(stop, on.key('person-ann'))] });
  expect((await guard.query(guardViewQuery)).stopped?.nonce).toBe('n-after');
});
