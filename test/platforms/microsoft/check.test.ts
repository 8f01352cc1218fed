import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdictOf, type VendorCheck } from '../../../platforms/check.js';
import { checkMicrosoft, type MicrosoftCheckSettings } from '../../../platforms/microsoft/check.js';
import { microsoftNeeds, type MicrosoftNeed } from '../../../platforms/microsoft/needs.js';
import { OPERATIONS, type MicrosoftOperation } from '../../../platforms/microsoft/operations.js';
import type { MicrosoftLicences } from '../../../platforms/microsoft/settings.js';
import { VENDOR_ROLES, type VendorRole } from '../../../platforms/operation.js';
import { microsoftCredentials } from '../../../simulator/microsoft/auth.js';
import { complaints, stopped, watched, whole } from '../checking.js';
import { containmentOf, evidenceOf, startTenant, talkOf, type Tenant } from './fixture.js';

const TABLE = Object.values(OPERATIONS) as readonly MicrosoftOperation[];
/** Address blocks go by Defender where there is no Conditional Access: what that asks for is met with this licence alone. */
const NO_P1: MicrosoftLicences = { entraP1: false };
const distinct = (needs: readonly MicrosoftNeed[]): readonly { readonly of: string; readonly scope: string }[] =>
  [...new Set(needs.flatMap((n) => n.scopes.map((scope) => `${n.of} ${scope}`)))].map((text) => {
    const [of = '', scope = ''] = text.split(' ');
    return { of, scope };
  });
/** Every permission of every role. */
const SCOPES = VENDOR_ROLES.flatMap((role) => {
  const usual = distinct(microsoftNeeds(role)).map((s) => ({ role, ...s, licences: {} }));
  const known = new Set(usual.map((s) => s.scope));
  const more = distinct(microsoftNeeds(role, { licences: NO_P1 })).filter((s) => !known.has(s.scope));
  return [...usual, ...more.map((s) => ({ role, ...s, licences: NO_P1 }))];
});

let tenant: Tenant;
beforeEach(async () => {
  tenant = await startTenant();
});
afterEach(() => tenant.close());

function settings(role: VendorRole, change: Partial<MicrosoftCheckSettings> = {}): MicrosoftCheckSettings {
  const { mailFrom, teamsAppId } = microsoftCredentials(tenant.world);
  return { ...tenant.settings(role), mailFrom, teamsAppId, teamsPeople: [tenant.id('ada')], ...change };
}
const check = (role: VendorRole, change: Partial<MicrosoftCheckSettings> = {}): Promise<VendorCheck> =>
  checkMicrosoft(settings(role, change), role);

/** Has the Teams app installed for a person, as the first message to them does; the journal starts anew. */
async function install(): Promise<void> {
  const teams = talkOf(tenant).talk.find((t) => t.channel === 'teams');
  await teams?.send(tenant.id('ada'), { key: 'k', title: 'Hello', text: 'Hello' });
  tenant.world.journal.length = 0;
}

describe('the app registration of each role, with exactly what the table asks for', () => {
  it.each(VENDOR_ROLES)('%s: all is there, nothing is beyond need, and nothing was written', async (role) => {
    await install();
    const { wire, calls } = watched(settings(role).wire);
    const found = await check(role, { wire });
    expect(complaints(found)).toEqual([]);
    expect(stopped(found)).toEqual([]);
    expect(found.operations.map((o) => o.operation)).toEqual(microsoftNeeds(role).map((n) => n.operation.name));
    expect(verdictOf([whole(found)])).toBe(0);
    const writes = TABLE.filter((o) => o.writes).map((o) => o.name);
    expect(calls.length).toBeGreaterThan(4);
    expect(calls.filter((c) => writes.includes(c.operation))).toEqual([]);
    expect(calls.map((c) => c.operation)).not.toContain(OPERATIONS.createAuditQuery.name);
    expect(tenant.world.journal).toEqual([]);
  });
});

