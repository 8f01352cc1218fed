import { describe, expect, it } from 'vitest';
import { leaseOwner } from '../../../activities/containment/budget.js';
import { assertSameThing, assertSwitchedOn, passGate, type Passed } from '../../../activities/containment/gate.js';
import type { ContainmentConfig } from '../../../activities/containment/index.js';
import { peopleAt } from '../../../activities/containment/people.js';
import type { Binding, ContainmentMemory } from '../../../activities/containment/ports.js';
import { digest } from '../../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentPlan, PlannedAction, ResolvedSummary } from '../../../domain/plan.js';
import type { Begun, StepId } from '../../../domain/step-record.js';
import { resolveTarget } from '../../../platforms/resolve.js';
import {
  action,
  authored,
  BLOCK,
  config,
  decide,
  manifest,
  NOW,
  PEOPLE,
  plan,
  RULES,
  SESSIONS,
} from '../support/plans.js';
import { takeover } from '../support/takeover.js';
import { RecordingTenant } from '../support/tenant.js';

const STOP_FILE = `${import.meta.dirname}/no-such-file`;

/** A gate over a memory that keeps what it was told, in order. */
class Gate {
  readonly tenant = new RecordingTenant();
  readonly told: Binding[] = [];
  readonly asked: StepId[] = [];
  readonly usedElsewhere = new Set<string>();
  begun: Begun | undefined;

  constructor(readonly change: Partial<ContainmentConfig> = {}) {}

  memory(): ContainmentMemory {
    const memory: Partial<ContainmentMemory> = {
      stopped: () => Promise.resolve(undefined),
      step: (id) => {
        this.asked.push(id);
        return Promise.resolve({ intended: [], revertIntended: [], ...(this.begun ? { begun: this.begun } : {}) });
      },
      burntOf: () => Promise.resolve(new Set()),
      bind: async (binding, refuse) => {
        if (binding.tokens.some((t) => this.usedElsewhere.has(t))) throw new QuellError('DECISION_REPLAYED');
        const why = refuse([]);
        if (why) throw new QuellError('BUDGET', why);
        this.told.push(binding);
      },
    };
    return memory as ContainmentMemory;
  }

  pass(of: ContainmentPlan, decisions: readonly Signed<ApprovalDecision>[], step = 1, now = NOW): Promise<Passed> {
    const port = this.tenant.port();
    const deps = {
      port,
      config: config(STOP_FILE, this.change),
      memory: this.memory(),
      people: () => peopleAt(port, PEOPLE),
      grounds: () => Promise.resolve(takeover()),
    };
    return passGate(deps, { plan: authored(of), step, decisions }, now, new AbortController().signal);
  }
}
const code = (expected: string) => ({ code: expected });
const policyOf = (change: Partial<ContainmentConfig['policy']['containment']>) => ({
  policy: { ...config('').policy, containment: { ...RULES, ...change } },
});
const FULL = policyOf({ budget: { ...RULES.budget, accountsPerHour: 0 } });
const both = (of: ContainmentPlan) => [decide(of), decide(of, { personId: 'p-2' })];

