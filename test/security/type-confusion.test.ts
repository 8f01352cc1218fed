import { expect, test } from 'vitest';
import { TARGET_TYPES, type ActTarget } from '../../domain/act-target.js';
import { ACTION_KINDS, ACTS, type ActionKind } from '../../domain/acts/index.js';
import { digest } from '../../domain/canonical.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import type { Platform } from '../../domain/platform.js';
import { QUEUES } from '../../workflows/queues.js';
import { endOf, expectRefused, protectGlass, useAttack, withPeople, type Attack } from './support/attack.js';

/**
 * Plans whose shape says one thing and whose fields another. They are signed by the analysis role and approved by two leads, so that only the
 * worker's own reading of them is between them and the tenants.
 */
const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: withPeople,
  configure: protectGlass,
});

type Target = Readonly<Record<string, unknown>>;
const SAFE = ['PROTECTED', 'UNRESOLVED', 'UNSUPPORTED', 'NOT_AUTHORISED', 'PLAN_CHANGED', 'PLAN_AUTHOR'];

const glass = (on: Attack, platform: Platform = 'microsoft'): string => on.id(platform, 'glass');
const approved = (kind: string, target: unknown, platform: Platform = 'microsoft') =>
  attack.on.approved({ platform, kind: kind as ActionKind, target: target as ActTarget });

/** One of each type that is well formed, and somebody's whom nothing protects. */
function ofEachType(accountId: string): Record<ActTarget['type'], ActTarget> {
  const id = '5b7b0a1e-0000-4000-8000-000000000000';
  return {
    account: { type: 'account', accountId },
    sessions: { type: 'sessions', accountId, sessionIds: [] },
    app: { type: 'app', appId: id, accountId },
    grant: { type: 'grant', appId: id, accountId },
    link: { type: 'link', fileId: '01ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', accountId },
    address: { type: 'address', address: '203.0.113.66' },
    device: { type: 'device', deviceId: id, sessionIds: [] },
    mail_rule: { type: 'mail_rule', ruleId: 'AQAAAJ5dZqA=', accountId },
    auth_method: { type: 'auth_method', methodId: `phoneMethods/${id}`, accountId },
    delegate: { type: 'delegate', delegateId: `delegates/${id}`, accountId },
  };
}

test('an act takes no target of another type, at any platform', async () => {
  const { on } = attack;
  const ends: Record<string, string | undefined> = {};
  const written = await on.written(async () => {
    for (const platform of ['microsoft', 'slack', 'google'] as const) {
      const targets = ofEachType(on.id(platform, 'tom'));
      // The check stands before the platforms part: all kinds at one of them, at the others what all have.
      const kinds =
        platform === 'microsoft' ? ACTION_KINDS : (['end_sessions', 'revoke_share', 'disable_account'] as const);
      const asked = kinds.map(async (kind) => {
        const wrong = TARGET_TYPES.filter((type) => !(ACTS[kind].targets as readonly string[]).includes(type));
        // One plan of many steps: each is asked for by its own number.
        const plan = on.plan(wrong.map((type) => ({ platform, kind, target: targets[type] })));
        const [signed, decisions] = [on.authored(plan), on.approvals(plan)];
        const answers = await Promise.all(wrong.map((_, i) => on.act(signed, i + 1, decisions)));
        for (const [i, type] of wrong.entries()) ends[`${platform} ${kind} ${type}`] = endOf(answers[i]!);
      });
      await Promise.all(asked);
    }
  });
  expect(Object.keys(ends).length).toBeGreaterThan(180);
  expectRefused(ends, ['UNRESOLVED']);
  expect(written).toEqual([]);
});

test('fields beside those of the type move no write to another account or address', async () => {
  const { on } = attack;
  const [tom, victim] = [on.id('microsoft', 'tom'), glass(on)];
  const beside = (target: Target): Target[] => [
    { ...target, id: victim },
    { ...target, userId: victim },
    { ...target, accountIds: [victim] },
    { ...target, affects: [{ accountId: victim }], protectedBecause: [], reach: 'accounts' },
    { ...target, address: '192.0.2.10' },
    { ...target, target: { type: 'account', accountId: victim } },
    { ...target, at: { platform: 'slack', tenant: 'main' } },
    JSON.parse(
      `{"type":"sessions","accountId":"${tom}","sessionIds":[],"__proto__":{"accountId":"${victim}"}}`,
    ) as Target,
  ];
  const written = await on.written(async () => {
    for (const target of beside({ type: 'sessions', accountId: tom, sessionIds: [] })) {
      const { result, thrown } = await approved('end_sessions', target);
      if (result?.resolved)
        expect(result.resolved).toEqual({
          target: { type: 'sessions', accountId: tom, sessionIds: [] },
          affects: [tom],
          reach: 'accounts',
        });
      else expect([...SAFE, 'DEFECT']).toContain(thrown ?? result?.code);
    }
    const blocked = await approved('block_ip', { type: 'address', address: '203.0.113.66', accountId: victim });
    expect(blocked.result?.resolved ?? { target: undefined }).toMatchObject({
      target: { type: 'address', address: '203.0.113.66' },
    });
    // The protected one is what it is, also with a harmless one beside it.
    for (const more of [{ id: tom }, { userId: tom }, { protectedBecause: [] }, { affects: [] }])
      expect(
        endOf(await approved('end_sessions', { type: 'sessions', accountId: victim, sessionIds: [], ...more })),
      ).toBe('PROTECTED');
  });
  const targets = new Set(written.filter((w) => w.platform === 'microsoft').map((w) => w.targetId));
  expect([...targets].filter((id) => id === victim)).toEqual([]);
  expect(await on.house.inspect('microsoft', '@glass')).toMatchObject({ enabled: true, sessionsRevoked: false });
});

