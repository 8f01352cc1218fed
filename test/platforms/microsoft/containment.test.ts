import { afterEach, describe, expect, it } from 'vitest';
import type { ActionKind, ActionTarget } from '../../../domain/plan.js';
import type { ContainmentAct } from '../../../platforms/ports.js';
import type { MicrosoftLicences } from '../../../platforms/microsoft/settings.js';
import { itemId } from '../../../simulator/microsoft/state.js';
import { containmentOf, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const ROWS: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read', 'offline_access'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:thief', scopes: ['Chat.Read'] },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['security alert'], action: 'delete' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'passwords.txt', shared: 'anonymous' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'inside.txt', shared: 'organization' },
  { type: 'named_location', at: '-P1D', name: 'Offices', ranges: ['198.51.100.0/24'], trusted: true },
  { type: 'device', at: '-P1D', device: 'laptop', user: '@dana' },
  { type: 'alert', at: '-PT1H', user: '@dana', title: 'Token theft', device: 'laptop' },
];

async function targets(): Promise<Readonly<Record<Kind, ActionTarget>>> {
  const evidence = evidenceOf(tenant);
  const rule = (await readAll(evidence, 'microsoft.notices', tenant.query('dana'))).events.find(
    (e) => e.kind === 'mail_rule',
  )?.target?.id;
  const file = (await readAll(evidence, 'microsoft.files', tenant.query('dana'))).events.find(
    (e) => e.kind === 'share' && e.target?.name === 'passwords.txt',
  )?.target?.id;
  const device = (await readAll(evidence, 'microsoft.alerts', tenant.query('dana'))).events[0]?.deviceId;
  const account: ActionTarget = { type: 'account', id: tenant.id('dana') };
  return {
    disable_account: account,
    reset_credentials: account,
    end_sessions: account,
    revoke_tokens: { type: 'app', id: tenant.world.appId('thief'), accountId: tenant.id('dana') },
    remove_app: { type: 'app', id: tenant.world.appId('thief') },
    revoke_share: { type: 'link', id: file ?? '', accountId: tenant.id('dana') },
    remove_mail_rule: { type: 'mail_rule', id: rule ?? '', accountId: tenant.id('dana') },
    block_ip: { type: 'ip', id: tenant.world.ip('attacker') },
    quarantine_device: { type: 'device', id: device ?? '' },
    confirm_compromised: account,
    remove_file: { type: 'link', id: file ?? '', accountId: tenant.id('dana') },
    retire_device: { type: 'device', id: device ?? '' },
  };
}

function act(kind: Kind, licences: MicrosoftLicences = {}): ContainmentAct {
  const found = containmentOf(tenant, licences).acts[kind];
  if (!found) throw new Error(`no act ${kind}`);
  return found;
}

