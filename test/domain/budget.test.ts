import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { livingLeases, refuseLease, type Lease, type LeasedAccount } from '../../domain/budget.js';
import type { BudgetLimits } from '../../domain/policy.js';

const NOW = '2026-03-02T12:00:00.000Z';
const ms = (n: number): string => new Date(Date.parse(NOW) + n).toISOString();
const minutes = (n: number): string => ms(n * 60_000);
const WIDE: BudgetLimits = {
  accountsPerHour: 99,
  actionsPerHour: 99,
  accountsPerDepartmentPerHour: 99,
  accountsHeld: 99,
};
type Asked = string | LeasedAccount;
/** Of a minute ago, held for an hour. */
function lease(owner: string, accounts: readonly Asked[], change: Partial<Lease> = {}): Lease {
  const named = accounts.map((a) => (typeof a === 'string' ? { accountId: a } : a));
  return { owner, accounts: named, at: minutes(-1), endsAt: minutes(59), ...change };
}
const sales = (accountId: string): LeasedAccount => ({ accountId, department: 'Sales' });
const refused = (leases: readonly Lease[], asked: Lease, limits: Partial<BudgetLimits>): string | undefined =>
  refuseLease(leases, asked, { ...WIDE, ...limits }, NOW);

describe('a bound', () => {
  it.each<[string, Partial<BudgetLimits>, string]>([
    ['of steps in an hour', { actionsPerHour: 2 }, '3 of 2 steps in an hour'],
    ['of accounts in an hour', { accountsPerHour: 2 }, '3 of 2 accounts in an hour'],
    ['of accounts held', { accountsHeld: 2 }, '3 of 2 accounts under containment at once'],
    ['of a department', { accountsPerDepartmentPerHour: 2 }, '3 of 2 accounts of one department in an hour'],
  ])('%s gives its last place and no more', (_, limits, words) => {
    const first = lease('a', [sales('U1')]);
    expect(refused([first], lease('b', [sales('U2')]), limits)).toBeUndefined();
    expect(refused([first, lease('b', [sales('U2')])], lease('c', [sales('U3')]), limits)).toBe(words);
    expect(refused([], lease('c', [sales('U3')]), limits)).toBeUndefined();
  });

  it('counts every account of a step that affects many', () => {
    const many = lease('a', ['U1', 'U2', 'U3']);
    expect(refused([], many, { accountsPerHour: 2 })).toBe('3 of 2 accounts in an hour');
    expect(refused([], many, { accountsHeld: 2 })).toBe('3 of 2 accounts under containment at once');
    expect(refused([], many, { actionsPerHour: 1 })).toBeUndefined();
  });

  it('of departments is one for each, and nobody without one is in any', () => {
    const limits = { accountsPerDepartmentPerHour: 1 };
    const before = [lease('a', [sales('U1'), 'U2', 'U3'])];
    expect(refused(before, lease('b', [{ accountId: 'U4', department: 'Legal' }]), limits)).toBeUndefined();
    expect(refused(before, lease('b', ['U4', 'U5']), limits)).toBeUndefined();
    expect(refused(before, lease('b', ['U4', sales('U5')]), limits)).toBeDefined();
    expect(refused(before, lease('b', [{ accountId: 'U4', department: 'Legal' }, sales('U5')]), limits)).toBeDefined();
  });

  it('does not ask for what is no more than before, though it stands over a bound that was lowered', () => {
    const before = [lease('a', [sales('U1'), sales('U2')])];
    const lowered = { accountsPerHour: 1, accountsHeld: 1, accountsPerDepartmentPerHour: 1 };
    expect(refused(before, lease('b', [sales('U2')]), lowered)).toBeUndefined();
    for (const one of ['accountsPerHour', 'accountsHeld', 'accountsPerDepartmentPerHour'] as const)
      expect(refused(before, lease('b', [sales('U3')]), { [one]: 1 })).toBeDefined();
  });
});

