import { afterEach, describe, expect, it } from 'vitest';
import { containmentOf, startTenant, type RowInput, type Tenant } from './fixture.js';
import { context, stepOn } from './acting.js';

const MOBILE = 'phoneMethods/3179e48a-750b-4051-897c-87b9720928f7';
const ALTERNATE = 'phoneMethods/b6332ec1-7057-4abe-9331-3d72feddfe41';

let tenant: Tenant;
afterEach(() => tenant.close());

const factor = (extra: Readonly<Record<string, unknown>> = {}): RowInput => ({
  type: 'auth_method',
  at: '-PT1H',
  user: '@dana',
  method: 'phone',
  ...extra,
});
const removing = (methodId: string) =>
  stepOn(tenant, 'remove_auth_method', { type: 'auth_method', methodId, accountId: tenant.id('dana') });

describe('removing a factor', () => {
  it('takes that one alone, and tells what is left', async () => {
    tenant = await startTenant([
      factor({ phoneType: 'alternateMobile' }),
      factor({ method: 'fido2' }),
      factor({ method: 'email' }),
      factor({ user: '@max' }),
    ]);
    const one = await removing(ALTERNATE);
    expect(await one.capture()).toEqual({ present: true, others: 1 }); // the key; an address is no way in
    const writes = await one.apply({ ...context, since: new Date().toISOString() });
    expect(writes).toEqual([
      {
        platform: 'microsoft',
        operation: 'DELETE /users/{id}/authentication/phoneMethods/{factorId}',
        targetId: `${tenant.id('dana')}/${ALTERNATE}`,
      },
    ]);
    expect(await one.verify(context)).toEqual({ holds: true, state: { present: false, others: 1 } });
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ factors: 2, passwordChanged: false, enabled: true });
    expect(tenant.simulator.inspect('@max')).toMatchObject({ factors: 1 });
  });

  it('says that it was the last one', async () => {
    tenant = await startTenant([factor(), factor({ method: 'email' })]);
    const one = await removing(MOBILE);
    expect(await one.capture()).toEqual({ present: true, others: 0 });
    await one.apply({ ...context, since: new Date().toISOString() });
    expect((await one.verify(context)).state).toEqual({ present: false, others: 0 });
    expect(containmentOf(tenant).acts.remove_auth_method?.losses).toMatch(/no other factor is left/);
  });

  it('leaves a number that was registered since under the same id', async () => {
    tenant = await startTenant([factor()]);
    const before = { ...context, since: new Date(Date.now() - 2 * 3_600_000).toISOString() };
    const one = await removing(MOBILE);
    expect(await one.apply(before)).toEqual([]);
    expect((await one.verify(before)).holds).toBe(true);
    expect(tenant.world.journal).toEqual([]);
    const after = { ...context, since: new Date().toISOString() };
    expect(await one.apply(after)).toHaveLength(1);
  });

  it('is refused by the vendor for a default beside others, and a person is told what to do', async () => {
    tenant = await startTenant([factor({ default: true }), factor({ method: 'fido2' })]);
    const one = await removing(MOBILE);
    await expect(one.apply({ ...context, since: new Date().toISOString() })).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
    });
    expect(tenant.world.journal).toEqual([]);
    const limit = containmentOf(tenant).limitations.find((l) => l.what === 'a default factor beside others');
    expect(limit?.instead).toContain('proof');
  });

  it('has nothing to do for one that is gone', async () => {
    tenant = await startTenant([factor({ user: '@max' })]);
    const one = await removing(MOBILE);
    expect(await one.apply(context)).toEqual([]);
    expect((await one.verify(context)).holds).toBe(true);
    expect(tenant.simulator.inspect('@max')).toMatchObject({ factors: 1 });
  });
});

it('there is no act on delegates: an Exchange administrator removes them and enters a proof', async () => {
  tenant = await startTenant();
  const { acts, limitations } = containmentOf(tenant);
  expect(acts.remove_delegate).toBeUndefined();
  expect(limitations.find((l) => l.what === 'remove_delegate')?.instead).toContain('proof');
});
