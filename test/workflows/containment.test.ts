import { expect, it } from 'vitest';
import { decideUpdate } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { actionDone, casePolicy, HOME, planOf } from './support/facts.js';
import { decisionOn, statedOf } from './support/people.js';
import { usePlaybook, type RunningContainment } from './support/running.js';
import { failing, PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withContainment } = usePlaybook(temporal);

const twoSteps = () =>
  planOf(temporal.id('case'), [
    { kind: 'end_sessions', rule: 'one' },
    { kind: 'disable_account', rule: 'two' },
  ]);
const decide = async (
  { handle, plan }: RunningContainment,
  ...given: Parameters<typeof decisionOn> extends [unknown, ...infer Rest] ? Rest : never
): Promise<void> => await handle.executeUpdate(decideUpdate, { args: [decisionOn(plan, ...given)] });

it('expires when nobody decides: nothing is asked of any vendor', async () => {
  const world = new PlayedWorld();
  await withContainment(world, twoSteps(), async (running) => {
    const state = await running.end();
    expect(world.asked('requestApproval')).toMatchObject([{ deadline: state.deadline }]);
    expect(state.status).toBe('expired');
    expect(state.results).toMatchObject([
      { step: 1, status: 'refused', code: 'DECISION_EXPIRED', writes: [] },
      { step: 2, status: 'refused', code: 'DECISION_EXPIRED', writes: [] },
    ]);
    expect(world.order('actOnStep', 'verifyStep', 'revertStep')).toEqual([]);
  });
});

it('does what was approved when the deadline comes, and not what was not', async () => {
  const world = new PlayedWorld();
  await withContainment(world, twoSteps(), async (running) => {
    await decide(running, 'approve', 'p-lead');
    expect((await running.view()).status).toBe('awaiting_approval'); // the second lead is still missing
    await temporal.sleep('121 minutes');
    const { results } = await running.until((s) => s.status === 'holding');
    expect(results).toMatchObject([
      { step: 1, status: 'done' },
      { step: 2, status: 'refused', code: 'DECISION_EXPIRED' },
    ]);
    expect(world.asked('actOnStep').map((a) => a.step)).toEqual([1]);
  });
});

