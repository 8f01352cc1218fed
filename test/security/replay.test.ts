import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { digest } from '../../domain/canonical.js';
import { viewContainment } from '../../gateway/case-client.js';
import type { House } from '../../cli/demo/house.js';
import { QUEUES } from '../../workflows/queues.js';
import {
  endOf,
  minutes,
  protectGlass,
  RULE,
  until,
  useAttack,
  whyOf,
  withPeople,
  type StepSpec,
} from './support/attack.js';

/** Real signatures of real people, used once more, too late, or for something else. */
const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: withPeople,
  configure: protectGlass,
});

const disable = (person: string, rule = RULE): StepSpec => ({
  kind: 'disable_account',
  rule,
  target: { type: 'account', accountId: attack.on.id('microsoft', person) },
});
const isEnabled = (person: string) => attack.on.house.inspect('microsoft', `@${person}`);

test('a nonce serves one plan, also when its owner signed it twice', async () => {
  const { on } = attack;
  const [first, second] = [on.plan([disable('tom')]), on.plan([disable('tess')])];
  const nonce = 'the-same-nonce-twice';
  const decide = (plan: typeof first) => [on.decision(plan, 'ann', { nonce }), on.decision(plan, 'ben')];
  expect(endOf(await on.act(on.authored(first), 1, decide(first)))).toBe('done');
  const written = await on.written(async () => {
    expect(endOf(await on.act(on.authored(second), 1, decide(second)))).toBe('DECISION_REPLAYED');
    // Nor do the decisions of the first serve the second, whatever they are said to be about.
    const moved = decide(first).map((d) => ({
      ...d,
      body: { ...d.body, planId: second.planId, planDigest: digest(second) },
    }));
    expect(endOf(await on.act(on.authored(second), 1, moved))).toBe('NOT_AUTHORISED');
    expect(endOf(await on.act(on.authored({ ...second, planId: first.planId }), 1, decide(first)))).toBe(
      'PLAN_CHANGED',
    );
  });
  expect(written).toEqual([]);
  expect(await isEnabled('tess')).toMatchObject({ enabled: true });
});

test('a plan that was carried out writes nothing when it is played again, by whatever workflow', async () => {
  const { on } = attack;
  const plan = on.plan([disable('deb')]);
  const [signed, decisions] = [on.authored(plan), on.approvals(plan)];
  const once = await on.written(() => on.act(signed, 1, decisions));
  expect(once.map((w) => w.targetId)).toEqual([on.id('microsoft', 'deb')]);
  // Somebody enables the account again by hand: the old decisions do not undo that.
  const state = (await on.house.inspect('microsoft', '@deb')) as { enabled: boolean };
  expect(state.enabled).toBe(false);
  const written = await on.written(async () => {
    for (let i = 0; i < 3; i++) expect((await on.act(signed, 1, decisions)).result?.status).toBe('done');
    const policy = {
      containment: { approvalRules: [{ name: RULE, quorum: 2, roles: ['lead'] }], holdChecks: 1, holdEveryMinutes: 60 },
      deciders: ['ann', 'ben'].map((personId) => ({ personId, roles: ['lead'] })),
      keys: ['ann', 'ben'].map((personId) => {
        const { keyId, publicKey } = on.key(`person-${personId}`);
        return { keyId, publicKey, holder: { kind: 'person', personId } };
      }),
      pace: { lag: 1, people: 1 },
    };
    const again = await on.house.client.workflow.start('containmentWorkflow', {
      workflowId: `containment-${plan.planId}`,
      taskQueue: QUEUES.playbook,
      args: [
        { plan: signed, planDigest: digest(plan), policy, caseId: plan.caseId, deadline: plan.expiresAt, suspect: [] },
      ],
    });
    for (const decision of decisions) await again.signal('decide', decision);
    const view = await until(async () => {
      const seen = await viewContainment(on.house.client, again.workflowId);
      return (seen?.results.length ?? 0) === 1 && seen;
    });
    // What was done is told, and not done again.
    expect(view.results[0]).toMatchObject({ status: 'done', verified: true });
    await again.terminate();
  });
  expect(written).toEqual([]);
});

