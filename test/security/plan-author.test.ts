import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { digest } from '../../domain/canonical.js';
import type { ActTarget } from '../../domain/act-target.js';
import type { ContainmentPlan, SignedPlan } from '../../domain/plan.js';
import type { CasePolicy } from '../../domain/policy.js';
import { viewCase, viewContainment } from '../../gateway/case-client.js';
import { signBody } from '../../store/signing.js';
import { QUEUES } from '../../workflows/queues.js';
import { endOf, minutes, posingAs, stranger, until, useAttack } from './support/attack.js';
import { LIVE, liveCase, type LiveCase } from './support/live-case.js';

/** A plan is its author's: without the analysis role's signature nothing of it is read, shown, signed or done. */
const attack = useAttack(LIVE);
const MARK = 'shown-by-the-attacker';
let live: LiveCase;
beforeAll(async () => void (live = await liveCase(attack.on)), 400_000);

const victim = (): ActTarget => ({ type: 'account', accountId: attack.on.id('microsoft', 'ben') });
const forgedPlan = (change: Partial<ContainmentPlan> = {}): ContainmentPlan => {
  const plan = attack.on.plan([{ kind: 'disable_account', target: victim(), rule: 'one_responder' }], change);
  return { ...plan, actions: plan.actions.map((a) => ({ ...a, reason: MARK })) };
};
const asked = async (
  plan: SignedPlan,
  decisions: readonly unknown[] = [],
): Promise<readonly (string | undefined)[]> => {
  const queue = QUEUES.containment({ platform: 'microsoft', tenant: 'main' });
  const ends = [];
  for (const what of ['actOnStep', 'revertStep', 'verifyStep', 'resolveSteps'])
    ends.push(endOf(await attack.on.ask(queue, what, { plan, step: 1, decisions, since: minutes(0) })));
  return ends;
};
const REFUSED = Array<string>(4).fill('PLAN_AUTHOR');

test('a plan that the analysis role did not sign is refused by every activity, whoever approved it', async () => {
  const { on } = attack;
  const plan = forgedPlan();
  const approvals = on.approvals(plan);
  const { keyId, signature } = on.authored(plan);
  const written = await on.written(async () => {
    for (const key of [stranger(), posingAs(on.key('plan'))])
      expect(await asked(signBody(plan, key), approvals)).toEqual(REFUSED);
    for (const role of ['manifest', 'result', 'decision', 'audit', 'person-ann'])
      expect([role, ...(await asked(signBody(plan, on.key(role)), approvals))]).toEqual([role, ...REFUSED]);
    for (const odd of [
      { body: plan, keyId, signature: '' },
      { body: plan, keyId: '', signature },
      { body: plan },
      { body: { ...plan, caseId: 'case-s-other' }, keyId, signature },
      plan,
      null,
    ])
      expect(await asked(odd as SignedPlan, approvals)).not.toContain('done');
  });
  expect(written).toEqual([]);
});

test('a real plan with anything changed is no plan any more', async () => {
  const { on } = attack;
  const { plan: real } = live.view;
  const [first, ...rest] = real.body.actions;
  const body = real.body;
  const changed: Readonly<Record<string, ContainmentPlan>> = {
    target: { ...body, actions: [{ ...first!, target: victim() }, ...rest] },
    kind: { ...body, actions: [{ ...first!, kind: 'reset_credentials' }, ...rest] },
    rule: { ...body, actions: [{ ...first!, rule: 'automatic' }, ...rest] },
    by: { ...body, actions: [{ ...first!, by: first!.by === 'task' ? 'vendor' : 'task' }, ...rest] },
    platform: { ...body, actions: [{ ...first!, platform: 'google' }, ...rest] },
    'a step more': { ...body, actions: [...body.actions, { ...first!, step: 99, target: victim() }] },
    'a step less': { ...body, actions: rest },
    purpose: { ...body, purpose: 'first_steps' },
    expiresAt: { ...body, expiresAt: minutes(600) },
    caseId: { ...body, caseId: 'case-s-other' },
    subjectId: { ...body, subjectId: 's-other' },
    suspects: { ...body, suspects: [] },
    manifests: { ...body, manifests: [] },
    policyDigest: { ...body, policyDigest: 'another' },
  };
  const written = await on.written(async () => {
    for (const [what, plan] of Object.entries(changed)) {
      expect([what, digest(plan) === live.plan.digest]).toEqual([what, false]);
      expect([what, ...(await asked({ ...real, body: plan }, on.approvals(plan)))]).toEqual([what, ...REFUSED]);
    }
  });
  expect(written).toEqual([]);
});

