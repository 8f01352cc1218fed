import { afterEach, describe, expect, it } from 'vitest';
import { context, holds, KINDS, ROWS, step, stepOn, targets, WRITES } from './acting.js';
import { evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const sinceNow = () => ({ ...context, since: new Date().toISOString() });
const account = (key: string) => ({ type: 'account', accountId: tenant.id(key) }) as const;

describe.each(KINDS)('%s', (kind) => {
  it('takes effect once, holds on reading back, and is done when asked again', async () => {
    tenant = await startTenant(ROWS);
    const since = sinceNow();
    const one = await step(tenant, kind);
    expect(await holds(one, 1)).toBe(false);
    const writes = await one.apply(since);
    expect(writes.map(({ operation, targetId }) => ({ operation, targetId }))).toEqual(
      tenant.world.journal.map(({ operation, targetId }) => ({ operation, targetId })),
    );
    expect(tenant.world.journal).toHaveLength(1);
    expect(await holds(one)).toBe(true);
    await one.apply(since);
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('is one effect and one reported write when the answer is lost', async () => {
    tenant = await startTenant(ROWS);
    const one = await step(tenant, kind);
    tenant.fault(WRITES[kind], 'reply_lost');
    const writes = await one.apply(sinceNow());
    expect(tenant.world.journal).toHaveLength(1);
    expect(writes).toHaveLength(1);
    expect(await holds(one)).toBe(true);
  });

  it('fails by code and changes nothing when the vendor is down or the permission is missing', async () => {
    tenant = await startTenant(ROWS);
    const one = await step(tenant, kind);
    tenant.fault(WRITES[kind], 'error');
    await expect(one.apply(context)).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
    tenant.fault(WRITES[kind], 'missing_scope');
    await expect(one.apply(context)).rejects.toMatchObject({ code: 'VENDOR_SCOPE', retryable: false });
    expect(tenant.world.journal).toEqual([]);
  });

  it('puts back what it captured, and only that', async () => {
    tenant = await startTenant(ROWS);
    const one = await step(tenant, kind);
    expect(one.reversible).toBe(one.revert !== undefined);
    if (!one.revert) return;
    const before = await one.capture();
    await one.apply(context);
    expect(await holds(one)).toBe(true);
    expect(await one.revert(before)).toHaveLength(1);
    expect(tenant.world.journal).toHaveLength(2);
    const after = await one.capture();
    if (kind === 'quarantine_device') expect(after['lastAction']).toBe('Unisolate');
    else if (kind === 'confirm_compromised') expect(after['riskState']).toBe('dismissed');
    else expect(Object.values(after)).toEqual(Object.values(before)); // a consent that is given again has a new id
    expect((await one.verify(context)).holds).toBe(false);
    expect(await one.revert(before)).toEqual([]);
  });
});

describe('effects in the tenant', () => {
  it('shows each act in the facts of the tenant and leaves others alone', async () => {
    tenant = await startTenant(ROWS);
    expect(tenant.simulator.inspect('@dana')).toEqual({
      enabled: true,
      sessionsRevoked: false,
      passwordChanged: false,
      grants: 1,
      factors: 1,
      mailRules: 1,
      externalShares: 2,
      confirmedCompromised: false,
    });
    const since = sinceNow();
    const steps = await Promise.all(KINDS.map((kind) => step(tenant, kind)));
    for (const one of steps) await one.apply(since);
    expect(tenant.simulator.inspect('@dana')).toEqual({
      enabled: false,
      sessionsRevoked: true,
      passwordChanged: true,
      grants: 0,
      factors: 0,
      mailRules: 0,
      externalShares: 1,
      confirmedCompromised: true,
    });
    expect(tenant.simulator.inspect('@max')).toMatchObject({ enabled: true, sessionsRevoked: false, grants: 1 });
    expect(tenant.simulator.inspect('app:thief')).toEqual({ removed: true, grants: 1 });
    expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: true });
    expect(tenant.simulator.inspect('ip:office')).toEqual({ blocked: false });
    expect(tenant.simulator.inspect('device:laptop')).toEqual({
      disabled: true,
      isolated: true,
      locked: false,
      retired: true,
    });
  });

  it('leaves a trace in the Entra audit log, by our app', async () => {
    tenant = await startTenant(ROWS);
    await (await step(tenant, 'end_sessions')).apply(context);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.directory_audits', tenant.query('dana'));
    expect(events).toMatchObject([
      {
        operation: 'Update StsRefreshTokenValidFrom Timestamp',
        kind: 'account_change',
        actor: tenant.settings('containment').credential.clientId,
      },
    ]);
  });

  it('takes back every consent of an account, and gives those back', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:notes', scopes: ['User.Read'] },
    ]);
    const all = await stepOn(tenant, 'revoke_tokens', account('dana'));
    const before = await all.capture();
    expect(await all.apply(context)).toHaveLength(2);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ grants: 0 });
    expect(tenant.simulator.inspect('@max')).toMatchObject({ grants: 1 });
    expect(await all.revert?.(before)).toHaveLength(2);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ grants: 2 });
  });

  it('finds a shared file also under the ids that the audit log gives', async () => {
    tenant = await startTenant([
      ...ROWS,
      {
        type: 'audit',
        at: '-PT50M',
        user: '@dana',
        operation: 'SharingSet',
        file: 'sent-out.txt',
        external: 'rival@example.net',
      },
    ]);
    const share = (await readAll(evidenceOf(tenant), 'microsoft.activity_feed', tenant.query('dana'))).events.find(
      (e) => e.kind === 'share',
    );
    expect(share?.externalRecipients).toEqual(['rival@example.net']);
    const target = { type: 'link', fileId: share?.target?.id ?? '', accountId: tenant.id('dana') } as const;
    expect(await (await stepOn(tenant, 'revoke_share', target)).apply(context)).toHaveLength(1);
    expect(tenant.simulator.inspect('@dana')['externalShares']).toBe(1);
  });

  it('keeps other blocked addresses when it adds one', async () => {
    tenant = await startTenant(ROWS);
    const blocking = (address: string) => stepOn(tenant, 'block_ip', { type: 'address', address });
    const first = await blocking('203.0.113.1');
    await first.apply(context);
    await (await blocking('203.0.113.66')).apply(context);
    await (await blocking('2001:DB8::7')).apply(context);
    expect(await holds(first, 1)).toBe(true);
    expect(tenant.world.journal.map((e) => e.effect)).toEqual([
      '+203.0.113.1/32',
      '+203.0.113.66/32',
      '+2001:db8::7/128',
    ]);
  });

  it('finds a device by its Entra id and adopts an isolation that is under way', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:attacker', device: 'laptop' },
    ]);
    const deviceId =
      (await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'))).events[0]?.deviceId ?? '';
    expect(deviceId).not.toBe((await targets(tenant)).quarantine_device.deviceId);
    await (await stepOn(tenant, 'quarantine_device', { type: 'device', deviceId, sessionIds: [] })).apply(context);
    await (await step(tenant, 'quarantine_device')).apply({ ...context, idempotencyKey: 'another' });
    expect(tenant.world.journal).toHaveLength(1);
  });
});

describe('what cannot be done is said, not pretended', () => {
  it('refuses accounts mastered on-premises and sessions of guests', async () => {
    tenant = await startTenant(ROWS);
    const sessions = { type: 'sessions', accountId: tenant.id('gina'), sessionIds: [] } as const;
    for (const one of [
      await stepOn(tenant, 'disable_account', account('otto')),
      await stepOn(tenant, 'reset_credentials', account('otto')),
      await stepOn(tenant, 'end_sessions', sessions),
    ])
      await expect(one.apply(context)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(tenant.world.journal).toEqual([]);
  });

  it('keeps the new password out of everything it returns', async () => {
    tenant = await startTenant(ROWS);
    const one = await step(tenant, 'reset_credentials');
    const seen = JSON.stringify([await one.capture(), await one.apply(context), await one.verify(context)]);
    expect(seen).not.toMatch(/[\w-]{30,}aA1!/);
  });
});
