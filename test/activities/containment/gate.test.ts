import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digest } from '../../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
import type { ContainmentConfig } from '../../../activities/containment/index.js';
import { Worker } from '../support/containment.js';
import {
  action,
  BLOCK,
  config,
  decide,
  GROUND,
  later,
  manifest,
  plan,
  RULES,
  SESSIONS,
  strangerKey,
} from '../support/plans.js';

async function outcome(
  of: ContainmentPlan,
  decisions: readonly Signed<ApprovalDecision>[],
  change: Partial<ContainmentConfig> = {},
  prepare: (w: Worker) => void = () => undefined,
) {
  const worker = await Worker.start(change);
  prepare(worker);
  const result = await worker.act({ plan: of, step: 1, decisions });
  return { result, worker, journal: worker.tenant.journal };
}

/** Nothing at the tenant changed, and the result and the audit entry say why. */
async function refuses(code: string, ...args: Parameters<typeof outcome>): Promise<void> {
  const { result, journal, worker } = await outcome(...args);
  expect(journal).toEqual([]);
  expect(result).toMatchObject({ code, verified: false, writes: [] });
  expect(worker.audit.at(-1)).toMatchObject({ caseId: 'case-1', data: { code } });
}

describe('the last gate, decided by people', () => {
  const one = plan([action(1)]);

  it('acts on a valid decision, and says what it read back', async () => {
    const { result, journal } = await outcome(one, [decide(one)]);
    expect(journal).toEqual([{ platform: 'slack', operation: 'users.deactivate', targetId: 'U1' }]);
    expect(result).toMatchObject({
      status: 'done',
      verified: true,
      before: { active: true },
      readback: { holds: true, state: { active: false } },
      writes: journal,
      allowedBy: ['console'],
    });
  });

  it.each<[string, string, () => readonly Signed<ApprovalDecision>[]]>([
    ['no decision', 'NOT_AUTHORISED', () => []],
    ['a signature by a stranger', 'NOT_AUTHORISED', () => [decide(one, {}, strangerKey)]],
    [
      'a stranger that borrows the key id',
      'NOT_AUTHORISED',
      () => [decide(one, {}, { ...strangerKey, keyId: 'console' })],
    ],
    [
      'a body changed after signing',
      'NOT_AUTHORISED',
      () => [((d) => ({ ...d, body: { ...d.body, personId: 'p-2' } }))(decide(one))],
    ],
    ['the subject deciding about itself', 'NOT_AUTHORISED', () => [decide(one, { personId: 'p-self' })]],
    ['a person without the role', 'NOT_AUTHORISED', () => [decide(one, { personId: 'p-reader' })]],
    ['a role that the person claims', 'NOT_AUTHORISED', () => [decide(one, { personId: 'p-reader', role: 'analyst' })]],
    ['an unknown person', 'NOT_AUTHORISED', () => [decide(one, { personId: 'p-9' })]],
    ['a denial', 'NOT_AUTHORISED', () => [decide(one, { verb: 'deny' })]],
    ['a release', 'NOT_AUTHORISED', () => [decide(one, { verb: 'release' })]],
    ['another step', 'NOT_AUTHORISED', () => [decide(one, { steps: [2] })]],
    ['another case', 'NOT_AUTHORISED', () => [decide(one, { caseId: 'case-2' })]],
    ['an expired decision', 'DECISION_EXPIRED', () => [decide(one, { expiresAt: later(-1) })]],
    ['a decision from the future', 'DECISION_EXPIRED', () => [decide(one, { at: later(10) })]],
    [
      'a decision on another plan',
      'PLAN_CHANGED',
      () => [decide(plan([action(1, { target: { type: 'account', accountId: 'U2' } })]))],
    ],
    ['an expiry that is no time', 'DECISION_EXPIRED', () => [decide(one, { expiresAt: 'never' })]],
  ])('writes nothing on %s', async (_what, code, decisions) => {
    await refuses(code, one, decisions());
  });

  it('counts distinct people for a quorum', async () => {
    const two = plan([action(1, BLOCK)]);
    await refuses('NOT_AUTHORISED', two, [decide(two), decide(two)]);
    const { journal } = await outcome(two, [decide(two), decide(two, { personId: 'p-2' })]);
    expect(journal).toHaveLength(1);
  });

  it('binds a decision to one plan', async () => {
    const worker = await Worker.start();
    const nonce = 'once';
    await worker.act({ plan: one, step: 1, decisions: [decide(one, { nonce })] });
    const other = plan([action(1, { target: { type: 'account', accountId: 'U2' } })], { planId: 'plan-2' });
    worker.restart(); // the ledger remembers, not the process
    const result = await worker.act({ plan: other, step: 1, decisions: [decide(other, { nonce })] });
    expect(result).toMatchObject({ status: 'refused', code: 'DECISION_REPLAYED' });
    expect(worker.tenant.journal).toHaveLength(1);
  });

  it('knows its own rule for each kind: a plan cannot choose a laxer one', async () => {
    const lax = plan([action(1, { ...BLOCK, rule: 'one' })]);
    await refuses('NOT_AUTHORISED', lax, [decide(lax), decide(lax, { personId: 'p-2' })]);
    const unknown = plan([action(1, { rule: 'none' })]);
    await refuses('NOT_AUTHORISED', unknown, [decide(unknown)]);
  });

  it('asks the VIP rule for VIPs and for accounts with an admin role', async () => {
    const vip = plan([action(1, { target: { type: 'account', accountId: 'UVIP' } })]);
    await refuses('NOT_AUTHORISED', vip, [decide(vip), decide(vip, { personId: 'p-2' })]);
    await refuses('NOT_AUTHORISED', one, [decide(one)], {}, (w) => (w.tenant.protectedBecause = ['admin_role']));
    const strict = plan([action(1, { rule: 'vip' })]);
    const { journal } = await outcome(
      strict,
      [decide(strict), decide(strict, { personId: 'p-2' })],
      {},
      (w) => (w.tenant.protectedBecause = ['admin_role']),
    );
    expect(journal).toHaveLength(1);
  });

  it('never acts on what is protected, or not known to be unprotected', async () => {
    for (const because of ['break_glass', 'last_admin', 'own_app', 'unknown'] as const) {
      const strict = plan([action(1, { rule: 'vip' })]);
      await refuses(
        'PROTECTED',
        strict,
        [decide(strict), decide(strict, { personId: 'p-2' })],
        {},
        (w) => (w.tenant.protectedBecause = [because]),
      );
    }
  });

  it('never touches an emergency account, whatever the plan and its approvers say', async () => {
    const glass = plan([action(1, { rule: 'vip', target: { type: 'account', accountId: 'UGLASS' } })]);
    await refuses('PROTECTED', glass, [decide(glass), decide(glass, { personId: 'p-2' })]);
    const rule = { type: 'mail_rule', ruleId: 'r9', accountId: 'UGLASS' } as const;
    const itsRule = plan([action(1, { kind: 'remove_mail_rule', rule: 'vip', target: rule })]);
    await refuses('PROTECTED', itsRule, [decide(itsRule), decide(itsRule, { personId: 'p-2' })]);
  });

  it('obeys plan expiry, tenant, mode, switches and the stop file', async () => {
    const old = plan([action(1)], { expiresAt: later(-1) });
    await refuses('DECISION_EXPIRED', old, [decide(old)]);
    const foreign = plan([action(1, { tenant: 'other' })]);
    await refuses('NOT_AUTHORISED', foreign, [decide(foreign)]);
    const doubled = plan([action(1), action(1, { target: { type: 'account', accountId: 'U2' } })]);
    await refuses('PLAN_CHANGED', doubled, [decide(doubled)]);
    await refuses('SHADOW', one, [decide(one)], { mode: 'shadow' });
    await refuses('SHADOW', one, [decide(one)], { enabled: ['block_ip'] });
    await refuses('STOPPED', one, [decide(one)], {}, (w) => writeFileSync(w.stopFile, ''));
    await refuses('STOPPED', one, [decide(one)], { stopFile: '/dev/null/stop' }); // cannot be looked for
  });

  it('acts again once the stop file is gone', async () => {
    const { worker } = await outcome(one, [decide(one)], {}, (w) => writeFileSync(w.stopFile, ''));
    rmSync(worker.stopFile);
    expect(await worker.act({ plan: one, step: 1, decisions: [decide(one)] })).toMatchObject({ status: 'done' });
  });

  it('never executes a step that a person does', async () => {
    const task = plan([action(1, { by: 'task' })]);
    const { result, journal } = await outcome(task, [decide(task)]);
    expect(result).toMatchObject({ status: 'task_open', writes: [] });
    expect(journal).toEqual([]);
  });

  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '::ffff:10.0.0.1',
    '169.254.1.1',
    '224.0.0.1',
    'fd00::1',
    '203.0.113.5',
    '0.0.0.0/0',
    'x',
  ])('does not block %s', async (address) => {
    const of = plan([action(1, { ...BLOCK, target: { type: 'address', address } })]);
    await refuses('PROTECTED', of, [decide(of), decide(of, { personId: 'p-2' })]);
  });
});

