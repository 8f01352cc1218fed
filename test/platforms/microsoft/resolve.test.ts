import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppTarget } from '../../../domain/act-target.js';
import { microsoftCredentials } from '../../../simulator/microsoft/auth.js';
import { ROWS } from './acting.js';
import { ANOTHER_ADMIN, startTenant, type RowInput, type Tenant } from './fixture.js';
import { answering, outcome, resolved } from './resolving.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const GRAPH = '00000003-0000-0000-c000-000000000000';

let tenant: Tenant;
const start = async (rows: readonly RowInput[] = [], people: Readonly<Record<string, object>> = {}): Promise<void> => {
  tenant = await startTenant([...ROWS, ...rows], { people });
};
beforeEach(() => start());
afterEach(async () => {
  expect(tenant.world.journal).toEqual([]);
  await tenant.close();
});
const restart = async (...args: Parameters<typeof start>): Promise<void> => {
  await tenant.close();
  await start(...args);
};

const account = (accountId: string) => ({ type: 'account', accountId }) as const;
const home = (): string => microsoftCredentials(tenant.world).tenantId;

describe('an account', () => {
  it('is the vendor’s id of it, however it was spelled', async () => {
    const dana = account(tenant.id('dana'));
    for (const spelling of [dana.accountId, dana.accountId.toUpperCase(), 'dana@example.com', 'DANA@Example.com'])
      expect(await outcome(tenant, account(spelling))).toEqual(dana);
  });

  it('is nothing under what is no id or name of a person', async () => {
    const spellings = (id: string) => [`users/${id}`, `/users/${id}`, id.replaceAll('-', '%2D'), ` ${id}`, `${id}/`];
    for (const spelling of [
      ...spellings(tenant.id('dana')),
      'dana%40example.com',
      'example.com',
      '*',
      NOBODY,
      tenant.world.appId('thief'),
    ])
      expect([spelling, await outcome(tenant, account(spelling))]).toEqual([spelling, 'UNRESOLVED']);
  });

  it('is read with whose it is and where', async () => {
    expect((await resolved(tenant, account(tenant.id('dana')))).affects).toEqual([
      {
        accountId: tenant.id('dana'),
        kind: 'person',
        homeTenant: home(),
        department: 'Sales',
        protectedBecause: [],
      },
    ]);
    expect((await resolved(tenant, account(tenant.id('max')))).affects[0]?.department).toBeUndefined();
  });

  it('of a guest belongs to another organisation, under its name here too', async () => {
    for (const spelling of [tenant.id('gina'), 'gina_example.org#EXT#@example.com', 'gina@example.org'])
      expect((await resolved(tenant, account(spelling))).affects).toMatchObject([
        { accountId: tenant.id('gina'), kind: 'guest', homeTenant: 'example.org' },
      ]);
  });

  it('that was invited and made a member still belongs elsewhere', async () => {
    const wire = answering(tenant, /\/users\/[^/]+$/, (user: object) => ({ ...user, userType: 'Member' }));
    const { affects } = await resolved(tenant, account(tenant.id('gina')), { wire });
    expect(affects).toMatchObject([{ kind: 'person', homeTenant: 'example.org' }]);
  });

  it('is not what the vendor answers about another id', async () => {
    const max = tenant.id('max');
    const wire = answering(tenant, /\/users\/[^/]+$/, (user: object) => ({ ...user, id: max }));
    await expect(resolved(tenant, account(tenant.id('dana')), { wire })).rejects.toMatchObject({
      code: 'VENDOR_REPLY',
    });
    const other = answering(tenant, /\/users\/[^/]+$/, (user: object) => ({
      ...user,
      mail: null,
      userPrincipalName: 'm',
    }));
    await expect(resolved(tenant, account('dana@example.com'), { wire: other })).rejects.toMatchObject({
      code: 'VENDOR_REPLY',
    });
  });

  it('has its sessions', async () => {
    const target = { type: 'sessions', accountId: tenant.id('dana').toUpperCase(), sessionIds: ['s-1'] } as const;
    const found = await resolved(tenant, target);
    expect(found).toMatchObject({ accountId: tenant.id('dana'), sessionIds: ['s-1'], reach: 'accounts' });
    expect(found.affects.map((a) => a.accountId)).toEqual([tenant.id('dana')]);
    expect(await outcome(tenant, { ...target, accountId: NOBODY })).toBe('UNRESOLVED');
  });
});

