import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdictOf, type VendorCheck } from '../../../platforms/check.js';
import { checkGoogle } from '../../../platforms/google/check.js';
import { METHODS, ownScopesOf, scopesOf, type GoogleMethod } from '../../../platforms/google/methods.js';
import { googleNeeds } from '../../../platforms/google/needs.js';
import type { ProbeSettings } from '../../../platforms/google/probes.js';
import type { GoogleLicences } from '../../../platforms/google/settings.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { createGoogleEvidence } from '../../../platforms/google/evidence.js';
import { VENDOR_ROLES, type VendorRole } from '../../../platforms/operation.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import { complaints as all, stopped, watched, whole } from '../checking.js';
import { startTenant, type Tenant } from './fixture.js';

const PREFIX = 'https://www.googleapis.com/auth/';
const TABLE = Object.values(METHODS) as readonly GoogleMethod[];
/** Every scope of every role. */
const SCOPES = VENDOR_ROLES.flatMap((role) => [
  ...scopesOf(role).map((scope) => ({ role, of: 'delegation', scope })),
  ...ownScopesOf(role).map((scope) => ({ role, of: 'own', scope })),
]);

let tenant: Tenant;
beforeEach(async () => {
  tenant = await startTenant();
});
afterEach(() => tenant.close());

function settings(role: VendorRole, change: Partial<ProbeSettings> = {}): ProbeSettings {
  const { sender, blockLevel } = googleCredentials(tenant.world);
  return { ...tenant.settings(role), sender, blockLevel, ...change };
}
const check = (role: VendorRole, change: Partial<ProbeSettings> = {}): Promise<VendorCheck> =>
  checkGoogle(settings(role, change), role);
/** Privileges that no read shows are not complained of. */
const complaints = (found: VendorCheck): readonly string[] => all(found).filter((line) => !line.endsWith(' unproven'));

describe('the service account of each role, with exactly what the table asks for', () => {
  it.each(VENDOR_ROLES)('%s: all is there, nothing is beyond need, and nothing was written', async (role) => {
    const { wire, calls } = watched(settings(role).wire);
    const found = await check(role, { wire });
    expect(complaints(found)).toEqual([]);
    expect(stopped(found)).toEqual([]);
    expect(found.operations.map((o) => o.operation)).toEqual(googleNeeds(role).map((n) => n.operation.name));
    expect(verdictOf([whole(found)])).toBe(0);
    const reads = calls.filter((c) => c.limit !== undefined);
    expect(reads.length).toBeGreaterThan(1);
    const writes = TABLE.filter((m) => m.writes).map((m) => m.name);
    expect(reads.filter((c) => writes.includes(c.operation))).toEqual([]);
    expect(tenant.world.journal).toEqual([]);
  });

  it('acts as nobody but the administrator and the sender', async () => {
    for (const role of VENDOR_ROLES) await check(role);
    const { adminSubject, sender } = googleCredentials(tenant.world);
    const subjects = new Set(tenant.simulator.authority.given.map((caller) => caller.subject));
    expect([...subjects].sort()).toEqual([adminSubject, sender, undefined]);
  });
});

