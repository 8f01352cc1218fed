import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { RateBudget } from '../../../platforms/wire/budget.js';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../../store/postgres/grants.js';
import { CallLeases } from '../../../store/rates/call-leases.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
beforeEach(async () => {
  await query(database.pool, 'TRUNCATE rate_buckets, rate_leases');
});

const wanted = { bucket: 'slack/main evidence audit', calls: 10, seconds: 60, chunk: 4, withinMs: 1_000 };
const leases = (organisation: 'test' | 'other' = 'test') => new CallLeases(database.as('evidence', organisation));
/** Takes until none are left, and answers how many were. */
async function takeAll(from: CallLeases, over = wanted): Promise<number> {
  for (let calls = 0, again = 0; ;) {
    const taken = await from.take(over);
    if ('id' in taken) calls += taken.calls;
    else if (taken.againInMs > 0 || again++ > 0) return calls;
  }
}

describe('calls that several processes take', () => {
  it('are no more than there are, however many take at once', async () => {
    const many = Array.from({ length: 6 }, () => leases());
    await takeAll(many[0]!, { ...wanted, chunk: 0 });
    const taken = await Promise.all(many.map((one) => takeAll(one)));
    expect(taken.reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(await leases().take(wanted)).toEqual({ againInMs: expect.closeTo(61_000, -4) as number });
  });

  it('are there again a span after the last was answered, and without an answer after the time in which they are made', async () => {
    const short = { ...wanted, seconds: 0.2, withinMs: 300, chunk: 10 };
    await takeAll(leases(), { ...short, chunk: 0 });
    const first = await leases().take(short);
    if (!('id' in first)) throw new Error('none was taken');
    await leases().done({ ...short, id: first.id });
    expect(await leases().take(short)).toEqual({ againInMs: expect.any(Number) as number });
    await sleep(220);
    expect(await leases().take(short)).toMatchObject({ calls: 10 });
    await sleep(520);
    expect(await leases().take(short)).toMatchObject({ calls: 10 });
  });

  it('are nobody’s while the vendor wants silence, and a shorter silence ends no longer one', async () => {
    await takeAll(leases());
    await leases().silence(wanted.bucket, 5_000);
    await leases().silence(wanted.bucket, 10);
    await query(database.pool, 'TRUNCATE rate_leases');
    const { againInMs } = (await leases().take(wanted)) as { againInMs: number };
    expect(againInMs).toBeGreaterThan(3_000);
    expect(againInMs).toBeLessThanOrEqual(5_000);
    expect(await takeAll(leases(), { ...wanted, bucket: 'slack/main evidence history' })).toBe(10);
  });

  it('are each organisation’s own, and touched by roles alone that call vendors', async () => {
    expect(await takeAll(leases())).toBe(10);
    expect(await takeAll(leases('other'))).toBe(10);
    // Nobody silences another role, or takes its calls.
    await query(database.as('people'), `UPDATE rate_buckets SET silent_until = now() + interval '1 day'`);
    await query(database.as('people'), 'DELETE FROM rate_leases');
    const { rows } = await query(database.pool, `SELECT count(*) FROM rate_buckets WHERE silent_until > now()`);
    expect(rows).toEqual([{ count: '0' }]);
    expect(await takeAll(leases())).toBe(0);
    const callers = ['evidence', 'containment', 'people'];
    for (const role of DATABASE_ROLES.filter((one) => !callers.includes(one)))
      for (const statement of ['SELECT FROM rate_buckets', 'SELECT FROM rate_leases', 'DELETE FROM rate_leases'])
        await expect(query(database.as(role), statement), role).rejects.toMatchObject({ state: '42501' });
    for (const role of ['evidence', 'containment', 'people'] as const)
      await expect(query(database.as(role), 'DELETE FROM rate_buckets')).rejects.toMatchObject({ state: '42501' });
  });
});

describe('the budget of a role in several processes', () => {
  const limit = { bucket: 'audit', calls: 6, seconds: 0.4, counts: 'app' } as const;
  const process = (): RateBudget =>
    new RateBudget({ role: 'evidence', shared: { store: leases(), tenant: 'slack/main' } });

  it('lets no more through in any span than the vendor takes, and in the end all', async () => {
    const went: number[] = [];
    await Promise.all(
      [process(), process(), process()].flatMap((budget) =>
        Array.from({ length: 8 }, async () => {
          const answered = await budget.turn(limit);
          went.push(performance.now());
          answered();
        }),
      ),
    );
    expect(went).toHaveLength(24);
    went.sort((a, b) => a - b);
    for (const [i, at] of went.entries())
      expect(went.slice(i).filter((t) => t - at < limit.seconds * 1_000).length).toBeLessThanOrEqual(limit.calls);
  });

  it('takes nothing from the others that it does not use: many single calls are as many calls', async () => {
    const wide = { bucket: 'history', calls: 40, seconds: 60, counts: 'app' } as const;
    const [one, other] = [process(), process()];
    for (let i = 0; i < 3; i++) {
      for (const budget of [one, other]) (await budget.turn(wide))();
      await sleep(1_100); // what was taken with them is given back by then
    }
    const { rows } = await query(database.pool, 'SELECT sum(calls) AS calls FROM rate_leases');
    expect(rows).toEqual([{ calls: '6' }]);
  });

  it('stops in every process when one was asked for silence', async () => {
    const [one, other] = [process(), process()];
    (await one.turn(limit))();
    await other.silence(limit, 30_000);
    await sleep(1_050); // what was taken before is used or given up by then
    await expect(one.turn(limit)).rejects.toMatchObject({ code: 'VENDOR_BUSY' });
  });

  it('says so when the database is not there, and sends nothing', async () => {
    const budget = new RateBudget({
      role: 'evidence',
      shared: { store: new CallLeases(database.as('console')), tenant: 'slack/main' },
    });
    await expect(budget.turn(limit)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
  });
});