describe('one permission taken away', () => {
  it.each(SCOPES)('$role: $scope of $of', async ({ role, of, scope, licences }) => {
    if (licences === NO_P1) {
      await tenant.close();
      tenant = await startTenant([], { licences });
    }
    if (role === 'people') await install();
    tenant.simulator.authority.revoke(role, scope);
    const found = await check(role, { licences });
    const unsure = (line: string): boolean => line.endsWith(' unknown');
    expect(complaints(found).filter((line) => !unsure(line))).toEqual([`${of} ${scope} missing`]);
    const needs = microsoftNeeds(role, { licences });
    const left = new Set(distinct(needs).flatMap((s) => (s.scope === scope ? [] : [s.scope])));
    const hit = needs.filter((n) => n.scopes.length > 0 && !n.operation.scopes.some((s) => left.has(s)));
    const names = [...new Set(hit.map((n) => n.operation.name))].sort();
    expect(stopped(found).filter((name) => names.includes(name))).toEqual(names);
    if (!complaints(found).some(unsure)) expect(stopped(found)).toEqual(names);
    const finding = found.scopes.find((s) => s.scope === scope);
    expect(finding?.why).toEqual(expect.arrayContaining(hit.map((n) => n.operation.why)));
    expect(finding?.lost.length).toBeGreaterThan(0);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('leaves unsaid only what that permission would have shown', async () => {
    await install();
    tenant.simulator.authority.revoke('containment', 'RoleManagement.Read.Directory');
    expect(complaints(await check('containment'))).toEqual([
      'graph RoleManagement.Read.Directory missing',
      'directory role User Administrator unknown',
    ]);
    tenant.simulator.authority.revoke('people', 'TeamsAppInstallation.ReadWriteAndConsentSelfForUser.All');
    expect(complaints(await check('people'))).toEqual([
      'graph TeamsAppInstallation.ReadWriteAndConsentSelfForUser.All missing',
      'teams-app ChatMessage.Read.Chat unknown',
    ]);
  });

  it('another permission that lets the same is as good', async () => {
    tenant.simulator.authority.revoke('people', 'ChatMessage.Read.Chat');
    tenant.simulator.authority.grant('people', 'Chat.Read.All');
    expect(complaints(await check('people'))).toEqual([]);
  });
});

describe('given beyond need', () => {
  it.each([
    { role: 'evidence', of: 'graph', scope: 'User.ReadWrite.All' },
    { role: 'evidence', of: 'defender', scope: 'Machine.Isolate' },
    { role: 'containment', of: 'graph', scope: 'Chat.Read.All' },
    { role: 'containment', of: 'graph', scope: 'Application.Read.All' },
    { role: 'people', of: 'manage', scope: 'ActivityFeed.Read' },
  ] as const)('$role: $scope', async ({ role, of, scope }) => {
    await install();
    tenant.simulator.authority.grant(role, scope);
    const found = await check(role);
    expect(complaints(found)).toEqual([`${of} ${scope} beyond`]);
    expect(stopped(found)).toEqual([]);
    expect(verdictOf([whole(found)])).toBe(0);
  });

  it('a directory role that nothing needs', async () => {
    tenant.simulator.authority.directoryRoles('evidence').add('62e90394-69f5-4237-9190-012177145e10');
    expect(complaints(await check('evidence'))).toEqual(['directory role Global Administrator beyond']);
  });
});

describe('the credential itself', () => {
  it('a wrong secret is refused, and so is everything', async () => {
    const { clientId } = settings('evidence').credential;
    const found = await check('evidence', { credential: { clientId, clientSecret: 'of-yesterday' } });
    expect(found.credentials).toEqual(
      ['graph', 'manage'].map((credential) => ({
        credential,
        status: 'refused',
        because: 'token endpoint: HTTP 401 invalid_client',
      })),
    );
    expect(found.operations.every((o) => o.allowed === 'no')).toBe(true);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('a certificate that is no key is unreadable', async () => {
    const { clientId } = settings('evidence').credential;
    const certificate = { privateKeyPem: 'not a key', thumbprintSha256: '00' };
    const found = await check('evidence', { credential: { clientId, certificate } });
    expect(found.credentials[0]).toMatchObject({ status: 'unreadable' });
    expect(verdictOf([whole(found)])).toBe(2);
  });

  it('a vendor that does not answer leaves it open', async () => {
    tenant.fault('POST /oauth2/v2.0/token', 'error', 9);
    const found = await check('evidence');
    expect(found.credentials.every((c) => c.status === 'unreachable')).toBe(true);
    expect(verdictOf([whole(found)])).toBe(2);
  });

  it('a token that tells nothing leaves the scopes open', async () => {
    const { wire } = settings('evidence');
    const sealed = new Response(JSON.stringify({ access_token: 'opaque', expires_in: 3600, token_type: 'Bearer' }));
    const found = await check('evidence', {
      wire: { send: (call, url, init) => (call.limit ? wire.send(call, url, init) : Promise.resolve(sealed.clone())) },
    });
    expect(found.scopes.every((s) => s.status === 'unknown')).toBe(true);
    expect(verdictOf([whole(found)])).toBe(2);
  });
});

describe('roles and licences beside the permissions', () => {
  it('a password reset takes a directory role', async () => {
    tenant.simulator.authority.directoryRoles('containment').clear();
    const found = await check('containment');
    expect(complaints(found)).toEqual(['directory role User Administrator missing']);
    expect(stopped(found)).toEqual([OPERATIONS.setPassword.name]);
    expect(found.rights[0]?.lost).toEqual(['reset_credentials becomes a task for a person']);
  });

  it.each([
    { role: 'evidence', licence: 'entraP1', plan: 'Entra ID P1' },
    { role: 'evidence', licence: 'entraP2', plan: 'Entra ID P2' },
    { role: 'evidence', licence: 'defender', plan: 'Microsoft Defender' },
    { role: 'containment', licence: 'entraP1', plan: 'Entra ID P1' },
    { role: 'containment', licence: 'defender', plan: 'Microsoft Defender' },
    { role: 'containment', licence: 'intune', plan: 'Microsoft Intune' },
  ] as const)('$role without $plan: named when the configuration says it is there', async ({ role, licence, plan }) => {
    const { authority } = tenant.simulator;
    const small = await startTenant([], { licences: { [licence]: false } });
    try {
      // The permissions of a full tenant: the licence alone is not there.
      for (const { scopes } of microsoftNeeds(role)) for (const s of scopes) small.simulator.authority.grant(role, s);
      small.simulator.authority.revoke(role, 'Ti.ReadWrite');
      expect(authority).not.toBe(small.simulator.authority);
      const found = await checkMicrosoft(small.settings(role), role);
      expect(complaints(found)).toEqual([`plan ${plan} missing`]);
      expect(verdictOf([whole(found)])).toBe(1);
      const told = await checkMicrosoft({ ...small.settings(role), licences: { [licence]: false } }, role);
      expect(told.plan.map((p) => p.plan)).not.toContain(plan);
    } finally {
      await small.close();
    }
  });
});

describe('what is needed follows what the role’s port offers', () => {
  const cases: readonly MicrosoftLicences[] = [
    {},
    { entraP1: false },
    { entraP2: false },
    { defender: false },
    { intune: false },
    { entraP1: false, defender: false },
  ];
  it.each(cases)('%j', (licences) => {
    const sources = evidenceOf(tenant, { licences }).sources.map((s) => s.id);
    const acts = Object.keys(containmentOf(tenant, licences).acts);
    const serves = (role: VendorRole): Set<string> =>
      new Set(microsoftNeeds(role, { licences }).flatMap((n) => n.operation.serves));
    expect(sources.filter((id) => !serves('evidence').has(id))).toEqual([]);
    expect(acts.filter((kind) => !serves('containment').has(kind))).toEqual([]);
    const offered = new Set([...acts, 'protection', 'microsoft.grants']);
    for (const { operation } of microsoftNeeds('containment', { licences }))
      expect(operation.serves.some((s) => offered.has(s))).toBe(true);
  });
});