const automaticDisable = {
  ...config('').policy,
  containment: { ...RULES, rules: { ...RULES.rules, disable_account: 'automatic' } },
};

describe('the last gate, automatic steps', () => {
  const planOf = (m: ReturnType<typeof manifest>, change: Partial<ReturnType<typeof action>> = {}): ContainmentPlan =>
    plan([action(1, { ...SESSIONS, ...change })], { purpose: 'first_steps', manifests: [m] });

  it('acts on a fresh manifest that names the account', async () => {
    const { result, journal } = await outcome(planOf(manifest()), []);
    expect(journal).toHaveLength(2);
    expect(result).toMatchObject({ status: 'done', verified: true, allowedBy: ['evidence'] });
  });

  it.each<[string, () => ContainmentPlan]>([
    ['a manifest by a stranger', () => planOf(manifest({}, strangerKey))],
    ['a stranger that borrows the key id', () => planOf(manifest({}, { ...strangerKey, keyId: 'evidence' }))],
    [
      'a manifest changed after signing',
      () => planOf(((m) => ({ ...m, manifest: { ...m.manifest, readAt: later(-5) } }))(manifest())),
    ],
    ['an old manifest', () => planOf(manifest({ readAt: later(-61) }))],
    ['a manifest from the future', () => planOf(manifest({ readAt: later(5) }))],
    ['a manifest of another case', () => planOf(manifest({ caseId: 'case-2' }))],
    ['a manifest of another subject', () => planOf(manifest({ subjectId: 'subject-2' }))],
    ['a manifest of another tenant', () => planOf(manifest({ tenant: 'other' }))],
    [
      'a ground that is not on the list',
      () => planOf(manifest({ grounds: [{ rule: 'guess', nativeId: 'U1', sessionIds: ['s9'] }] })),
    ],
    [
      'a ground about another account',
      () => planOf(manifest({ grounds: [{ rule: 'foreign-session-collects', nativeId: 'U2', sessionIds: ['s9'] }] })),
    ],
    [
      'a session that the ground does not name',
      () => planOf(manifest(), { target: { type: 'sessions', accountId: 'U1', sessionIds: ['s7'] } }),
    ],
    [
      'a kind that is not on the list',
      () => planOf(manifest(), { kind: 'disable_account', target: { type: 'account', accountId: 'U1' } }),
    ],
    [
      'an address: no ground names one',
      () =>
        planOf(
          manifest({ grounds: [{ rule: 'foreign-session-collects', nativeId: '198.51.100.7', sessionIds: [] }] }),
          {
            ...BLOCK,
            rule: 'automatic',
          },
        ),
    ],
  ])('writes nothing on %s', async (_what, make) => {
    await refuses('NOT_AUTHORISED', make(), [], {
      automatic: ['end_sessions', 'block_ip'],
      policy: {
        ...config('').policy,
        containment: { ...RULES, rules: { ...RULES.rules, block_ip: 'automatic' } },
      },
    });
  });

  it('needs the plan to be one of first steps', async () => {
    await refuses('NOT_AUTHORISED', { ...planOf(manifest()), purpose: 'containment' }, []);
  });

  it('computes the ground again over the signed rows, by its own policy, and believes no word of it', async () => {
    const quiet = (w: Worker): unknown => (w.rows = w.rows.filter((e) => e.kind === 'sign_in'));
    await refuses('NOT_AUTHORISED', planOf(manifest()), [], {}, quiet);
    await refuses('NOT_AUTHORISED', planOf(manifest({ groundRows: undefined } as never)), []);
    await refuses('STORE_TAMPERED', planOf(manifest()), [], {}, (w) => {
      w.rows = w.rows.map((e) => ({ ...e, tenant: 'other' }));
    });
    const { policy } = config('');
    const strict = {
      ...policy,
      indicators: { ...policy.indicators, bulkCollection: { ...policy.indicators.bulkCollection, files: 9_999 } },
    };
    await refuses('NOT_AUTHORISED', planOf(manifest()), [], { policy: strict });
  });

  it('burns the ground that people released: neither the same manifest nor the same evidence read again acts', async () => {
    const worker = await Worker.start({
      enabled: ['end_sessions', 'disable_account'],
      automatic: ['disable_account'],
      policy: automaticDisable,
    });
    const act = { kind: 'disable_account', target: { type: 'account', accountId: 'U1' } } as const;
    const first = planOf(manifest(), act);
    expect(await worker.act({ plan: first, step: 1, decisions: [] })).toMatchObject({ status: 'done' });
    expect(
      await worker.revert({ plan: first, step: 1, decisions: [decide(first, { verb: 'release' })] }),
    ).toMatchObject({ status: 'done', verified: true });
    worker.restart();
    const again = { ...planOf(manifest({ readAt: later(-1) }), act), planId: 'plan-2' };
    expect(await worker.act({ plan: again, step: 1, decisions: [] })).toMatchObject({ code: 'DECISION_REPLAYED' });
    expect(worker.tenant.active.get('U1')).toBe(true);
    // A session that was not there before is new evidence.
    worker.rows = worker.rows.map((e) => (e.sessionId === 's9' ? { ...e, sessionId: 's10' } : e));
    const other = { ...planOf(manifest({ grounds: [{ ...GROUND, sessionIds: ['s10'] }] }), act), planId: 'plan-3' };
    expect(await worker.act({ plan: other, step: 1, decisions: [] })).toMatchObject({ status: 'done' });
  });

  it('leaves VIPs and protected accounts to people', async () => {
    await refuses('PROTECTED', planOf(manifest()), [], {}, (w) => (w.tenant.protectedBecause = ['approver']));
    await refuses('PROTECTED', planOf(manifest()), [], {}, (w) => (w.people = { ...w.people, vips: ['U1'] }));
  });

  it('is taken by people too, when their decision covers it under the rule that they name', async () => {
    const of = planOf(manifest({ readAt: later(-300) }), { rule: 'one' });
    const { journal } = await outcome(of, [decide(of)]);
    expect(journal).toHaveLength(2);
    expect(digest(of)).toHaveLength(64);
  });
});