test('values that are no text, and fields that are not there, are refused', async () => {
  const { on } = attack;
  const id = on.id('microsoft', 'tom');
  const values: unknown[] = [
    [id],
    [[id]],
    { id },
    null,
    undefined,
    7,
    true,
    '',
    [],
    {},
    { toString: id },
    ['glass', id],
  ];
  const ends: Record<string, string | undefined> = {};
  const written = await on.written(async () => {
    const asked = values.flatMap((value, i) => {
      const accounts = (['microsoft', 'slack', 'google'] as const).map(
        (platform) =>
          [
            `${platform} account`,
            approved('disable_account', { type: 'account', accountId: value }, platform),
          ] as const,
      );
      const address = approved('block_ip', { type: 'address', address: value });
      const link = approved('revoke_share', { type: 'link', fileId: value, accountId: id });
      return [...accounts, ['address', address] as const, ['link', link] as const].map(async ([what, answer]) => {
        ends[`${what} ${String(i)}`] = endOf(await answer);
      });
    });
    await Promise.all(asked);
    for (const target of [null, undefined, [], 'account', { accountId: id }, { type: ['account'], accountId: id }, {}])
      ends[`target ${JSON.stringify(target) ?? 'none'}`] = endOf(await approved('disable_account', target));
    for (const kind of ['constructor', '__proto__', 'toString', '', 'delete_account'])
      ends[`kind ${kind}`] = endOf(await approved(kind, { type: 'account', accountId: id }));
  });
  const open = Object.entries(ends).filter(([, end]) => end === undefined || end === 'done' || end === 'already');
  expect(open).toEqual([]);
  expect(written).toEqual([]);
});

test('a step number twice, a person’s step made the vendor’s, a step that is not there', async () => {
  const { on } = attack;
  const target: ActTarget = { type: 'account', accountId: on.id('microsoft', 'tom') };
  const step = { kind: 'disable_account', target } as const;
  const run = (plan: ContainmentPlan, n: number) => on.act(on.authored(plan), n, on.approvals(plan));
  const task = on.plan([{ ...step, by: 'task' }]);
  const flipped = { ...task, actions: task.actions.map((a) => ({ ...a, by: 'vendor' as const })) };
  const flippedSigned = { ...on.authored(task), body: flipped };
  const written = await on.written(async () => {
    const twice = on.plan([
      { ...step, step: 1 },
      { ...step, step: 1, target: { type: 'account', accountId: glass(on) } },
    ]);
    expect(endOf(await run(twice, 1))).toBe('PLAN_CHANGED');
    const ofOtherNumber = on.plan([{ ...step, step: 7 }]);
    for (const n of [1, 0, -1, Number.NaN, 7.5]) expect(endOf(await run(ofOtherNumber, n))).not.toMatch(/done|already/);
    const asText = on.plan([{ ...step, step: '1' as unknown as number }]);
    expect(endOf(await run(asText, 1))).toBe('PLAN_CHANGED');
    expect((await run(task, 1)).result?.status).toBe('task_open');
    // The decisions were made on the plan as it became, the signature on the plan as it was.
    expect(endOf(await on.act(flippedSigned, 1, on.approvals(flipped)))).toBe('PLAN_AUTHOR');
  });
  expect(written).toEqual([]);
});

test('a step for another tenant or platform is refused by whoever gets it', async () => {
  const { on } = attack;
  const target: ActTarget = { type: 'account', accountId: on.id('microsoft', 'tom') };
  const places = [
    { platform: 'slack', tenant: 'main' },
    { platform: 'microsoft', tenant: 'other' },
    { platform: 'microsoft', tenant: 'MAIN' },
    { platform: 'microsoft', tenant: '' },
    { platform: 'Microsoft', tenant: 'main' },
    { platform: ['microsoft'], tenant: 'main' },
  ] as const;
  const written = await on.written(async () => {
    for (const { platform, tenant } of places) {
      const plan = on.plan([{ platform: platform as Platform, tenant, kind: 'disable_account', target }]);
      const request = { plan: on.authored(plan), step: 1, decisions: on.approvals(plan) };
      const queue = QUEUES.containment({ platform: 'microsoft', tenant: 'main' });
      expect(endOf(await on.ask(queue, 'actOnStep', request))).toBe('NOT_AUTHORISED');
      expect(digest(plan)).toBe(request.decisions[0]!.body.planDigest);
    }
  });
  expect(written).toEqual([]);
});