describe('an account is protected', () => {
  const because = async (key: string) => (await resolved(tenant, account(tenant.id(key)))).affects[0]?.protectedBecause;

  it('as administrator, and as the last one', async () => {
    expect(await because('ada')).toEqual(['admin_role', 'last_admin']);
    expect(await because('max')).toEqual([]);
    await restart([], { bo: ANOTHER_ADMIN });
    expect(await because('ada')).toEqual(['admin_role']);
  });

  it('when its roles may not be read', async () => {
    tenant.fault('GET /users/{id}/transitiveMemberOf', 'missing_scope');
    await expect(because('dana')).rejects.toMatchObject({ code: 'PROTECTED', detail: 'unknown: VENDOR_SCOPE' });
  });

  it.each(['error', 'html', 'broken_json', 'throttle'] as const)('or not is asked again after %s', async (kind) => {
    for (const operation of ['GET /users/{id}', 'GET /users/{id}/transitiveMemberOf']) {
      tenant.fault(operation, kind);
      await expect(because('dana')).rejects.toMatchObject({ retryable: true });
    }
  });
});

describe('an app', () => {
  const app = (appId: string, accountId = tenant.id('dana')): AppTarget => ({ type: 'app', appId, accountId });
  const thief = (): string => tenant.world.appId('thief');

  it('is its client id, taken from the organisation and from all who allowed it', async () => {
    const found = await resolved(tenant, app(thief().toUpperCase(), 'dana@example.com'));
    expect(found).toMatchObject({ ...app(thief()), reach: 'organisation', protectedBecause: [] });
    expect(found.affects.map((a) => a.accountId)).toEqual([tenant.id('dana'), tenant.id('max')]);
  });

  it('affects the account that ties it to the case, also when that has no grant of its own', async () => {
    await restart([{ type: 'grant', at: '-PT1H', user: '@ada', app: 'app:notes', scopes: ['User.Read'] }]);
    const { affects } = await resolved(tenant, app(tenant.world.appId('notes')));
    expect(affects.map((a) => [a.accountId, a.protectedBecause])).toEqual([
      [tenant.id('dana'), []],
      [tenant.id('ada'), ['admin_role', 'last_admin']],
    ]);
  });

  it('is protected when more people allowed it than are read', async () => {
    const people = Object.fromEntries(
      [...Array(101).keys()].map((n) => [
        `p${String(n)}`,
        { ...ANOTHER_ADMIN, admin: false, name: 'P', email: `p${String(n)}@example.com` },
      ]),
    );
    const rows = Object.keys(people).map((key) => ({
      type: 'grant',
      at: '-PT1H',
      user: `@${key}`,
      app: 'app:notes',
      scopes: ['User.Read'],
    }));
    await restart(rows, people);
    const found = await resolved(tenant, app(tenant.world.appId('notes')));
    expect(found.protectedBecause).toEqual(['unknown']);
    expect(found.affects).toHaveLength(101);
  });

  it('is protected when it is ours, or Microsoft’s own', async () => {
    const { containment, people } = microsoftCredentials(tenant.world);
    const because = async (id: string, ownAppIds: readonly string[] = []) =>
      (await resolved(tenant, app(id), { ownAppIds })).protectedBecause;
    expect(await because(containment.clientId)).toEqual(['own_app']);
    expect(await because(people.clientId)).toEqual([]);
    expect(await because(people.clientId, [people.clientId.toUpperCase()])).toEqual(['own_app']);
    expect(await because(GRAPH)).toEqual(['unknown']);
  });

  it('is nothing under another kind of id, for nobody, and when the vendor has two', async () => {
    for (const [appId, accountId] of [
      ['Chat Backup Helper', tenant.id('dana')],
      [`servicePrincipals/${thief()}`, tenant.id('dana')],
      [NOBODY, tenant.id('dana')],
      [tenant.id('dana'), tenant.id('dana')],
      [thief(), NOBODY],
    ] as const)
      expect([appId, await outcome(tenant, app(appId, accountId))]).toEqual([appId, 'UNRESOLVED']);
    const twice = answering(tenant, /\/servicePrincipals$/, ({ value }: { value: readonly object[] }) => ({
      value: [...value, ...value],
    }));
    expect(await outcome(tenant, app(thief()), { wire: twice })).toBe('UNRESOLVED');
  });

  it('is not what the vendor answers about another', async () => {
    const wire = answering(tenant, /\/servicePrincipals$/, ({ value }: { value: readonly object[] }) => ({
      value: value.map((row) => ({ ...row, appId: GRAPH })),
    }));
    await expect(resolved(tenant, app(thief()), { wire })).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('has the grant of one person', async () => {
    const grant = (appId: string, accountId = tenant.id('dana')) => ({ type: 'grant', appId, accountId }) as const;
    const found = await resolved(tenant, grant(thief().toUpperCase(), 'DANA@example.com'));
    expect(found).toMatchObject({ ...grant(thief()), reach: 'accounts', protectedBecause: [] });
    expect(found.affects.map((a) => a.accountId)).toEqual([tenant.id('dana')]);
    expect((await resolved(tenant, grant(GRAPH))).protectedBecause).toEqual(['unknown']);
    expect(await outcome(tenant, grant(NOBODY))).toEqual(grant(NOBODY)); // the app is gone, and the grant with it
    expect(await outcome(tenant, grant(thief(), NOBODY))).toBe('UNRESOLVED');
    expect(await outcome(tenant, grant('Chat Backup Helper'))).toBe('UNRESOLVED');
  });
});

describe('an address', () => {
  const address = (text: string) => ({ type: 'address', address: text }) as const;

  it('has one spelling and no account', async () => {
    for (const [spelling, canonical] of [
      ['203.0.113.66', '203.0.113.66'],
      ['203.0.113.66 ', '203.0.113.66'],
      ['::ffff:203.0.113.66', '203.0.113.66'],
      ['::FFFF:CB00:7142', '203.0.113.66'],
      ['2001:DB8:0:0::7', '2001:db8::7'],
    ] as const) {
      const found = await resolved(tenant, address(spelling));
      expect(found).toMatchObject({ address: canonical, affects: [], reach: 'organisation', protectedBecause: [] });
    }
  });

  it.each([
    '203.0.113.0/24',
    '2001:db8::/64',
    'fe80::1%eth0',
    '203.0.113',
    '3405803842',
    '0203.0.113.66',
    '0xcb.0.0x71.66',
    '203%2E0.113.66',
    'example.com',
    '',
  ])('is not %s', async (text) => {
    expect(await outcome(tenant, address(text))).toBe('UNRESOLVED');
  });

  it('that the organisation trusts is protected, under each spelling; without Conditional Access it trusts none', async () => {
    for (const spelling of ['198.51.100.7', '::ffff:198.51.100.7'])
      expect((await resolved(tenant, address(spelling))).protectedBecause).toEqual(['unknown']);
    const without = { licences: { entraP1: false } };
    expect((await resolved(tenant, address('198.51.100.7'), without)).protectedBecause).toEqual([]);
  });

  it('is protected when the trusted ones may not be read, and asked for again after an outage', async () => {
    tenant.fault('GET /identity/conditionalAccess/namedLocations', 'missing_scope');
    expect(await outcome(tenant, address('203.0.113.66'))).toBe('PROTECTED');
    tenant.fault('GET /identity/conditionalAccess/namedLocations', 'error');
    await expect(resolved(tenant, address('203.0.113.66'))).rejects.toMatchObject({ retryable: true });
  });
});

it('has no delegates to find', async () => {
  const target = { type: 'delegate', delegateId: 'ada@example.com', accountId: tenant.id('dana') } as const;
  expect(await outcome(tenant, target)).toBe('UNSUPPORTED');
});