test('a containment of the attacker’s own, with their own keys in its policy, writes nothing', async () => {
  const { on } = attack;
  const thief = stranger();
  const plan = forgedPlan();
  const policy: CasePolicy = {
    ...live.state.policy!,
    keys: [{ keyId: thief.keyId, publicKey: thief.publicKey, holder: { kind: 'console' } }],
  };
  const { client } = on.house;
  const written = await on.written(async () => {
    const containment = await client.workflow.start('containmentWorkflow', {
      ...{ workflowId: `containment-${plan.planId}`, taskQueue: QUEUES.playbook },
      args: [
        {
          ...{ plan: signBody(plan, thief), planDigest: digest(plan), policy, caseId: plan.caseId },
          ...{ deadline: plan.expiresAt, suspect: [] },
        },
      ],
    });
    const approval = { ...on.decision(plan, 'ann').body };
    await containment.signal('decide', signBody(approval, thief));
    await until(async () => ((await viewContainment(client, containment.workflowId))?.results.length ?? 0) === 1);
    const view = await viewContainment(client, containment.workflowId);
    expect(view?.results.map((r) => r.status)).toEqual(['failed']); // nobody is told why
  });
  expect(written).toEqual([]);
});

/** Ann at the console. */
async function signIn(): Promise<{
  readonly page: (path: string) => Promise<string>;
  readonly post: (path: string, fields: Record<string, string>) => Promise<number>;
}> {
  const base = attack.on.house.addresses.console;
  const password = readFileSync(join(attack.on.state, 'console-password'), 'utf8').trim();
  const login = await fetch(`${base}/login`, {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ person: 'ann', password }) },
  });
  const cookie = login.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  expect(login.status).toBe(303);
  return {
    page: async (path) => await (await fetch(`${base}${path}`, { headers: { cookie } })).text(),
    post: async (path, fields) =>
      (
        await fetch(`${base}${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie },
          body: new URLSearchParams(fields),
        })
      ).status,
  };
}

test('the console shows and signs what the case issued, and nothing that the attacker shows in its place', async () => {
  const { on } = attack;
  const { client } = on.house;
  const { caseId } = live.state;
  const ann = await signIn();
  const place = `/cases/${caseId}`;
  // A busy machine shows what the index knows, or no plan: the page is looked at again.
  const shown = () =>
    until(async () => {
      const page = await ann.page(place);
      return !/cannot be shown|does not answer now/.test(page) && page;
    });
  const before = await shown();
  const form = /name="form" value="([^"]+)"/.exec(before)?.[1] ?? '';
  // The real one is there to be decided on: what follows is refused for its author alone.
  expect(before).toContain(`action="${place}/plans/${live.plan.planId}"`);
  expect(before).not.toContain('does not verify');

  const thief = stranger();
  const policy = live.state.policy!;
  const started = async (workflowId: string, plan: SignedPlan, planDigest: string) => {
    const given = { plan, planDigest, policy, caseId: 'case-s-nobody', deadline: plan.body.expiresAt, suspect: [] };
    await client.workflow.start('containmentWorkflow', { workflowId, taskQueue: QUEUES.playbook, args: [given] });
    return (await viewContainment(client, workflowId))!;
  };
  const signs = async (planId: string, planDigest: string): Promise<void> => {
    const status = await ann.post(`${place}/plans/${planId}`, { form, digest: planDigest, verb: 'approve', step: '1' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await viewContainment(client, `containment-${planId}`))?.decisions).toEqual([]);
  };

  // One beside the real one, which the case has never issued.
  const { subjectId } = live.state;
  const beside = forgedPlan({ caseId, subjectId });
  for (const [plan, key] of [
    [beside, thief],
    [{ ...beside, planId: 'p-by-a-stolen-role' }, on.key('plan')],
  ] as const) {
    await started(`containment-${plan.planId}`, signBody(plan, key), digest(plan));
    expect(await shown()).not.toContain(MARK);
    await signs(plan.planId, digest(plan));
  }

  // One in the place of the real one, under its ids and its digest.
  const instead = forgedPlan({ caseId, subjectId, planId: live.plan.planId });
  const { keyId, signature } = live.view.plan;
  for (const [plan, planDigest] of [
    [{ body: instead, keyId, signature }, live.plan.digest],
    [signBody(instead, thief), live.plan.digest],
    [signBody(instead, posingAs(on.key('plan'))), digest(instead)],
    [on.authored(instead), live.plan.digest], // the author signed it, and it is not of one piece with the digest
  ] as const) {
    await client.workflow.getHandle(live.plan.containmentId).terminate();
    await started(live.plan.containmentId, plan, planDigest);
    const page = await shown();
    expect(page).toContain('does not verify');
    expect(page).not.toContain(MARK);
    expect(page).not.toContain(`action="${place}/plans/${live.plan.planId}"`);
    await signs(live.plan.planId, planDigest);
    await signs(live.plan.planId, live.plan.digest);
  }
  const after = (await viewCase(client, caseId))!.plans.find((p) => p.planId === live.plan.planId);
  expect(after?.status).toBe('awaiting_approval');
  expect(await on.house.inspect('microsoft', '@ben')).toMatchObject({ enabled: true, passwordChanged: false });
});