describe('one scope taken away', () => {
  it.each(SCOPES)('$role, $of: $scope', async ({ role, of, scope }) => {
    tenant.simulator.authority.revoke(role, scope);
    const found = await check(role);
    expect(complaints(found)).toEqual([`${of} ${scope} missing`]);
    const hit = googleNeeds(role).filter((n) => n.of === of && n.scopes.includes(scope));
    expect(stopped(found)).toEqual([...new Set(hit.map((n) => n.operation.name))].sort());
    const finding = found.scopes.find((s) => s.scope === scope && s.of === of);
    expect(finding?.why).toEqual(expect.arrayContaining(hit.map((n) => n.operation.why)));
    expect(finding?.lost.length).toBeGreaterThan(0);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('a scope that was given but is refused at the read is missing too', async () => {
    tenant.fault(METHODS.accessLevels.name, 'missing_scope');
    expect(complaints(await check('containment'))).toEqual([`own ${PREFIX}cloud-platform missing`]);
  });
});

describe('given beyond need', () => {
  it.each([
    { role: 'evidence', scope: `${PREFIX}admin.directory.user` },
    { role: 'evidence', scope: 'https://mail.google.com/' },
    { role: 'containment', scope: `${PREFIX}gmail.readonly` },
    { role: 'people', scope: `${PREFIX}drive` },
    { role: 'people', scope: `${PREFIX}chat.messages` },
  ] as const)('$role: $scope', async ({ role, scope }) => {
    tenant.simulator.authority.grant(role, scope);
    const found = await check(role);
    expect(complaints(found)).toEqual([`delegation ${scope} beyond`]);
    expect(stopped(found)).toEqual([]);
    expect(verdictOf([whole(found)])).toBe(0);
  });

  it('an administrator who may do everything', async () => {
    const user = tenant.simulator.user('ada');
    expect(user.admin).toBe(true);
    const found = await check('evidence', { adminSubject: user.email });
    expect(complaints(found)).toEqual(['the administrator is a super administrator beyond']);
  });
});

describe('the credential itself', () => {
  it('a key of another account is refused, and so is everything', async () => {
    const { email } = settings('evidence').serviceAccount;
    const { privateKey } = googleCredentials(tenant.world).people;
    const found = await check('evidence', { serviceAccount: { email, privateKey } });
    expect(found.credentials).toEqual([
      { credential: 'delegation', status: 'refused', because: 'oauth.token: token refused invalid_grant' },
    ]);
    expect(found.operations.every((o) => o.allowed === 'no')).toBe(true);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('a file that is no key is unreadable', async () => {
    const { email } = settings('evidence').serviceAccount;
    const found = await check('evidence', { serviceAccount: { email, privateKey: 'not a key' } });
    expect(found.credentials[0]).toMatchObject({ status: 'unreadable' });
    expect(verdictOf([whole(found)])).toBe(2);
  });

  it('a vendor that does not answer leaves it open', async () => {
    tenant.fault('oauth.token', 'error', 1000);
    const found = await check('evidence');
    expect(found.credentials[0]).toMatchObject({ status: 'unreachable' });
    expect(found.scopes.every((s) => s.status === 'unknown')).toBe(true);
    expect(verdictOf([whole(found)])).toBe(2);
  });

  it('one request that gets no answer leaves one scope open, and none is said to be missing', async () => {
    tenant.fault('oauth.token', 'error', 1);
    const found = await check('evidence');
    expect(found.scopes.filter((s) => s.status === 'missing')).toEqual([]);
  });

  it('a sender who is not there is named', async () => {
    const found = await check('people', { sender: 'nobody@example.com' });
    expect(complaints(found).filter((line) => line.endsWith(' missing'))).toEqual([
      'the sender is an account of the organisation missing',
    ]);
    expect(verdictOf([whole(found)])).toBe(1);
  });
});

describe('privileges, APIs and editions beside the scopes', () => {
  it.each([
    { role: 'evidence', privilege: 'Reports', lost: 'google.login' },
    {
      role: 'evidence',
      privilege: 'Alert Center, View Access',
      lost: 'source google.alerts becomes a gap in the case',
    },
    {
      role: 'containment',
      privilege: 'Security Center: User Security Management',
      lost: 'end_sessions',
    },
    { role: 'containment', privilege: 'Google Vault: Manage Matters', lost: 'hold_data becomes a task for a person' },
  ] as const)('$role: $privilege', async ({ role, privilege, lost }) => {
    tenant.simulator.takePrivilege(privilege);
    const found = await check(role);
    expect(complaints(found)).toEqual([`privilege ${privilege} missing`]);
    const right = found.rights.find((r) => r.right === `privilege ${privilege}`);
    expect(right?.lost.join('; ')).toContain(lost);
    expect(right?.because).toMatch(/HTTP 403/);
    expect(stopped(found).length).toBeGreaterThan(0);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('says which privileges no read shows', async () => {
    const { rights, operations } = await check('containment');
    expect(rights.filter((r) => r.status === 'unproven').map((r) => r.right)).toEqual([
      'privilege Admin API: Users, Update, Reset Password and Force Password Change',
      'privilege Admin API: Users, Update, Suspend Users',
      'privilege Google Vault: Manage Holds',
    ]);
    expect(operations.find((o) => o.operation === METHODS.suspend.name)).toMatchObject({
      allowed: 'yes',
      by: 'scopes',
    });
    expect(operations.find((o) => o.operation === METHODS.users.name)).toMatchObject({ allowed: 'yes', by: 'trial' });
  });

  it('an edition that is not what the configuration says is named', async () => {
    const small = await startTenant([], { licences: { chat: false, vault: false } });
    try {
      const own = { ...settings('people'), ...small.settings('people') };
      const people = await checkGoogle(own, 'people');
      expect(complaints(people)).toEqual(['plan Google Chat missing']);
      expect(verdictOf([whole(people)])).toBe(1);
      expect(complaints(await checkGoogle({ ...own, licences: { chat: false } }, 'people'))).toEqual([
        `delegation ${PREFIX}chat.spaces.create beyond`,
      ]);
      const containment = await checkGoogle(
        { ...settings('containment'), ...small.settings('containment') },
        'containment',
      );
      const vault = containment.rights.find((r) => r.right === 'privilege Google Vault: Manage Matters');
      expect(vault?.because).toMatch(/or Google Vault is not licensed$/);
    } finally {
      await small.close();
    }
  });
});

describe('what is needed follows what the role’s port offers', () => {
  const cases: readonly (GoogleLicences & { readonly blockLevel?: false })[] = [
    {},
    { vault: false },
    { devices: false },
    { chat: false },
    { blockLevel: false },
  ];
  it.each(cases)('%j', ({ blockLevel, ...licences }) => {
    const use = { licences, ...(blockLevel === undefined ? {} : { blockLevel }) };
    const level = googleCredentials(tenant.world).blockLevel;
    const evidence = createGoogleEvidence({ ...settings('evidence'), licences });
    const { acts } = createGoogleContainment({
      ...tenant.settings('containment'),
      licences,
      ...(blockLevel === false ? {} : { blockLevel: level }),
    });
    const serves = (role: VendorRole): Set<string> =>
      new Set(googleNeeds(role, use).flatMap((n) => n.operation.serves));
    expect(evidence.sources.map((s) => s.id).filter((id) => !serves('evidence').has(id))).toEqual([]);
    expect(Object.keys(acts).filter((kind) => !serves('containment').has(kind))).toEqual([]);
    const offered = new Set([...Object.keys(acts), 'protection']);
    for (const { operation } of googleNeeds('containment', use))
      expect(operation.serves.some((s) => offered.has(s))).toBe(true);
  });
});
