import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { digest } from '../../domain/canonical.js';
import { signBody } from '../../store/signing.js';
import { QUEUES } from '../../workflows/queues.js';
import { endOf, protectGlass, stranger, useAttack, whyOf, withPeople, type StepSpec } from './support/attack.js';

/**
 * The blast radius is the containment worker's own count of what it resolved. No message carries a size any more, so that nobody can
 * name one; what is left is to spend it, or to go past it.
 */
const ACCOUNTS = 3;
const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: withPeople,
  configure: (config, policy, house) => {
    protectGlass(config, policy, house);
    (policy['containment'] as Record<string, unknown>)['budget'] = {
      ...{ accountsPerHour: ACCOUNTS, actionsPerHour: 100, accountsPerDepartmentPerHour: 10, accountsHeld: 100 },
    };
  },
});

const disable = (person: string): StepSpec => ({
  kind: 'disable_account',
  target: { type: 'account', accountId: attack.on.id('microsoft', person) },
});

test('two hundred forged containments at once spend nothing of it', async () => {
  const { on } = attack;
  const thief = stranger();
  const policy = {
    containment: { approvalRules: [], holdChecks: 1, holdEveryMinutes: 60 },
    ...{ deciders: [], keys: [], pace: { lag: 1, people: 1 } },
  };
  const written = await on.written(async () => {
    const ended = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const spec = { ...disable('tom'), rule: 'automatic' };
        // A size that somebody names is a field like any other, and nobody's business.
        const sizes = [{ accounts: -1_000 }, { accounts: 1e9 }, { size: 0 }, {}][n % 4];
        const plan = { ...on.plan([spec, spec, spec]), ...sizes };
        const handle = await on.house.client.workflow.start('containmentWorkflow', {
          workflowId: `containment-${plan.planId}`,
          taskQueue: QUEUES.playbook,
          args: [
            {
              ...{ plan: signBody(plan, thief), planDigest: digest(plan), policy, caseId: plan.caseId },
              ...{ deadline: plan.expiresAt, suspect: [] },
            },
          ],
        });
        return (await handle.result()) as { status: string; results: { status: string }[] };
      }),
    );
    expect(new Set(ended.map((state) => state.status))).toEqual(new Set(['failed']));
    // Nor do plans of a stolen analysis role that nobody approved, though their targets were resolved.
    for (const person of ['tom', 'vera', 'tess', 'deb', 'glass', 'ann', 'ben']) {
      const plan = on.plan([disable(person)]);
      expect(endOf(await on.act(on.authored(plan), 1, []))).toMatch(/NOT_AUTHORISED|PROTECTED/);
    }
  });
  expect(written).toEqual([]);
});

test('the real ones get all of it, and what is beyond is refused by name', async () => {
  const { on } = attack;
  const written = await on.written(async () => {
    for (const person of ['tom', 'vera', 'tess'])
      expect([person, whyOf(await on.approved(disable(person)))]).toEqual([person, 'done']);
    expect(whyOf(await on.approved(disable('deb'), ['ann', 'ben']))).toBe('BUDGET 4 of 3 accounts in an hour');
    // In one plan, in the plan of another case, at another platform: an account more is an account more.
    const many = on.plan([disable('tom'), disable('deb')], { caseId: `case-${randomUUID()}` });
    expect(endOf(await on.act(on.authored(many), 2, on.approvals(many)))).toBe('BUDGET');
    const slack: StepSpec = { ...disable('deb'), platform: 'slack' };
    expect(endOf(await on.approved({ ...slack, target: { type: 'account', accountId: on.id('slack', 'deb') } }))).toBe(
      'BUDGET',
    );
    // Another step on an account that counts already costs no account.
    const sessions = { type: 'sessions', accountId: on.id('microsoft', 'tom'), sessionIds: [] } as const;
    expect(endOf(await on.approved({ kind: 'end_sessions', target: sessions }))).toMatch(/done|already/);
  });
  expect(new Set(written.map((w) => w.targetId))).toEqual(
    new Set(['tom', 'vera', 'tess'].map((p) => on.id('microsoft', p))),
  );
});

test('the limit holds over a restart of the containment role', async () => {
  const { on } = attack;
  await on.restart('containment');
  const written = await on.written(async () => {
    expect(whyOf(await on.approved(disable('deb'), ['ann', 'ben']))).toBe('BUDGET 4 of 3 accounts in an hour');
  });
  expect(written).toEqual([]);
  expect(await on.house.inspect('microsoft', '@deb')).toMatchObject({ enabled: true });
});
