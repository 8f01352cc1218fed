import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceTarget } from '../../../domain/act-target.js';
import { itemId } from '../../../simulator/microsoft/state.js';
import { context, holds, ROWS, step, stepOn } from './acting.js';
import { containmentOf, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

describe('where another licence has to do', () => {
  const NO_DEFENDER: RowInput = { type: 'device', at: '-P1D', device: 'tablet', user: '@dana', defender: false };
  const tablet = async (): Promise<DeviceTarget> => {
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'));
    const deviceId = events.find((e) => e.deviceId !== undefined)?.deviceId ?? '';
    return { type: 'device', deviceId, sessionIds: [] };
  };

  it('locks a device by Intune that Defender does not know, once per step, also when the answer is lost', async () => {
    tenant = await startTenant([
      NO_DEFENDER,
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:attacker', device: 'tablet' },
    ]);
    const one = await stepOn(tenant, 'quarantine_device', await tablet());
    const since = { ...context, since: new Date().toISOString() };
    tenant.fault('POST /deviceManagement/managedDevices/{id}/remoteLock', 'reply_lost');
    expect(await one.apply(since)).toHaveLength(1);
    expect(await one.apply(since)).toEqual([]);
    expect(tenant.world.journal.map((e) => e.effect)).toEqual(['remoteLock asked for']);
    expect(await holds(one)).toBe(true);
    expect(await one.revert?.({})).toEqual([]);
    // A later step is another lock: the person may have unlocked it since.
    const later = { ...context, since: new Date(Date.now() + 5_000).toISOString() };
    expect((await one.verify(later)).holds).toBe(false);
  });

  it('retires a device that then is no longer listed', async () => {
    tenant = await startTenant(ROWS);
    const one = await step(tenant, 'retire_device');
    await one.apply(context);
    const seen = [];
    for (let n = 0; n < 5; n++) seen.push((await one.verify(context)).state);
    expect(seen.map((s) => s['retire'])).toEqual(['pending', 'active', 'done', 'none', 'none']);
    expect(seen.at(-1)).toEqual({ managed: false, retire: 'none' });
    expect(await (await step(tenant, 'retire_device')).apply(context)).toEqual([]);
  });

  describe('block_ip by Defender, without Conditional Access', () => {
    const licences = { entraP1: false };

    it('is one indicator, put back by deleting it, also when answers are lost', async () => {
      tenant = await startTenant(ROWS, { licences });
      const one = await step(tenant, 'block_ip', licences);
      const before = await one.capture();
      tenant.fault('POST /api/indicators', 'reply_lost');
      expect(await one.apply(context)).toHaveLength(1);
      expect(await one.apply(context)).toEqual([]);
      expect((await one.verify(context)).holds).toBe(true);
      expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: true });
      tenant.fault('DELETE /api/indicators/{id}', 'reply_lost');
      expect(await one.revert?.(before)).toHaveLength(1);
      expect(tenant.world.journal).toHaveLength(2);
      expect((await one.verify(context)).holds).toBe(false);
    });

    it('leaves an indicator of the organisation alone', async () => {
      tenant = await startTenant(
        [...ROWS, { type: 'indicator', at: '-P1D', value: '203.0.113.66', action: 'Allowed' }],
        { licences },
      );
      const one = await step(tenant, 'block_ip', licences);
      await expect(one.apply(context)).rejects.toMatchObject({ code: 'PROTECTED' });
      expect(tenant.world.journal).toEqual([]);
    });

    it('says that sign-ins are not blocked', async () => {
      tenant = await startTenant(ROWS, { licences });
      const { limitations } = containmentOf(tenant, licences);
      expect(limitations.map((l) => l.what)).toContain('sign-ins from blocked addresses');
    });
  });

  it.each([
    [{ entraP1: false, defender: false }, 'block_ip'],
    [{ defender: false, intune: false }, 'quarantine_device'],
    [{ intune: false }, 'retire_device'],
    [{}, 'hold_data'],
  ] as const)('with %j there is no %s, and it says who does what instead', async (licences, kind) => {
    tenant = await startTenant(ROWS);
    const port = containmentOf(tenant, licences);
    expect(port.acts[kind]).toBeUndefined();
    expect(port.limitations.find((l) => l.what === kind)).toMatchObject({
      why: expect.stringMatching(/./) as string,
      instead: expect.stringMatching(/./) as string,
    });
  });

  it('without Identity Protection there is nobody to tell, and no task', async () => {
    tenant = await startTenant(ROWS);
    const port = containmentOf(tenant, { entraP2: false });
    expect(port.acts.confirm_compromised).toBeUndefined();
    expect(port.limitations.map((l) => l.what)).not.toContain('confirm_compromised');
    expect(port.limitations.map((l) => l.what)).toContain('telling Identity Protection');
  });

  it('says of every act how it is recognised and proved', async () => {
    tenant = await startTenant();
    for (const one of Object.values(containmentOf(tenant).acts)) {
      expect(one.recognised, one.kind).toMatch(/\.$/);
      expect(one.proof, one.kind).toMatch(/\.$/);
    }
  });
});

describe('Entra takes a while', () => {
  it('comes back to a location that is not known everywhere yet', async () => {
    tenant = await startTenant(ROWS);
    tenant.simulator.lag.namedLocation = 1;
    const one = await step(tenant, 'block_ip');
    await expect(one.apply(context)).rejects.toMatchObject({ code: 'VENDOR_BUSY', retryable: true });
    expect(await one.apply(context)).toHaveLength(1);
  });

  it('confirms an account that Identity Protection has no risk for, and waits until it is done', async () => {
    tenant = await startTenant(ROWS);
    const one = await stepOn(tenant, 'confirm_compromised', { type: 'account', accountId: tenant.id('max') });
    expect(await one.capture()).toEqual({ riskState: 'none', riskLevel: 'none' });
    await one.apply(context);
    const first = await one.verify(context);
    expect(first).toEqual({ holds: false, state: { riskState: 'confirmedCompromised', riskLevel: 'high' } });
    expect((await one.verify(context)).holds).toBe(true);
  });

  it('does not remove a folder', async () => {
    tenant = await startTenant([{ type: 'file', at: '-PT1H', user: '@dana', name: 'Plans', folder: true }]);
    const accountId = tenant.id('dana');
    const one = await stepOn(tenant, 'remove_file', { type: 'link', fileId: itemId(accountId, 'Plans'), accountId });
    await expect(one.apply(context)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(tenant.world.journal).toEqual([]);
  });
});