describe('what passes is bound', () => {
  it('to what it resolved to, to its accounts in the budget, and its decisions to the plan', async () => {
    const gate = new Gate();
    gate.tenant.departments.set('U1', 'Sales');
    const of = plan([action(1, { target: { type: 'account', accountId: 'dana@example.com' } })]);
    const decisions = [decide(of, { nonce: 'mine' })];
    const passed = await gate.pass(of, decisions);
    expect(passed).toMatchObject({
      plan: of,
      planDigest: digest(of),
      action: of.actions[0],
      resolved: { type: 'account', accountId: 'U1' },
      allowedBy: ['console'],
    });
    expect(gate.told).toEqual([
      {
        planDigest: digest(of),
        tokens: ['mine'],
        lease: {
          owner: `${digest(of)}:1`,
          accounts: [{ accountId: 'U1', department: 'Sales' }],
          at: NOW.toISOString(),
          endsAt: new Date(NOW.getTime() + RULES.holdChecks * RULES.holdEveryMinutes * 60_000).toISOString(),
        },
      },
    ]);
    expect(gate.asked).toEqual([{ planDigest: digest(of), step: 1 }]);
    expect(leaseOwner(passed)).toBe(`${digest(of)}:1`);
  });

  it('by the approvals of this step alone: what says something else is neither used nor named', async () => {
    const gate = new Gate();
    const of = plan([action(1), action(2, { target: { type: 'account', accountId: 'U2' } })]);
    const decisions = [
      decide(of, { nonce: 'second', steps: [2] }),
      decide(of, { nonce: 'first', steps: [1] }),
      decide(of, { nonce: 'all', personId: 'p-2' }),
      decide(of, { nonce: 'release', verb: 'release' }),
      decide(of, { nonce: 'denial', verb: 'deny', steps: [2] }),
    ];
    const { allowedBy } = await gate.pass(of, decisions);
    expect(allowedBy).toEqual(['console', 'console']);
    expect(gate.told[0]).toMatchObject({ tokens: ['first', 'all'], lease: { accounts: [{ accountId: 'U1' }] } });
    expect(gate.told[0]).not.toHaveProperty('lease.accounts.0.department');
  });

  it('and an automatic step takes of the budget too', async () => {
    const gate = new Gate();
    const of = plan([action(1, SESSIONS)], { purpose: 'first_steps', manifests: [manifest()] });
    expect(await gate.pass(of, [])).toMatchObject({ allowedBy: ['evidence'], resolved: { accountId: 'U1' } });
    expect(gate.told).toMatchObject([{ tokens: [], lease: { accounts: [{ accountId: 'U1' }] } }]);
    await expect(new Gate(FULL).pass(of, [])).rejects.toMatchObject(code('BUDGET'));
  });

  it('to nothing when it does not pass', async () => {
    const of = plan([action(1)]);
    const gate = new Gate();
    gate.usedElsewhere.add('second');
    const decisions = [decide(of, { nonce: 'first' }), decide(of, { nonce: 'second', personId: 'p-2' })];
    await expect(gate.pass(of, decisions)).rejects.toMatchObject(code('DECISION_REPLAYED'));
    await expect(gate.pass(of, [])).rejects.toMatchObject(code('NOT_AUTHORISED'));
    expect(gate.told).toEqual([]);
    const full = new Gate(FULL);
    await expect(full.pass(of, decisions)).rejects.toMatchObject(code('BUDGET'));
    expect(full.told).toEqual([]);
  });
});

describe('what is cheap and local is asked first', () => {
  it.each([
    ['a worker in shadow', 'SHADOW', plan([action(1)]), { mode: 'shadow' } as const],
    [
      'a plan that ends at this very moment',
      'DECISION_EXPIRED',
      plan([action(1)], { expiresAt: NOW.toISOString() }),
      {},
    ],
    ['a plan that ends at no time', 'DECISION_EXPIRED', plan([action(1)], { expiresAt: 'never' }), {}],
  ])('%s reads nothing', async (_, why, of, change) => {
    const gate = new Gate(change);
    await expect(gate.pass(of, [decide(of)])).rejects.toMatchObject(code(why));
    expect(gate.tenant.reads).toBe(0);
  });

  it('a caller who gave up hears of it, not that the target is protected', async () => {
    const gate = new Gate();
    const port = gate.tenant.port();
    const error = new QuellError('VENDOR_REFUSED');
    const resolvers = { account: () => Promise.reject(error) };
    const deps = {
      port: { ...port, resolvers },
      config: config(STOP_FILE),
      memory: gate.memory(),
      people: () => peopleAt(port, PEOPLE),
      grounds: () => Promise.resolve([]),
    };
    const of = plan([action(1)]);
    const request = { plan: authored(of), step: 1, decisions: [decide(of)] };
    await expect(passGate(deps, request, NOW, AbortSignal.abort())).rejects.toBe(error);
  });
});

