import { expect, it, vi } from 'vitest';
import type { ContainmentPlan } from '../../domain/plan.js';
import { containmentViewQuery, decideUpdate, joinAlertsUpdate } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { actionDone, alertRef, assessmentOf, findingOf, planOf, TAKEOVER } from './support/facts.js';
import { authored, decisionOn, statedOf } from './support/people.js';
import { usePlaybook, type RunningCase } from './support/running.js';
import { failing, PlayedWorld, type Activities } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

/** A takeover, and for each purpose a plan of one step under this rule. */
function takeover(rule: string, change: Partial<Activities> = {}): { world: PlayedWorld; plans: ContainmentPlan[] } {
  const plans: ContainmentPlan[] = [];
  const world = new PlayedWorld({
    contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [], sentAt: deadline }),
    assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }),
    planContainment: async ({ caseId, purpose }) => {
      if (purpose === 'first_steps') return undefined;
      const steps = [{ kind: 'disable_account' as const, rule }];
      const plan = planOf(caseId, steps, { planId: `plan-${String(plans.length)}-${caseId}` });
      plans.push(plan);
      return authored(plan);
    },
    ...change,
  });
  return { world, plans };
}

const awaiting = async (running: RunningCase): Promise<void> => {
  await running.until((s) => s.plans.some((p) => p.status === 'awaiting_approval'));
};

it('hands its plan to a containment that outlives it, and closes as contained', async () => {
  const { world, plans } = takeover('one');
  await withCase(world, async (running) => {
    await awaiting(running);
    const [plan] = plans;
    const containment = temporal.client.workflow.getHandle(`containment-${plan!.planId}`);
    await containment.query(containmentViewQuery);
    await containment.executeUpdate(decideUpdate, { args: [decisionOn(plan!, 'approve', 'p-responder')] });
    const state = await running.end();
    expect(state).toMatchObject({
      closedAs: 'contained',
      plans: [{ planId: plan!.planId, status: 'holding', results: [{ status: 'done', verified: true }] }],
    });
    expect(world.asked('closeCase')[0]?.state.plans).toEqual(state.plans);
    expect((await containment.query(containmentViewQuery)).status).toMatch(/holding|permanent/);
  });
});

it('learns that its containment was released', async () => {
  const { world, plans } = takeover('automatic');
  await withCase(world, async (running) => {
    await running.task('significance');
    const [plan] = plans;
    const containment = temporal.client.workflow.getHandle(`containment-${plan!.planId}`);
    await containment.query(containmentViewQuery);
    await containment.executeUpdate(decideUpdate, { args: [decisionOn(plan!, 'release', 'p-lead')] });
    await running.until((s) => s.plans[0]?.status === 'released');
    expect((await running.end()).closedAs).toBe('handed_over');
  });
});

it('goes on when somebody terminates its containment', async () => {
  const { world, plans } = takeover('one');
  await withCase(world, async (running) => {
    await awaiting(running);
    const containment = temporal.client.workflow.getHandle(`containment-${plans[0]!.planId}`);
    // The server that skips time waits for ever for a task, of activity or workflow, whose workflow was terminated.
    await vi.waitUntil(async () => {
      const events = (await containment.fetchHistory()).events ?? [];
      const of = (kind: 'activityTaskScheduled' | 'activityTaskCompleted' | 'workflowTaskCompleted') =>
        events.flatMap((e, i) => (e[`${kind}EventAttributes`] ? [i] : []));
      const [scheduled, completed] = [of('activityTaskScheduled'), of('activityTaskCompleted')];
      return (
        scheduled.length > 0 &&
        scheduled.length === completed.length &&
        (of('workflowTaskCompleted').at(-1) ?? 0) > (completed.at(-1) ?? 0)
      );
    }, 20_000);
    await containment.terminate();
    expect((await running.end()).closedAs).toBe('handed_over');
  });
  const failed = (history: { events?: readonly object[] | null }): boolean =>
    (history.events ?? []).some((e) => 'workflowTaskFailedEventAttributes' in e && e.workflowTaskFailedEventAttributes);
  expect(failed(await temporal.client.workflow.getHandle(plans[0]!.caseId).fetchHistory())).toBe(false);
});

