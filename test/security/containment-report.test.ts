import { beforeAll, expect, test } from 'vitest';
import { digest } from '../../domain/canonical.js';
import { notDone, type ContainmentReport } from '../../domain/containment-report.js';
import type { ActionResult, ContainmentPlan } from '../../domain/plan.js';
import { refusalsIn } from '../../domain/refusals.js';
import { viewCase } from '../../gateway/case-client.js';
import { signBody } from '../../store/signing.js';
import type { SigningKey } from '../../store/key-ring.js';
import { minutes, posingAs, stranger, until, useAttack } from './support/attack.js';
import { LIVE, liveCase, type LiveCase } from './support/live-case.js';

/** What a containment is said to have done: the case believes signatures, not whoever sends the report. */
const attack = useAttack(LIVE);
let live: LiveCase;
beforeAll(async () => void (live = await liveCase(attack.on)), 400_000);

const results = (plan: ContainmentPlan, change: Partial<ActionResult> = {}): readonly ActionResult[] =>
  plan.actions.map(({ step }) => ({
    ...{ planId: plan.planId, step, status: 'done' as const, at: minutes(0), text: 'Written and read back.' },
    ...{ verified: true, writes: [], allowedBy: [], readback: { at: minutes(0), holds: true, state: {} } },
    ...change,
  }));

const signedBy = (key: SigningKey, plan: ContainmentPlan, all: readonly ActionResult[], planDigest = digest(plan)) =>
  all.map((result) => {
    const { keyId, signature } = signBody({ planDigest, result }, key);
    return { step: result.step, keyId, signature };
  });

/** Sends a report and waits until the case has refused one more message. */
async function refused(report: unknown): Promise<string> {
  const { client } = attack.on.house;
  const before = refusalsIn((await viewCase(client, live.state.caseId))!);
  await client.workflow.getHandle(live.state.caseId).signal('containmentChanged', report);
  const after = await until(async () => {
    const state = await viewCase(client, live.state.caseId);
    return state !== undefined && refusalsIn(state) > before && state;
  }, 30_000);
  return after.refused.at(-1)!.code;
}

const plans = async () => (await viewCase(attack.on.house.client, live.state.caseId))!.plans;

test('a report without the worker’s and people’s signatures moves no plan', async () => {
  const { on } = attack;
  const plan = live.view.plan.body;
  const done = results(plan);
  const approvals = on.approvals(plan, ['ann', 'ben']);
  const genuineKey = on.key('result');
  const report: ContainmentReport = { plan, status: 'holding', decisions: approvals, results: done, signatures: [] };
  const stolenDecision = on.decision(plan, 'ann', { personId: 'ben' });
  const other = { ...plan, planId: 'p-another' };
  const before = { plans: await plans(), journal: on.journal };

  const lies: Readonly<Record<string, unknown>> = {
    'no signatures': report,
    'a stranger’s': { ...report, signatures: signedBy(stranger(), plan, done) },
    'a stranger’s under the worker’s key id': { ...report, signatures: signedBy(posingAs(genuineKey), plan, done) },
    'of the analysis role': { ...report, signatures: signedBy(on.key('plan'), plan, done) },
    'of the console': { ...report, signatures: signedBy(on.key('decision'), plan, done) },
    'of a lead': { ...report, signatures: signedBy(on.key('person-ann'), plan, done) },
    'of the worker for another plan': { ...report, signatures: signedBy(genuineKey, plan, done, digest(other)) },
    'of the worker for another result': {
      ...report,
      signatures: signedBy(genuineKey, plan, results(plan, { status: 'failed', verified: false })),
    },
    'of the worker, and nobody decided': { ...report, decisions: [], signatures: signedBy(genuineKey, plan, done) },
    'of the worker, decided by one who poses as two': {
      ...{ ...report, decisions: [approvals[0], stolenDecision] },
      signatures: signedBy(genuineKey, plan, done),
    },
    'released, and nobody released': { ...report, status: 'released', signatures: signedBy(genuineKey, plan, done) },
    'over before its time': {
      ...{ ...report, status: 'expired', decisions: [] },
      results: plan.actions.map((action) => notDone(plan, action, 'DECISION_EXPIRED', minutes(0))),
    },
    'denied by nobody': {
      ...{ ...report, status: 'denied', decisions: [] },
      results: plan.actions.map((action) => notDone(plan, action, 'DENIED', minutes(0))),
    },
    'failed, and nobody decided': {
      ...{ ...report, status: 'failed', decisions: [] },
      results: plan.actions.map((action) => notDone(plan, action, 'VENDOR_DOWN', minutes(0))),
    },
    'another plan': { ...report, plan: other, results: results(other) },
    'the plan with one step less': { ...report, plan: { ...plan, actions: plan.actions.slice(1) } },
    'as older versions sent it': { planId: plan.planId, status: 'holding', results: done },
    'half of it': { plan, status: 'holding' },
    nothing: null,
  };
  const codes: Record<string, string> = {};
  for (const [what, lie] of Object.entries(lies)) {
    codes[what] = await refused(lie);
    expect([what, await plans()]).toEqual([what, before.plans]);
  }
  expect(codes).toMatchObject({ 'no signatures': 'SIGNATURE', 'another plan': 'PLAN_CHANGED', nothing: 'MESSAGE' });
  expect(codes).toMatchObject({ 'of the worker, and nobody decided': 'NOT_AUTHORISED' });
  expect(on.journal).toEqual(before.journal);
});

test('the results of one plan are none of another', async () => {
  const first = live.state.plans.find((p) => p.planId !== live.plan.planId);
  const plan = live.view.plan.body;
  const before = await plans();
  // What the worker did sign for the first steps, told of the plan that waits.
  const told = first!.results.map((r) => ({ ...r, planId: plan.planId }));
  const of = await attack.on.house.client.workflow.getHandle(first!.containmentId).query('containmentView');
  const { signatures } = of as Pick<ContainmentReport, 'signatures'>;
  expect(signatures.length).toBeGreaterThan(0);
  const report = { plan, status: 'holding', decisions: attack.on.approvals(plan), results: told, signatures };
  expect(await refused(report)).toBe('SIGNATURE');
  expect(await plans()).toEqual(before);
});

test('after all that, what really happens is believed', async () => {
  const { on } = attack;
  const plan = live.view.plan.body;
  const handle = on.house.client.workflow.getHandle(live.plan.containmentId);
  for (const decision of on.approvals(plan)) await handle.signal('decide', decision);
  const state = await until(async () => {
    const now = (await plans()).find((p) => p.planId === plan.planId);
    return now?.status === 'holding' && now;
  });
  expect(state.results.some((r) => r.verified)).toBe(true);
});
