import { afterEach, describe, expect, it } from 'vitest';
import type { ActionTarget } from '../../../domain/plan.js';
import { act, context, holds, KINDS, ROWS, targets, WRITES } from './acting.js';
import { containmentOf, evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

describe.each(KINDS)('%s', (kind) => {
  it('takes effect once, holds on reading back, and is done when asked again', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets(tenant))[kind];
    const since = { ...context, since: new Date().toISOString() };
    expect(await holds(tenant, kind, target, 1)).toBe(false);
    const writes = await act(tenant, kind).apply(target, since);
    expect(writes.map(({ operation, targetId }) => ({ operation, targetId }))).toEqual(
      tenant.world.journal.map(({ operation, targetId }) => ({ operation, targetId })),
    );
    expect(tenant.world.journal).toHaveLength(1);
    expect(await holds(tenant, kind, target)).toBe(true);
    await act(tenant, kind).apply(target, since);
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('is one effect and one reported write when the answer is lost', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets(tenant))[kind];
    tenant.fault(WRITES[kind], 'reply_lost');
    const writes = await act(tenant, kind).apply(target, { ...context, since: new Date().toISOString() });
    expect(tenant.world.journal).toHaveLength(1);
    expect(writes).toHaveLength(1);
    expect(await holds(tenant, kind, target)).toBe(true);
  });

  it('fails by code and changes nothing when the vendor is down or the permission is missing', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets(tenant))[kind];
    tenant.fault(WRITES[kind], 'error');
    await expect(act(tenant, kind).apply(target, context)).rejects.toMatchObject({
      code: 'VENDOR_DOWN',
      retryable: true,
    });
    tenant.fault(WRITES[kind], 'missing_scope');
    await expect(act(tenant, kind).apply(target, context)).rejects.toMatchObject({
      code: 'VENDOR_SCOPE',
      retryable: false,
    });
    expect(tenant.world.journal).toEqual([]);
  });

  it('puts back what it captured, and only that', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets(tenant))[kind];
    const step = act(tenant, kind);
    expect(step.reversible).toBe(step.revert !== undefined);
    if (!step.revert) return;
    const before = await step.capture(target);
    await step.apply(target, context);
    expect(await holds(tenant, kind, target)).toBe(true);
    expect(await step.revert(target, before)).toHaveLength(1);
    expect(tenant.world.journal).toHaveLength(2);
    const after = await step.capture(target);
    if (kind === 'quarantine_device') expect(after['lastAction']).toBe('Unisolate');
    else if (kind === 'confirm_compromised') expect(after['riskState']).toBe('dismissed');
    else expect(Object.values(after)).toEqual(Object.values(before)); // a consent that is given again has a new id
    expect((await step.verify(target, context)).holds).toBe(false);
    expect(await step.revert(target, before)).toEqual([]);
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
      factors: 0,
      mailRules: 1,
      externalShares: 2,
      confirmedCompromised: false,
    });
    const all = await targets(tenant);
    const since = { ...context, since: new Date().toISOString() };
    for (const kind of KINDS) await act(tenant, kind).apply(all[kind], since);
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
    expect(tenant.simulator.inspect('device:laptop')).toEqual({ isolated: true, locked: false, retired: true });
  });

  it('leaves a trace in the Entra audit log, by our app', async () => {
    tenant = await startTenant(ROWS);
    await act(tenant, 'end_sessions').apply({ type: 'account', id: tenant.id('dana') }, context);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.directory_audits', tenant.query('dana'));
    expect(events).toMatchObject([
      {
        operation: 'Update StsRefreshTokenValidFrom Timestamp',
        kind: 'account_change',
        actor: tenant.settings('containment').credential.clientId,
      },
    ]);
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
    const writes = await act(tenant, 'revoke_share').apply(
      { type: 'link', id: share?.target?.id ?? '', accountId: tenant.id('dana') },
      context,
    );
    expect(writes).toHaveLength(1);
    expect(tenant.simulator.inspect('@dana')['externalShares']).toBe(1);
  });

  it('keeps other blocked addresses when it adds one', async () => {
    tenant = await startTenant(ROWS);
    await act(tenant, 'block_ip').apply({ type: 'ip', id: '203.0.113.1' }, context);
    await act(tenant, 'block_ip').apply({ type: 'ip', id: '203.0.113.66' }, context);
    expect(await holds(tenant, 'block_ip', { type: 'ip', id: '203.0.113.1' }, 1)).toBe(true);
    expect(tenant.world.journal.map((e) => e.effect)).toEqual(['+203.0.113.1/32', '+203.0.113.66/32']);
  });

  it('finds a device by its Entra id and adopts an isolation that is under way', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:attacker', device: 'laptop' },
    ]);
    const id =
      (await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'))).events[0]?.deviceId ?? '';
    await act(tenant, 'quarantine_device').apply({ type: 'device', id }, context);
    await act(tenant, 'quarantine_device').apply((await targets(tenant)).quarantine_device, {
      ...context,
      idempotencyKey: 'another',
    });
    expect(tenant.world.journal).toHaveLength(1);
  });
});