it('goes on without containment when nobody approves, and asks a person to do it by hand', async () => {
  const { world } = takeover('one');
  await withCase(world, async (running) => {
    const state = await running.end();
    expect(state).toMatchObject({ closedAs: 'handed_over', plans: [{ status: 'expired' }] });
    expect(state.tasks.find((t) => t.kind === 'manual_action')).toMatchObject({ step: 1, status: 'late' });
    expect(world.asked('actOnStep')).toEqual([]);
  });
});

it('does not wait for a containment that gives no result', async () => {
  const { world } = takeover('automatic', { actOnStep: () => Promise.reject(new Error('the vendor is down')) });
  await withCase(world, async (running) => {
    const state = await running.until((s) => s.stage === 'containment' && s.plans.length > 0);
    expect(state.plans).toMatchObject([{ status: 'awaiting_approval' }]);
    await temporal.sleep('9 hours');
    const { plans, timeline } = await running.until((s) => s.plans.some((p) => p.status === 'failed'));
    expect(plans).toMatchObject([{ status: 'failed' }]);
    expect(timeline.map((e) => e.text).join('\n')).toContain('gave no result in time');
    expect((await running.task('manual_action')).text).toContain('do the rest by hand');
    // What the containment brings about later is still told of.
    world.answer({ actOnStep: async ({ plan: { body }, step }) => statedOf(body, actionDone(body, step)) });
    expect((await running.end()).plans).toMatchObject([{ status: 'holding', results: [{ status: 'done' }] }]);
  });
});

it('takes reversible first steps without waiting for the subject', async () => {
  const { world } = takeover('automatic', {
    contactSubject: async ({ deadline }) => ({ channel: 'mail', avoided: [], sentAt: deadline }),
    planContainment: async ({ caseId, purpose }) =>
      purpose === 'first_steps'
        ? authored(planOf(caseId, [{ kind: 'end_sessions', rule: 'automatic' }], { purpose }))
        : undefined,
  });
  await withCase(world, async (running) => {
    const state = await running.until((s) => s.plans.some((p) => p.status === 'holding'));
    expect(state).toMatchObject({ stage: 'contact', contact: { outcome: 'waiting' } });
    expect(world.asked('actOnStep')).toHaveLength(1);
  });
});

it('plans again what a late alert shows when the first try at it failed', async () => {
  const { world, plans } = takeover('automatic');
  await withCase(world, async (running) => {
    await running.task('significance');
    const findings = [...TAKEOVER.findings, findingOf('external_share', { whose: 'other' })];
    world.answer({
      assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER, findings }),
      planContainment: failing('STORE_TAMPERED'),
    });
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] });
    const failed = await running.task('stage_failed');
    const plan = planOf(running.caseId, [{ kind: 'disable_account', rule: 'automatic' }], { planId: 'plan-mended' });
    world.answer({ planContainment: async () => authored(plan) });
    await running.complete(failed, 'p-responder');
    const state = await running.until((s) => s.plans.length === 2 && s.plans.every((p) => p.status === 'holding'));
    expect(state.plans.map((p) => p.planId)).toEqual([plans[0]?.planId, 'plan-mended']);
    expect((await running.end()).closedAs).toBe('contained');
  });
});

it('contains also what an alert shows that comes while people still work on the case', async () => {
  const { world, plans } = takeover('automatic');
  await withCase(world, async (running) => {
    await running.task('significance');
    expect(plans).toHaveLength(1);
    // More of the same asks nobody again; something new is contained too.
    const before = world.asked('assess').length;
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] });
    await running.until((s) => s.alertsAssessed === 2 && world.asked('assess').length > before);
    expect(plans).toHaveLength(1);
    const late = alertRef();
    const findings = [...TAKEOVER.findings, findingOf('external_share', { whose: 'other' })];
    world.answer({ assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER, findings }) });
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [late] }] });
    const state = await running.until((s) => s.plans.length === 2 && s.plans.every((p) => p.status === 'holding'));
    expect(state).toMatchObject({ stage: 'disclosure', alertsAssessed: 3 });
    expect(
      world
        .asked('assess')
        .at(-1)
        ?.alerts.map((a) => a.alertId),
    ).toContain(late.alertId);
    // A look that finds nothing any more takes nothing back.
    world.answer({ assess: async ({ depth }) => assessmentOf({ depth, findings: [findingOf('volume_surge')] }) });
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] });
    await running.until((s) => s.assessment?.findings[0]?.kind === 'volume_surge');
    expect(await running.end()).toMatchObject({ closedAs: 'contained', verdict: 'compromised' });
  });
});