describe('a step', () => {
  it('leases once: its second attempt is given, whatever is full', () => {
    const none = { accountsPerHour: 0, actionsPerHour: 0, accountsPerDepartmentPerHour: 0, accountsHeld: 0 };
    const mine = lease('a', ['U1']);
    expect(refused([mine], mine, none)).toBeUndefined();
    expect(refused([lease('b', ['U1'])], mine, none)).toBeDefined();
  });

  it('that was released is asked for anew', () => {
    const released = lease('a', ['U1'], { releasedAt: ms(-1) });
    expect(refused([released], lease('a', ['U1']), { actionsPerHour: 1 })).toBeDefined();
  });
});

describe('what was given counts', () => {
  const next = lease('b', ['U2']);

  it('for an hour, to the millisecond, though it was released', () => {
    for (const change of [{}, { releasedAt: ms(-1) }]) {
      const at = (n: number): Lease => lease('a', ['U1'], { at: ms(n - 3_600_000), endsAt: minutes(59), ...change });
      for (const limits of [{ accountsPerHour: 1 }, { actionsPerHour: 1 }]) {
        expect(refused([at(1)], next, limits)).toBeDefined();
        expect(refused([at(0)], next, limits)).toBeUndefined();
      }
    }
    const inSales = lease('a', [sales('U1')], { at: minutes(-60) });
    expect(refused([inSales], lease('b', [sales('U2')]), { accountsPerDepartmentPerHour: 1 })).toBeUndefined();
  });

  it('as held until it ends or is released, however old', () => {
    const held = lease('a', ['U1'], { at: minutes(-600), endsAt: ms(1) });
    expect(refused([held], next, { accountsHeld: 1 })).toBeDefined();
    expect(refused([{ ...held, endsAt: NOW }], next, { accountsHeld: 1 })).toBeUndefined();
    expect(refused([{ ...held, releasedAt: ms(-1) }], next, { accountsHeld: 1 })).toBeUndefined();
    expect(refused([held], next, { accountsPerHour: 1 })).toBeUndefined();
    // Within the hour, and no longer held.
    const over = lease('a', ['U1'], { endsAt: ms(-1) });
    expect(refused([over], next, { accountsHeld: 1 })).toBeUndefined();
    expect(refused([over], next, { accountsPerHour: 1 })).toBeDefined();
  });

  it('as held again when it is taken anew, though it was released within the hour', () => {
    const before = [lease('a', ['U1']), lease('c', ['U2'], { releasedAt: ms(-1) })];
    expect(refused(before, next, { accountsHeld: 1 })).toBe('2 of 1 accounts under containment at once');
    expect(refused(before, next, { accountsPerHour: 1 })).toBeUndefined();
  });

  it('from the future as well: a clock that was set back gives no budget', () => {
    const ahead = lease('a', ['U1'], { at: minutes(300), endsAt: minutes(900) });
    for (const limits of [{ accountsPerHour: 1 }, { actionsPerHour: 1 }, { accountsHeld: 1 }])
      expect(refused([ahead], next, limits)).toBeDefined();
  });

  it('and is kept as long, and no longer', () => {
    const old = { at: minutes(-61) };
    const kept = [
      lease('hour', ['U1'], { endsAt: ms(-1) }),
      lease('released', ['U1'], { releasedAt: ms(-1) }),
      lease('held', ['U1'], old),
    ];
    const gone = [
      lease('over', ['U1'], { ...old, endsAt: NOW }),
      lease('undone', ['U1'], { ...old, releasedAt: ms(-1) }),
    ];
    expect(livingLeases(new Set([...gone, ...kept]), NOW)).toEqual(kept);
  });
});