describe('what cannot be done is said, not pretended', () => {
  it('refuses accounts mastered on-premises and sessions of guests', async () => {
    tenant = await startTenant(ROWS);
    await expect(
      act(tenant, 'disable_account').apply({ type: 'account', id: tenant.id('otto') }, context),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(
      act(tenant, 'reset_credentials').apply({ type: 'account', id: tenant.id('otto') }, context),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(
      act(tenant, 'end_sessions').apply({ type: 'account', id: tenant.id('gina') }, context),
    ).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(tenant.world.journal).toEqual([]);
  });

  it('refuses an address of a trusted location, and its own app', async () => {
    tenant = await startTenant(ROWS);
    await expect(
      act(tenant, 'block_ip').apply({ type: 'ip', id: tenant.world.ip('office') }, context),
    ).rejects.toMatchObject({
      code: 'PROTECTED',
    });
    const own = tenant.settings('people').credential.clientId;
    await expect(
      act(tenant, 'remove_app').apply({ type: 'app', id: tenant.settings('containment').credential.clientId }, context),
    ).rejects.toMatchObject({ code: 'PROTECTED' });
    expect(own).not.toBe(tenant.settings('containment').credential.clientId);
    expect(tenant.world.journal).toEqual([]);
  });

  it('keeps the new password out of everything it returns', async () => {
    tenant = await startTenant(ROWS);
    const target: ActionTarget = { type: 'account', id: tenant.id('dana') };
    const seen = JSON.stringify([
      await act(tenant, 'reset_credentials').capture(target),
      await act(tenant, 'reset_credentials').apply(target, context),
      await act(tenant, 'reset_credentials').verify(target, context),
    ]);
    expect(seen).not.toMatch(/[\w-]{30,}aA1!/);
  });
});

describe('protection', () => {
  it('is decided from facts', async () => {
    tenant = await startTenant(ROWS);
    const { protection } = containmentOf(tenant);
    expect(await protection({ type: 'account', id: tenant.id('dana') })).toEqual([]);
    expect(await protection({ type: 'account', id: tenant.id('ada') })).toEqual(['admin_role', 'last_admin']);
    expect(await protection({ type: 'app', id: tenant.settings('containment').credential.clientId })).toEqual([
      'own_app',
    ]);
    expect(await protection({ type: 'app', id: tenant.world.appId('thief') })).toEqual([]);
    expect(await protection({ type: 'app', id: '00000003-0000-0000-c000-000000000000' })).toEqual(['unknown']);
    expect(await protection({ type: 'ip', id: tenant.world.ip('office') })).toEqual(['unknown']);
    expect(await protection({ type: 'ip', id: tenant.world.ip('attacker') })).toEqual([]);
  });

  it('is unknown when it may not be read, and for nobody', async () => {
    tenant = await startTenant(ROWS);
    tenant.fault('GET /users/{id}/transitiveMemberOf', 'missing_scope');
    const { protection } = containmentOf(tenant);
    expect(await protection({ type: 'account', id: tenant.id('dana') })).toEqual(['unknown']);
    expect(await protection({ type: 'account', id: '00000000-0000-4000-8000-000000000000' })).toEqual(['unknown']);
  });

  it.each(['error', 'html', 'broken_json', 'throttle'] as const)('is asked again after %s', async (kind) => {
    tenant = await startTenant(ROWS);
    tenant.fault('GET /users/{id}/transitiveMemberOf', kind);
    const read = containmentOf(tenant).protection({ type: 'account', id: tenant.id('dana') });
    await expect(read).rejects.toMatchObject({ retryable: true });
  });
});
