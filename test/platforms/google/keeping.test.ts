import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import type { ActionKind } from '../../../domain/acts/index.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { actOf, type Acting } from './acting.js';
import { containmentOf, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const act = (kind: ActionKind): Acting => actOf(containmentOf(tenant), kind);
const account = (key = 'dana'): ActTarget => ({ type: 'account', accountId: tenant.id(key) });
const sessions = (): ActTarget => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] });
const context = () => ({ since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' });
const operations = () => tenant.world.journal.map((e) => e.operation);
const facts = (key: string) => tenant.simulator.inspect(`@${key}`);

describe('a hold', () => {
  it.each(['vault.matters.create', 'vault.matters.holds.create'])(
    'is placed once when the answer to %s is lost',
    async (lost) => {
      tenant = await startTenant();
      tenant.fault(lost, 'reply_lost');
      await act('hold_data').apply(account(), context());
      expect(operations()).toEqual([
        'vault.matters.create',
        ...Array.from({ length: 3 }, () => 'vault.matters.holds.create'),
      ]);
      expect((await act('hold_data').verify(account(), context())).state).toEqual({
        MAIL: true,
        HANGOUTS_CHAT: true,
        DRIVE: true,
      });
    },
  );

  it('goes on where another try was ended, and shares one matter with other accounts', async () => {
    tenant = await startTenant([], { pageSize: 1 });
    tenant.fault('vault.matters.holds.create', 'error');
    await expect(act('hold_data').apply(account(), context())).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    await act('hold_data').apply(account('max'), context());
    expect(await act('hold_data').apply(account(), context())).toHaveLength(3);
    expect(operations().filter((o) => o === 'vault.matters.create')).toHaveLength(1);
    expect([facts('dana')['holds'], facts('max')['holds']]).toEqual([3, 3]);
  });

  it('that was there before is not released with ours, and others’ are not touched', async () => {
    tenant = await startTenant();
    await act('hold_data').apply(account('max'), context());
    const before = await act('hold_data').capture(account());
    await act('hold_data').apply(account(), context());
    await act('hold_data').revert(account(), { ...before, DRIVE: true });
    expect([facts('dana')['holds'], facts('max')['holds']]).toEqual([1, 3]);
  });
});

describe('devices', () => {
  it('of namesakes are left alone; one that waited for approval is not approved by undoing', async () => {
    tenant = await startTenant(
      [
        { type: 'device', at: '-PT1H', user: '@dana', name: 'phone' },
        { type: 'device', at: '-PT1H', user: '@dana', name: 'tablet', state: 'PENDING_APPROVAL' },
        { type: 'device', at: '-PT1H', user: '@twin', name: 'phone of twin' },
      ],
      {
        people: {
          twin: {
            name: 'Twin',
            email: 'dana@example.community',
            accounts: ['google'],
            authority: 'google',
            mail: 'google',
          },
        },
        pageSize: 1,
      },
    );
    const before = await act('block_devices').capture(account());
    expect(before).toMatchObject({ devices: 2, blocked: 0 });
    expect(await act('block_devices').apply(account(), context())).toHaveLength(2);
    expect(facts('twin')).toMatchObject({ blockedDevices: 0 });
    expect(await act('block_devices').revert(account(), before)).toHaveLength(1);
    expect(facts('dana')).toMatchObject({ blockedDevices: 1 });
  });

  it('are none: that holds, and nothing is written', async () => {
    tenant = await startTenant();
    expect(await act('block_devices').apply(account(), context())).toEqual([]);
    expect((await act('block_devices').verify(account(), context())).holds).toBe(true);
  });
});

describe('what is late', () => {
  it('a lost answer whose row in the log is late is sent again with the same password: one effect', async () => {
    tenant = await startTenant([], { logLagSeconds: 600 });
    const reset = actOf(containmentOf(tenant), 'reset_credentials'); // one process, which keeps its secret
    const step = context();
    tenant.fault('directory.users.update password', 'reply_lost');
    await expect(reset.apply(account(), step)).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    const { password } = tenant.simulator.user('dana');
    await reset.apply(account(), step);
    expect(tenant.simulator.user('dana').password).toBe(password);
    expect(operations()).toEqual(['directory.users.update password']);
    await reset.apply(account(), { ...step, idempotencyKey: 'plan-2/step-1' });
    expect(tenant.simulator.user('dana').password).not.toBe(password);
  });

  it('sessions that were ended already are ended by no second call', async () => {
    tenant = await startTenant([], { logLagSeconds: 600 });
    const step = context();
    tenant.fault('directory.users.signOut', 'reply_lost');
    await expect(act('end_sessions').apply(sessions(), step)).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    await act('end_sessions').apply(sessions(), step);
    expect(operations()).toEqual(['directory.users.signOut']);
  });

  it('is not verified until the log shows it', async () => {
    let now = new Date();
    tenant = await startTenant([], { logLagSeconds: 120, now: () => now });
    const step = { ...context(), since: now.toISOString() };
    await act('end_sessions').apply(sessions(), step);
    expect((await act('end_sessions').verify(sessions(), step)).holds).toBe(false);
    now = new Date(now.getTime() + 121_000);
    expect((await act('end_sessions').verify(sessions(), step)).holds).toBe(true);
    expect(await act('end_sessions').apply(sessions(), step)).toEqual([]);
  });

  it('a suspension that reads do not show yet is sent again without a second effect', async () => {
    let now = new Date();
    tenant = await startTenant([], { settleSeconds: 30, now: () => now });
    await act('disable_account').apply(account(), context());
    expect((await act('disable_account').verify(account(), context())).holds).toBe(false);
    await act('disable_account').apply(account(), context());
    now = new Date(now.getTime() + 31_000);
    expect((await act('disable_account').verify(account(), context())).holds).toBe(true);
    expect(operations()).toEqual(['directory.users.update suspended']);
  });
});

describe('editions', () => {
  it('without Vault or devices declare what a person does instead, and ask for neither', async () => {
    const licences = { vault: false, devices: false };
    tenant = await startTenant([], { licences });
    const port = createGoogleContainment(tenant.settings('containment', { licences }));
    expect(port.acts.hold_data ?? port.acts.block_devices ?? port.acts.block_ip).toBeUndefined();
    for (const what of ['hold_data', 'block_devices', 'block_ip'])
      expect(port.limitations.find((l) => l.what === what)?.instead).toMatch(/proof:/);
  });

  it('refuse by code what they do not have, where the configuration says otherwise', async () => {
    tenant = await startTenant([], { licences: { vault: false, devices: false } });
    for (const kind of ['hold_data', 'block_devices'] as const)
      await expect(act(kind).apply(account(), context())).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
  });

  it('every act says how it is recognised as done and what proves it', async () => {
    tenant = await startTenant();
    for (const { kind, recognised, proof } of Object.values(containmentOf(tenant).acts))
      expect([kind, recognised?.length ?? 0, proof?.length ?? 0].every(Boolean)).toBe(true);
  });
});