it('acts as soon as the last one who is needed approves, in order, with the decisions', async () => {
  const world = new PlayedWorld();
  await withContainment(world, twoSteps(), async (running) => {
    await decide(running, 'approve', 'p-lead');
    await decide(running, 'approve', 'p-lead-2');
    const state = await running.until((s) => s.status === 'holding');
    expect(state.results).toMatchObject([
      { step: 1, status: 'done', verified: true },
      { step: 2, status: 'done', verified: true },
    ]);
    expect(world.asked('actOnStep').map((a) => [a.step, a.decisions.length])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });
});

it('ends at once on a denial of everything, and lets the rest wait on a denial of one step', async () => {
  const world = new PlayedWorld();
  await withContainment(world, twoSteps(), async (running) => {
    await decide(running, 'deny', 'p-lead');
    const state = await running.until((s) => s.status === 'denied');
    expect(state.results.map((r) => [r.status, r.code])).toEqual([
      ['refused', 'DENIED'],
      ['refused', 'DENIED'],
    ]);
  });
  await withContainment(world, twoSteps(), async (running) => {
    await decide(running, 'deny', 'p-lead', { steps: [2] });
    await decide(running, 'approve', 'p-responder', { steps: [1] });
    const state = await running.until((s) => s.status === 'holding');
    expect(state.results.map((r) => r.status)).toEqual(['done', 'refused']);
  });
  expect(world.asked('actOnStep').map((a) => a.step)).toEqual([1]);
});

it('waits for nobody when every step is automatic', async () => {
  const world = new PlayedWorld();
  const plan = planOf(temporal.id('case'), [{ kind: 'end_sessions', rule: 'automatic' }]);
  await withContainment(world, plan, async (running) => {
    await running.until((s) => s.status === 'holding');
    expect(world.order('requestApproval', 'actOnStep')).toEqual(['actOnStep']);
  });
});

it('acts on approvals while the approvers cannot be told', async () => {
  let tell: () => void = () => undefined;
  const world = new PlayedWorld({ requestApproval: () => new Promise((told) => (tell = () => told({ asked: 2 }))) });
  await withContainment(world, twoSteps(), async (running) => {
    await running.until(() => world.asked('requestApproval').length === 1);
    await decide(running, 'approve', 'p-lead');
    await decide(running, 'approve', 'p-lead-2');
    await running.until((s) => s.status === 'holding');
    tell();
  });
});

it('asks in the console alone when no message reaches an approver', async () => {
  const world = new PlayedWorld({ requestApproval: failing('VENDOR_AUTH') });
  await withContainment(world, twoSteps(), async (running) => {
    await decide(running, 'approve', 'p-lead');
    await decide(running, 'approve', 'p-lead-2');
    await running.until((s) => s.status === 'holding');
  });
});

it('goes on after a step that fails; addresses go the way of every other act', async () => {
  const world = new PlayedWorld();
  world.answer({
    actOnStep: async ({ plan: { body }, step }) =>
      step === 1 ? failing('VENDOR_REFUSED')() : statedOf(body, actionDone(body, step)),
  });
  const plan = planOf(temporal.id('case'), [
    { kind: 'end_sessions', rule: 'automatic' },
    { kind: 'block_ip', rule: 'automatic', change: { target: { type: 'address', address: '192.0.2.7' } } },
    { kind: 'quarantine_device', rule: 'automatic', change: { by: 'task' } },
    { kind: 'disable_account', rule: 'automatic' },
  ]);
  await withContainment(world, plan, async (running) => {
    const { results } = await running.until((s) => s.status === 'holding');
    expect(results.map((r) => r.status)).toEqual(['failed', 'done', 'task_open', 'done']);
    expect(world.asked('actOnStep').map((a) => a.step)).toEqual([1, 2, 4]);
  });
});

const automatic = () =>
  planOf(temporal.id('case'), [
    { kind: 'end_sessions', rule: 'automatic', change: { reversible: false, undo: '' } },
    { kind: 'revoke_tokens', rule: 'automatic' },
    { kind: 'disable_account', rule: 'automatic' },
  ]);

it('looks every day whether it holds, and stays for good after the last day', async () => {
  const world = new PlayedWorld();
  await withContainment(world, automatic(), async (running) => {
    expect(await running.end()).toMatchObject({ status: 'permanent', checks: 3, drift: [] });
    expect(world.asked('verifyStep').map((v) => v.step)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });
});

it('tells of steps that no longer hold as an alert, which opens the case anew, once for each', async () => {
  const world = new PlayedWorld({
    verifyStep: async ({ step, since }) => ({ at: since, holds: step !== 2, state: {} }),
  });
  const plan = automatic();
  await withContainment(world, plan, async (running) => {
    await temporal.sleep('25 hours');
    await running.until((s) => s.drift.length > 0);
    await temporal.sleep('49 hours');
    expect(await running.until((s) => s.status === 'permanent')).toMatchObject({ drift: [2] });
    expect(world.asked('raiseAlerts')).toMatchObject([
      {
        ...{ caseId: plan.caseId, subjectId: 's-subject', home: HOME, after: plan.caseId },
        alerts: [
          { alertId: `drift-${plan.planId}-2`, source: 'quell-hold', severity: 'high', platform: HOME.platform },
        ],
      },
    ]);
  });
});

it('tells again of what it could not tell', async () => {
  const world = new PlayedWorld({
    verifyStep: async ({ step, since }) => ({ at: since, holds: step !== 2, state: {} }),
    raiseAlerts: failing('STORE_TAMPERED'),
  });
  await withContainment(world, automatic(), async (running) => {
    await temporal.sleep('25 hours');
    await running.until((s) => s.checks === 1 && world.asked('raiseAlerts').length === 1);
    world.answer({ raiseAlerts: async () => undefined });
    expect(await running.end()).toMatchObject({ status: 'permanent', drift: [2] });
    expect(world.asked('raiseAlerts')).toHaveLength(2);
  });
});

it('takes what cannot be read now for no drift', async () => {
  const world = new PlayedWorld({ verifyStep: failing('VENDOR_AUTH') });
  await withContainment(world, automatic(), async (running) => {
    expect(await running.end()).toMatchObject({ status: 'permanent', checks: 3, drift: [] });
    expect(world.asked('openCase')).toEqual([]);
  });
});

it('undoes in reverse order what can be undone, when people release it', async () => {
  const world = new PlayedWorld();
  await withContainment(world, automatic(), async (running) => {
    await running.until((s) => s.status === 'holding');
    await temporal.sleep('25 hours');
    await decide(running, 'release', 'p-responder');
    const state = await running.end();
    expect(state).toMatchObject({ status: 'released', checks: 1 });
    expect(world.asked('revertStep').map((r) => r.step)).toEqual([3, 2]);
    expect(world.asked('revertStep')[0]?.decisions.map((d) => d.body.verb)).toEqual(['release']);
    expect(state.results.map((r) => r.text)).toEqual(['Done.', 'Undone.', 'Undone.']);
  });
});

it('undoes the rest when one undo fails, and says so', async () => {
  const world = new PlayedWorld({
    revertStep: async ({ plan: { body }, step }) =>
      step === 3
        ? failing('VENDOR_REFUSED')()
        : statedOf(body, actionDone(body, step, { verified: false, text: 'Undone.' })),
  });
  await withContainment(world, automatic(), async (running) => {
    await running.until((s) => s.status === 'holding');
    await decide(running, 'release', 'p-responder');
    const { results, status, notUndone } = await running.end();
    expect({ status, notUndone }).toEqual({ status: 'released', notUndone: [3] });
    expect(results.map((r) => r.text)).toEqual(['Done.', 'Undone.', 'Done.']);
  });
});

it('is not released by one person where two approved', async () => {
  const world = new PlayedWorld();
  await withContainment(world, twoSteps(), async (running) => {
    await decide(running, 'approve', 'p-lead');
    await decide(running, 'approve', 'p-lead-2');
    await running.until((s) => s.status === 'holding');
    await decide(running, 'release', 'p-lead');
    await temporal.sleep('25 hours');
    expect(await running.until((s) => s.checks > 0)).toMatchObject({ status: 'holding' });
    expect(world.asked('revertStep')).toEqual([]);
    await decide(running, 'release', 'p-lead-2');
    await running.until((s) => s.status === 'released');
  });
});

it('goes on as new after many checks: results, drift and the way to release are carried over', async () => {
  const { containment } = casePolicy();
  const policy = casePolicy({ containment: { ...containment, holdChecks: 120 } });
  const world = new PlayedWorld({
    verifyStep: async ({ step, since }) => ({ at: since, holds: step !== 3, state: {} }),
  });
  const plan = automatic();
  await withContainment(
    world,
    plan,
    async (running) => {
      await running.until((s) => s.status === 'holding');
      const first = (await running.handle.describe()).runId;
      await temporal.sleep('60 days');
      await running.until((s) => s.checks >= 55);
      expect((await running.handle.describe()).runId).not.toBe(first);
      expect(await running.view()).toMatchObject({ status: 'holding', drift: [3] });
      expect(world.asked('actOnStep').map((a) => a.step)).toEqual([1, 2, 3]);
      await decide(running, 'release', 'p-responder');
      await running.until((s) => s.status === 'released');
      expect(world.asked('revertStep').map((r) => r.step)).toEqual([3, 2]);
      expect(world.asked('raiseAlerts')).toHaveLength(1);
    },
    { policy },
  );
});