describe('whatever is asked, in whatever order', () => {
  const account = fc.record(
    {
      accountId: fc.constantFrom('U1', 'U2', 'U3', 'U4', 'U5', 'U6'),
      department: fc.constantFrom('Sales', 'Legal'),
    },
    { requiredKeys: ['accountId'] },
  );
  const accounts = fc.uniqueArray(account, { minLength: 1, maxLength: 3, selector: (a) => a.accountId });
  const limits = fc.record({
    accountsPerHour: fc.integer({ min: 0, max: 4 }),
    actionsPerHour: fc.integer({ min: 0, max: 6 }),
    accountsPerDepartmentPerHour: fc.integer({ min: 0, max: 3 }),
    accountsHeld: fc.integer({ min: 0, max: 4 }),
  });
  const given = (owners: number) =>
    fc.record({
      owner: fc.nat(owners).map(String),
      accounts,
      age: fc.integer({ min: -120, max: 120 }),
      holds: fc.integer({ min: 1, max: 200 }),
      released: fc.boolean(),
    });
  const leaseOf = ({ owner, accounts: of, age, holds, released }: fcValue): Lease => ({
    ...{ owner, accounts: of, at: minutes(-age), endsAt: minutes(holds - age) },
    ...(released ? { releasedAt: NOW } : {}),
  });
  type fcValue = ReturnType<typeof given> extends fc.Arbitrary<infer V> ? V : never;
  const distinct = (ls: readonly Lease[], of?: string): number =>
    new Set(
      ls
        .flatMap((l) => l.accounts)
        .filter((a) => of === undefined || a.department === of)
        .map((a) => a.accountId),
    ).size;

  it('no bound is passed at any time', () => {
    const steps = fc.array(fc.record({ accounts, wait: fc.integer({ min: 0, max: 40 }), release: fc.boolean() }), {
      maxLength: 15,
    });
    fc.assert(
      fc.property(steps, limits, (asked, bounds) => {
        let leases: Lease[] = [];
        let clock = 0;
        for (const [n, step] of asked.entries()) {
          clock += step.wait;
          const now = minutes(clock);
          const request = { owner: String(n), accounts: step.accounts, at: now, endsAt: minutes(clock + 90) };
          if (refuseLease(leases, request, bounds, now) !== undefined) continue;
          leases.push(request);
          const hour = leases.filter((l) => Date.parse(l.at) > Date.parse(now) - 3_600_000);
          const held = leases.filter((l) => l.releasedAt === undefined && l.endsAt > now);
          expect(hour.length).toBeLessThanOrEqual(bounds.actionsPerHour);
          expect(distinct(hour)).toBeLessThanOrEqual(bounds.accountsPerHour);
          expect(distinct(held)).toBeLessThanOrEqual(bounds.accountsHeld);
          for (const of of ['Sales', 'Legal'])
            expect(distinct(hour, of)).toBeLessThanOrEqual(bounds.accountsPerDepartmentPerHour);
          if (step.release) leases = leases.map((l) => (l.owner === String(n) ? { ...l, releasedAt: now } : l));
        }
      }),
    );
  });

  it('what was given to others, a tighter bound and a set-back clock never make room', () => {
    const others = fc.array(given(5), { maxLength: 8 });
    fc.assert(
      fc.property(others, given(5), accounts, limits, fc.integer({ min: 0, max: 50 }), (ls, more, of, bounds, back) => {
        const before = ls.map(leaseOf);
        const request = { owner: 'mine', accounts: of, at: NOW, endsAt: minutes(90) };
        if (refuseLease(before, request, bounds, NOW) === undefined) return;
        const fewer = { ...bounds, actionsPerHour: bounds.actionsPerHour - 1 };
        expect(refuseLease(before, request, fewer, NOW)).toBeDefined();
        const later = { ...leaseOf(more), accounts: [{ accountId: 'U9', department: 'Other' }] };
        expect(refuseLease([...before, later], request, bounds, NOW)).toBeDefined();
        // An account that was given before counts again when the clock is set back, and then adds nothing: a new one does.
        const anew = { ...request, accounts: [{ accountId: 'U8', department: 'Sales' }] };
        if (refuseLease(before, anew, bounds, NOW) === undefined) return;
        expect(refuseLease(before, anew, bounds, minutes(-back))).toBeDefined();
      }),
    );
  });
});