describe('a kind', () => {
  const step = action(1);
  it('is switched on by both switches', () => {
    expect(() => assertSwitchedOn(config(''), step)).not.toThrow();
    const shadow = expect.objectContaining({ code: 'SHADOW' }) as Error;
    expect(() => assertSwitchedOn(config('', { mode: 'shadow' }), step)).toThrow(shadow);
    expect(() => assertSwitchedOn(config('', { enabled: ['end_sessions'] }), step)).toThrow(shadow);
  });

  it('follows this worker’s rule: a plan names that one or the VIP rule', async () => {
    const disable = (change: Partial<PlannedAction>) => plan([action(1, change)]);
    for (const rule of ['one', 'vip'])
      expect(await new Gate().pass(disable({ rule }), both(disable({ rule })))).toBeDefined();
    // Stricter of itself, but none that this worker knows for the kind.
    const two = disable({ rule: 'two' });
    await expect(new Gate().pass(two, both(two))).rejects.toMatchObject(code('NOT_AUTHORISED'));
    const lax = plan([action(1, { ...BLOCK, rule: 'one' })]);
    await expect(new Gate().pass(lax, both(lax))).rejects.toMatchObject(code('NOT_AUTHORISED'));
  });

  it('that is automatic is done by people under any rule', async () => {
    for (const rule of ['one', 'two', 'vip']) {
      const of = plan([action(1, { ...SESSIONS, rule })]);
      expect(await new Gate().pass(of, both(of))).toMatchObject({ allowedBy: { length: 2 } });
    }
  });

  it('asks the VIP rule for who is protected, also where the kind is automatic', async () => {
    for (const change of [{ rule: 'one' }, { ...SESSIONS, rule: 'one' }, { ...SESSIONS, rule: 'two' }]) {
      const gate = new Gate();
      gate.tenant.protectedBecause = ['admin_role'];
      const of = plan([action(1, change)]);
      await expect(gate.pass(of, both(of))).rejects.toMatchObject(code('NOT_AUTHORISED'));
      const strict = plan([action(1, { ...change, rule: 'vip' })]);
      expect(await gate.pass(strict, both(strict))).toBeDefined();
    }
  });

  it('and no step goes without a person on who is protected, whatever shows', async () => {
    const gate = new Gate();
    gate.tenant.protectedBecause = ['admin_role'];
    const of = plan([action(1, SESSIONS)], { purpose: 'first_steps', manifests: [manifest()] });
    await expect(gate.pass(of, [])).rejects.toMatchObject({ code: 'PROTECTED', detail: 'admin_role' });
    expect(gate.told).toEqual([]);
  });

  it('is decided by nobody whose account the step turns out to affect', async () => {
    const gate = new Gate();
    gate.tenant.spellings.set('own@example.com', 'UOWN');
    const of = plan([action(1, { rule: 'vip', target: { type: 'account', accountId: 'own@example.com' } })]);
    const own = decide(of, { personId: 'p-3' });
    await expect(gate.pass(of, [own, decide(of, { personId: 'p-2' })])).rejects.toMatchObject(code('NOT_AUTHORISED'));
    expect(await gate.pass(of, both(of))).toBeDefined();
  });

  it('that no rule of this worker covers passes for nobody', async () => {
    const gate = new Gate(policyOf({ approvalRules: [] }));
    const of = plan([action(1)]);
    await expect(gate.pass(of, both(of))).rejects.toMatchObject(code('NOT_AUTHORISED'));
  });
});

describe('a step that was begun goes on', () => {
  const of = plan([
    action(1, { kind: 'remove_mail_rule', target: { type: 'mail_rule', ruleId: 'r1', accountId: 'U1' } }),
  ]);
  const asked = { plan: of, planDigest: digest(of), action: of.actions[0] as PlannedAction };
  const begunOn = (resolved: ResolvedSummary) => {
    const gate = new Gate();
    gate.begun = { at: NOW.toISOString(), resolved, before: {}, held: false, allowedBy: [] };
    return gate;
  };
  const rule = (ruleId: string, ...affects: string[]): ResolvedSummary => ({
    ...{ target: { type: 'mail_rule', ruleId, accountId: 'U1' }, affects, reach: 'accounts' },
  });

  it.each<[string, ResolvedSummary, boolean]>([
    ['the same thing and accounts', rule('r1', 'U1', 'U2'), true],
    ['fewer accounts than it was begun on', rule('r1', 'U1', 'U2', 'U3'), true],
    ['one more account', rule('r1', 'U1'), false],
    ['other accounts', rule('r1', 'U3', 'U4'), false],
    ['another thing', rule('r2', 'U1', 'U2'), false],
  ])('with %s', async (_, before, same) => {
    const gate = begunOn(before);
    gate.tenant.alsoAffects.set('r1', ['U2']);
    const resolved = await resolveTarget(gate.tenant.port(), asked.action.target);
    const check = () => assertSameThing({ memory: gate.memory() }, asked, resolved);
    await (same ? expect(check()).resolves.toBeUndefined() : expect(check()).rejects.toMatchObject(code('UNRESOLVED')));
    const passing = gate.pass(of, [decide(of)]);
    await (same ? expect(passing).resolves.toBeDefined() : expect(passing).rejects.toMatchObject(code('UNRESOLVED')));
  });

  it('or begins with whatever it is', async () => {
    const gate = new Gate();
    const resolved = await resolveTarget(gate.tenant.port(), asked.action.target);
    await expect(assertSameThing({ memory: gate.memory() }, asked, resolved)).resolves.toBeUndefined();
  });
});