const context = { since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' };
const KINDS = [
  'disable_account',
  'reset_credentials',
  'end_sessions',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_mail_rule',
  'block_ip',
  'quarantine_device',
  'confirm_compromised',
  'remove_file',
  'retire_device',
] as const satisfies readonly ActionKind[];
type Kind = (typeof KINDS)[number];

/** The write whose answer is lost in the tests below. */
const WRITES: Readonly<Record<Kind, string>> = {
  disable_account: 'PATCH /users/{id} accountEnabled',
  reset_credentials: 'PATCH /users/{id} passwordProfile',
  end_sessions: 'POST /users/{id}/revokeSignInSessions',
  revoke_tokens: 'DELETE /oauth2PermissionGrants/{id}',
  remove_app: 'PATCH /servicePrincipals/{id}',
  revoke_share: 'DELETE /drives/*',
  remove_mail_rule: 'PATCH /users/{id}/mailFolders/*',
  block_ip: 'PATCH /identity/conditionalAccess/namedLocations/{id}',
  quarantine_device: 'POST /api/machines/{id}/isolate',
  confirm_compromised: 'POST /identityProtection/riskyUsers/confirmCompromised',
  remove_file: 'DELETE /drives/{driveId}/items/{itemId}',
  retire_device: 'POST /deviceManagement/managedDevices/{id}/retire',
};

/** Reads until the vendor shows the effect; Defender takes a few looks. */
async function holds(kind: Kind, target: ActionTarget, looks = 4): Promise<boolean> {
  for (let n = 0; n < looks; n++) {
    if ((await act(kind).verify(target, context)).holds) return true;
  }
  return false;
}

describe.each(KINDS)('%s', (kind) => {
  it('takes effect once, holds on reading back, and is done when asked again', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const since = { ...context, since: new Date().toISOString() };
    expect(await holds(kind, target, 1)).toBe(false);
    const writes = await act(kind).apply(target, since);
    expect(writes.map(({ operation, targetId }) => ({ operation, targetId }))).toEqual(
      tenant.world.journal.map(({ operation, targetId }) => ({ operation, targetId })),
    );
    expect(tenant.world.journal).toHaveLength(1);
    expect(await holds(kind, target)).toBe(true);
    await act(kind).apply(target, since);
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('is one effect and one reported write when the answer is lost', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    tenant.fault(WRITES[kind], 'reply_lost');
    const writes = await act(kind).apply(target, { ...context, since: new Date().toISOString() });
    expect(tenant.world.journal).toHaveLength(1);
    expect(writes).toHaveLength(1);
    expect(await holds(kind, target)).toBe(true);
  });

  it('fails by code and changes nothing when the vendor is down or the permission is missing', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    tenant.fault(WRITES[kind], 'error');
    await expect(act(kind).apply(target, context)).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
    tenant.fault(WRITES[kind], 'missing_scope');
    await expect(act(kind).apply(target, context)).rejects.toMatchObject({ code: 'VENDOR_SCOPE', retryable: false });
    expect(tenant.world.journal).toEqual([]);
  });

  it('puts back what it captured, and only that', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const step = act(kind);
    expect(step.reversible).toBe(step.revert !== undefined);
    if (!step.revert) return;
    const before = await step.capture(target);
    await step.apply(target, context);
    expect(await holds(kind, target)).toBe(true);
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
      mailRules: 1,
      externalShares: 2,
      confirmedCompromised: false,
    });
    const all = await targets();
    const since = { ...context, since: new Date().toISOString() };
    for (const kind of KINDS) await act(kind).apply(all[kind], since);
    expect(tenant.simulator.inspect('@dana')).toEqual({
      enabled: false,
      sessionsRevoked: true,
      passwordChanged: true,
      grants: 0,
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
    await act('end_sessions').apply({ type: 'account', id: tenant.id('dana') }, context);
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
    const writes = await act('revoke_share').apply(
      { type: 'link', id: share?.target?.id ?? '', accountId: tenant.id('dana') },
      context,
    );
    expect(writes).toHaveLength(1);
    expect(tenant.simulator.inspect('@dana')['externalShares']).toBe(1);
  });

  it('keeps other blocked addresses when it adds one', async () => {
    tenant = await startTenant(ROWS);
    await act('block_ip').apply({ type: 'ip', id: '203.0.113.1' }, context);
    await act('block_ip').apply({ type: 'ip', id: '203.0.113.66' }, context);
    expect(await holds('block_ip', { type: 'ip', id: '203.0.113.1' }, 1)).toBe(true);
    expect(tenant.world.journal.map((e) => e.effect)).toEqual(['+203.0.113.1/32', '+203.0.113.66/32']);
  });

  it('finds a device by its Entra id and adopts an isolation that is under way', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:attacker', device: 'laptop' },
    ]);
    const id =
      (await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'))).events[0]?.deviceId ?? '';
    await act('quarantine_device').apply({ type: 'device', id }, context);
    await act('quarantine_device').apply((await targets()).quarantine_device, {
      ...context,
      idempotencyKey: 'another',
    });
    expect(tenant.world.journal).toHaveLength(1);
  });
});

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
    expect(await act('quarantine_device').apply(target, since)).toHaveLength(1);
    expect(await act('quarantine_device').apply(target, since)).toEqual([]);
    expect(tenant.world.journal.map((e) => e.effect)).toEqual(['remoteLock asked for']);
    expect(await holds('quarantine_device', target)).toBe(true);
    expect(await act('quarantine_device').revert?.(target, {})).toEqual([]);
    // A later step is another lock: the person may have unlocked it since.
    const later = { ...context, since: new Date(Date.now() + 5_000).toISOString() };
    expect((await act('quarantine_device').verify(target, later)).holds).toBe(false);
  });

  it('knows no device that is in neither', async () => {
    tenant = await startTenant(ROWS);
    const target: ActionTarget = { type: 'device', id: '00000000-0000-4000-8000-00000000000a' };
    await expect(act('quarantine_device').apply(target, context)).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
    expect(await act('retire_device').apply(target, context)).toEqual([]);
    expect((await act('retire_device').verify(target, context)).state).toMatchObject({ managed: false });
  });

  it('retires a device that then is no longer listed', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets()).retire_device;
    await act('retire_device').apply(target, context);
    const seen = [];
    for (let n = 0; n < 5; n++) seen.push((await act('retire_device').verify(target, context)).state);
    expect(seen.map((s) => s['retire'])).toEqual(['pending', 'active', 'done', 'none', 'none']);
    expect(seen.at(-1)).toEqual({ managed: false, retire: 'none' });
  });

  describe('block_ip by Defender, without Conditional Access', () => {
    const licences = { entraP1: false };
    const target = (): ActionTarget => ({ type: 'ip', id: tenant.world.ip('attacker') });

    it('is one indicator, put back by deleting it, also when answers are lost', async () => {
      tenant = await startTenant(ROWS, { licences });
      const step = act('block_ip', licences);
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
      await expect(act('block_ip', licences).apply(target(), context)).rejects.toMatchObject({ code: 'PROTECTED' });
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
    [{ entraP2: false }, 'confirm_compromised'],
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
    const target = (await targets()).block_ip;
    await expect(act('block_ip').apply(target, context)).rejects.toMatchObject({
      code: 'VENDOR_BUSY',
      retryable: true,
    });
    expect(await act('block_ip').apply(target, context)).toHaveLength(1);
  });

  it('confirms an account that Identity Protection has no risk for, and waits until it is done', async () => {
    tenant = await startTenant(ROWS);
    const target: ActionTarget = { type: 'account', id: tenant.id('max') };
    expect(await act('confirm_compromised').capture(target)).toEqual({ riskState: 'none', riskLevel: 'none' });
    await act('confirm_compromised').apply(target, context);
    const first = await act('confirm_compromised').verify(target, context);
    expect(first).toEqual({ holds: false, state: { riskState: 'confirmedCompromised', riskLevel: 'high' } });
    expect((await act('confirm_compromised').verify(target, context)).holds).toBe(true);
  });

  it('does not remove a folder', async () => {
    tenant = await startTenant([{ type: 'file', at: '-PT1H', user: '@dana', name: 'Plans', folder: true }]);
    const target: ActionTarget = {
      type: 'link',
      id: itemId(tenant.id('dana'), 'Plans'),
      accountId: tenant.id('dana'),
    };
    await expect(act('remove_file').apply(target, context)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(tenant.world.journal).toEqual([]);
  });
});

describe('what cannot be done is said, not pretended', () => {
  it('refuses accounts mastered on-premises and sessions of guests', async () => {
    tenant = await startTenant(ROWS);
    await expect(
      act('disable_account').apply({ type: 'account', id: tenant.id('otto') }, context),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(
      act('reset_credentials').apply({ type: 'account', id: tenant.id('otto') }, context),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(act('end_sessions').apply({ type: 'account', id: tenant.id('gina') }, context)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(tenant.world.journal).toEqual([]);
  });

  it('refuses an address of a trusted location, and its own app', async () => {
    tenant = await startTenant(ROWS);
    await expect(act('block_ip').apply({ type: 'ip', id: tenant.world.ip('office') }, context)).rejects.toMatchObject({
      code: 'PROTECTED',
    });
    const own = tenant.settings('people').credential.clientId;
    await expect(
      act('remove_app').apply({ type: 'app', id: tenant.settings('containment').credential.clientId }, context),
    ).rejects.toMatchObject({ code: 'PROTECTED' });
    expect(own).not.toBe(tenant.settings('containment').credential.clientId);
    expect(tenant.world.journal).toEqual([]);
  });

  it('keeps the new password out of everything it returns', async () => {
    tenant = await startTenant(ROWS);
    const target: ActionTarget = { type: 'account', id: tenant.id('dana') };
    const seen = JSON.stringify([
      await act('reset_credentials').capture(target),
      await act('reset_credentials').apply(target, context),
      await act('reset_credentials').verify(target, context),
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