test('a plan that people released does not act again', async () => {
  const { on } = attack;
  const plan = on.plan([disable('vera')]);
  const [signed, decisions] = [on.authored(plan), on.approvals(plan)];
  expect(endOf(await on.act(signed, 1, decisions))).toBe('done');
  const releases = ['ann', 'ben'].map((p) => on.decision(plan, p, { verb: 'release' }));
  expect(endOf(await on.act(signed, 1, releases, 'revertStep'))).toBe('done');
  const written = await on.written(async () => {
    expect(endOf(await on.act(signed, 1, decisions))).toBe('DECISION_REPLAYED');
    expect(endOf(await on.act(signed, 1, [...decisions, ...releases]))).toBe('DECISION_REPLAYED');
  });
  expect(written).toEqual([]);
  expect(await isEnabled('vera')).toMatchObject({ enabled: true });
});

test('decisions and plans that are over, or not yet, do not count', async () => {
  const { on } = attack;
  const plan = on.plan([disable('tess')]);
  const late = on.plan([disable('tess')], { expiresAt: minutes(-1) });
  const both = (change: Parameters<typeof on.decision>[2], of = plan) =>
    ['ann', 'ben'].map((p) => on.decision(of, p, change));
  const written = await on.written(async () => {
    for (const change of [
      { expiresAt: minutes(-1) },
      { at: minutes(10) },
      { expiresAt: 'never' },
      { at: 'x' },
      { expiresAt: '' },
    ])
      expect(endOf(await on.act(on.authored(plan), 1, both(change)))).toBe('DECISION_EXPIRED');
    expect(endOf(await on.act(on.authored(late), 1, both({}, late)))).toBe('DECISION_EXPIRED');
    for (const expiresAt of ['never', '', '9'.repeat(20)]) {
      const odd = on.plan([disable('tess')], { expiresAt });
      expect([expiresAt, endOf(await on.act(on.authored(odd), 1, both({}, odd)))]).toEqual([
        expiresAt,
        'DECISION_EXPIRED',
      ]);
    }
  });
  expect(written).toEqual([]);
});

test('one person is one, in however many decisions and roles', async () => {
  const { on } = attack;
  const plan = on.plan([disable('tess')]);
  const ann = on.decision(plan, 'ann');
  const written = await on.written(async () => {
    for (const decisions of [
      [ann],
      [ann, ann],
      [ann, on.decision(plan, 'ann')],
      [ann, on.decision(plan, 'ann', { role: 'responder' })],
      // Signed by Ann as somebody else.
      [ann, on.decision(plan, 'ann', { personId: 'ben' })],
      [ann, { ...ann, body: { ...ann.body, personId: 'ben' } }],
      [ann, on.decision(plan, 'ben', { verb: 'deny' })],
      [ann, on.decision(plan, 'ben', { role: 'owner' })],
      [ann, on.decision(plan, 'ben', { steps: [] })],
      [ann, on.decision(plan, 'ben', { steps: [2] })],
    ])
      expect(whyOf(await on.act(on.authored(plan), 1, decisions))).toMatch(/^NOT_AUTHORISED/);
  });
  expect(written).toEqual([]);
});

test('a decision of somebody who was taken off the list does not count any more', async () => {
  const { on } = attack;
  const plan = on.plan([disable('tess')]);
  const decisions = on.approvals(plan, ['ann', 'deb']);
  removeDecider(on.house, 'deb');
  await on.restart('containment');
  const written = await on.written(async () => {
    expect(whyOf(await on.act(on.authored(plan), 1, decisions))).toBe('NOT_AUTHORISED 1 of 2 decisions count');
  });
  expect(written).toEqual([]);
  // With somebody who is still on it, the plan is as good as before.
  const now = await on.act(on.authored(plan), 1, [decisions[0], on.decision(plan, 'ben')]);
  expect(endOf(now)).toBe('done');
});

function removeDecider({ files }: House, personId: string): void {
  const config = parse(readFileSync(files.config, 'utf8')) as { deciders: { personId: string }[] };
  config.deciders = config.deciders.filter((d) => d.personId !== personId);
  writeFileSync(files.config, stringify(config), { mode: 0o600 });
}
