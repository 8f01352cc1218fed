import { afterEach, describe, expect, it } from 'vitest';
import type { ActionTarget } from '../../../domain/plan.js';
import { itemId } from '../../../simulator/microsoft/state.js';
import { act, context, holds, ROWS, targets } from './acting.js';
import { containmentOf, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

describe('where another licence has to do', () => {
  const NO_DEFENDER: RowInput = { type: 'device', at: '-P1D', device: 'tablet', user: '@dana', defender: false };
  const tablet = async (): Promise<ActionTarget> => {
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'));
    return { type: 'device', id: events.find((e) => e.deviceId !== undefined)?.deviceId ?? '' };
  };

  it('locks a device by Intune that Defender does not know, once per step, also when the answer is lost', async () => {
    tenant = await startTenant([
      NO_DEFENDER,
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:attacker', device: 'tablet' },
    ]);
    const target = await tablet();
    const since = { ...context, since: new Date().toISOString() };
    tenant.fault('POST /deviceManagement/managedDevices/{id}/remoteLock', 'reply_lost');
    expect(await act(tenant, 'quarantine_device').apply(target, since)).toHaveLength(1);
    expect(await act(tenant, 'quarantine_device').apply(target, since)).toEqual([]);
    expect(tenant.world.journal.map((e) => e.effect)).toEqual(['remoteLock asked for']);
    expect(await holds(tenant, 'quarantine_device', target)).toBe(true);
    expect(await act(tenant, 'quarantine_device').revert?.(target, {})).toEqual([]);
    // A later step is another lock: the person may have unlocked it since.
    const later = { ...context, since: new Date(Date.now() + 5_000).toISOString() };
    expect((await act(tenant, 'quarantine_device').verify(target, later)).holds).toBe(false);
  });

  it('knows no device that is in neither', async () => {
    tenant = await startTenant(ROWS);
    const target: ActionTarget = { type: 'device', id: '00000000-0000-4000-8000-00000000000a' };
    await expect(act(tenant, 'quarantine_device').apply(target, context)).rejects.toMatchObject({
      code: 'VENDOR_NOT_FOUND',
    });
    expect(await act(tenant, 'retire_device').apply(target, context)).toEqual([]);
    expect((await act(tenant, 'retire_device').verify(target, context)).state).toMatchObject({ managed: false });
  });

  it('retires a device that then is no longer listed', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets(tenant)).retire_device;
    await act(tenant, 'retire_device').apply(target, context);
    const seen = [];
    for (let n = 0; n < 5; n++) seen.push((await act(tenant, 'retire_device').verify(target, context)).state);
    expect(seen.map((s) => s['retire'])).toEqual(['pending', 'active', 'done', 'none', 'none']);
    expect(seen.at(-1)).toEqual({ managed: false, retire: 'none' });
  });

  describe('block_ip by Defender, without Conditional Access', () => {
    const licences = { entraP1: false };
    const target = (): ActionTarget => ({ type: 'ip', id: tenant.world.ip('attacker') });

    it('is one indicator, put back by deleting it, also when answers are lost', async () => {
      tenant = await startTenant(ROWS, { licences });
      const step = act(tenant, 'block_ip', licences);
      const before = await step.capture(target());
      tenant.fault('POST /api/indicators', 'reply_lost');
      expect(await step.apply(target(), context)).toHaveLength(1);
      expect(await step.apply(target(), context)).toEqual([]);
      expect((await step.verify(target(), context)).holds).toBe(true);
      expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: true });
      tenant.fault('DELETE /api/indicators/{id}', 'reply_lost');
      expect(await step.revert?.(target(), before)).toHaveLength(1);
      expect(tenant.world.journal).toHaveLength(2);
      expect((await step.verify(target(), context)).holds).toBe(false);
    });

    it('leaves an indicator of the organisation alone', async () => {
      tenant = await startTenant(
        [...ROWS, { type: 'indicator', at: '-P1D', value: '203.0.113.66', action: 'Allowed' }],
        { licences },
      );
      await expect(act(tenant, 'block_ip', licences).apply(target(), context)).rejects.toMatchObject({
        code: 'PROTECTED',
      });
      expect(tenant.world.journal).toEqual([]);
    });

    it('says that sign-ins are not blocked', async () => {
      tenant = await startTenant(ROWS, { licences });
      const { limitations, protection } = containmentOf(tenant, licences);
      expect(limitations.map((l) => l.what)).toContain('sign-ins from blocked addresses');
      expect(await protection(target())).toEqual([]);
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
    const target = (await targets(tenant)).block_ip;
    await expect(act(tenant, 'block_ip').apply(target, context)).rejects.toMatchObject({
      code: 'VENDOR_BUSY',
      retryable: true,
    });
    expect(await act(tenant, 'block_ip').apply(target, context)).toHaveLength(1);
  });

  it('confirms an account that Identity Protection has no risk for, and waits until it is done', async () => {
    tenant = await startTenant(ROWS);
    const target: ActionTarget = { type: 'account', id: tenant.id('max') };
    expect(await act(tenant, 'confirm_compromised').capture(target)).toEqual({ riskState: 'none', riskLevel: 'none' });
    await act(tenant, 'confirm_compromised').apply(target, context);
    const first = await act(tenant, 'confirm_compromised').verify(target, context);
    expect(first).toEqual({ holds: false, state: { riskState: 'confirmedCompromised', riskLevel: 'high' } });
    expect((await act(tenant, 'confirm_compromised').verify(target, context)).holds).toBe(true);
  });

  it('does not remove a folder', async () => {
    tenant = await startTenant([{ type: 'file', at: '-PT1H', user: '@dana', name: 'Plans', folder: true }]);
    const target: ActionTarget = {
      type: 'link',
      id: itemId(tenant.id('dana'), 'Plans'),
      accountId: tenant.id('dana'),
    };
    await expect(act(tenant, 'remove_file').apply(target, context)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(tenant.world.journal).toEqual([]);
  });
});
