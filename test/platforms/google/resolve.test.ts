import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { summaryOf } from '../../../platforms/resolve.js';
import { containmentOf } from './fixture.js';
import {
  account,
  address,
  dana,
  fileOf,
  grant,
  link,
  misled,
  refusal,
  resolved,
  rule,
  seen,
  start,
  targetOf,
  tenant,
  UNRESOLVED,
} from './resolving.js';

afterEach(async () => {
  expect(tenant.world.journal).toEqual([]); // whatever is resolved, nothing is written
  await tenant.close();
});

describe('an account', () => {
  it('is the directory’s, whichever of its addresses it is asked for by', async () => {
    await start();
    const user = tenant.simulator.user('dana');
    user.department = 'Finance';
    user.aliases = ['d.subject@example.com'];
    for (const key of [dana(), 'dana@example.com', 'DANA@Example.COM', 'd.subject@example.com'])
      expect(await resolved(account(key))).toEqual({
        type: 'account',
        accountId: dana(),
        at: { platform: 'google', tenant: 'main' },
        reach: 'accounts',
        protectedBecause: [],
        affects: [
          { accountId: dana(), kind: 'person', homeTenant: 'C0quell00', department: 'Finance', protectedBecause: [] },
        ],
      });
  });

  it('has its name for those who approve', async () => {
    await start();
    const [reading] =
      (await containmentOf(tenant).resolvers.account?.({ type: 'account', accountId: dana() }, {})) ?? [];
    expect(reading?.affects.map((a) => a.name)).toEqual(['Dana Subject']);
  });

  it('is none where the text is no id of a person', async () => {
    await start();
    for (const key of [
      `users/${dana()}`,
      'dana%40example.com',
      encodeURIComponent('dana@example.com'),
      `${dana()} `,
      ` ${dana()}`,
      '１０３',
      'users/me',
      'me',
      '..',
      '',
      '203.0.113.66',
      'spaces/AAAA',
      'my_customer',
      '999',
      'nobody@example.com',
      'dana@example.com?x=1',
      'a@b@example.com',
    ])
      expect({ key, got: await refusal(account(key)) }).toMatchObject({ key, got: UNRESOLVED });
  });

  it('is never somebody else than was asked for', async () => {
    await start();
    const other = misled(/\/users\/[^/]+$/, (body) => ({ ...body, id: tenant.id('max') }));
    expect(await refusal(account(dana()), other)).toMatchObject({ code: 'VENDOR_REPLY' });
    const stranger = misled(/\/users\/[^/]+$/, (body) => ({ ...body, primaryEmail: 'max@example.com' }));
    expect(await refusal(account('dana@example.com'), stranger)).toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('of another customer is not ours, and says whose it is', async () => {
    await start();
    tenant.simulator.user('dana').customerId = 'C0other00';
    expect((await resolved(account(dana()))).affects).toMatchObject([
      { homeTenant: 'C0other00', protectedBecause: ['unknown'] },
    ]);
    const nameless = misled(/\/users\/[^/]+$/, ({ customerId: _, ...body }) => body);
    expect((await resolved(account(dana()), nameless)).affects).toMatchObject([{ protectedBecause: ['unknown'] }]);
  });

  it('is a guest where the directory says so, with the department of its main position', async () => {
    await start();
    const read = async (more: object) => {
      const port = misled(/\/users\/[^/]+$/, (body) => ({ ...body, ...more }));
      return (await resolved(account(dana()), port)).affects[0];
    };
    expect(await read({ isGuestUser: true })).toMatchObject({ kind: 'guest' });
    const [sales, law] = [{ department: 'Sales' }, { department: 'Law', primary: true }];
    expect((await read({ organizations: [sales, law] }))?.department).toBe('Law');
    expect((await read({ organizations: [sales] }))?.department).toBe('Sales');
    expect((await read({ organizations: [sales, { department: 'Law' }] }))?.department).toBeUndefined();
    expect((await read({ organizations: [{ department: '', primary: true }] }))?.department).toBeUndefined();
  });

  it('is protected as an administrator, the last of them, and the account that Quell acts as', async () => {
    await start();
    const because = async (key: string) => (await resolved(account(key))).affects[0]?.protectedBecause;
    expect(await because(dana())).toEqual([]);
    expect(await because(tenant.id('ada'))).toEqual(['admin_role', 'last_admin']);
    expect(await because('quell-admin@example.com')).toEqual(['admin_role', 'own_app']);
    const alias = misled(/\/users\/[^/]+$/, (body) => ({ ...body, aliases: ['Quell-Admin@example.com'] }));
    expect((await resolved(account(dana()), alias)).affects[0]?.protectedBecause).toEqual(['own_app']);
  });
});

describe('what cannot be read', () => {
  it.each(['directory.users.get', 'directory.users.list'])(
    'is protected for want of a scope, and tried again after an outage: %s',
    async (operation) => {
      await start();
      tenant.fault(operation, 'missing_scope');
      expect(await refusal(account(tenant.id('ada')))).toMatchObject({
        code: 'PROTECTED',
        detail: 'unknown: VENDOR_SCOPE',
      });
      tenant.fault(operation, 'error');
      expect(await refusal(account(tenant.id('ada')))).toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
    },
  );

  it.each([
    ['directory.tokens.list', async (): Promise<ActTarget> => grant('grant', tenant.world.appId('thief'))],
    ['drive.files.get', async (): Promise<ActTarget> => link(fileOf('dana', 'own.txt'))],
    [
      'gmail.users.settings.filters.list',
      async (): Promise<ActTarget> => rule(await seen('google.notices', undefined)),
    ],
    ['accesscontextmanager.accessPolicies.accessLevels.list', async (): Promise<ActTarget> => address('203.0.113.66')],
  ] as const)('by %s is no thing of anybody', async (operation, target) => {
    await start();
    const wanted = await target();
    tenant.fault(operation, 'missing_scope');
    expect(await refusal(wanted)).toMatchObject({ code: 'PROTECTED' });
    tenant.fault(operation, 'error');
    expect(await refusal(wanted)).toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
  });

  it('ends with the caller’s own cancellation', async () => {
    await start();
    const gone = new Error('cancelled');
    await expect(resolved(account(dana()), undefined, { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
  });

  it('and is no kind of thing that Google names is unsupported', async () => {
    await start();
    expect(await refusal({ type: 'device', deviceId: 'd-1', sessionIds: [] })).toMatchObject({ code: 'UNSUPPORTED' });
    const port = createGoogleContainment(tenant.settings('containment'));
    expect(await refusal(address('203.0.113.66'), port)).toMatchObject({ code: 'UNSUPPORTED' });
  });
});

it('sessions are the account’s, with those that tie it to the case', async () => {
  await start();
  const target = (accountId: string): ActTarget => ({ type: 'sessions', accountId, sessionIds: ['s-1'] });
  expect(await resolved(target('DANA@example.com'))).toMatchObject({
    ...target(dana()),
    affects: [{ accountId: dana() }],
  });
  expect(await refusal(target(`users/${dana()}`))).toMatchObject(UNRESOLVED);
});

describe('an address', () => {
  it('has one spelling, and hits whoever comes from it', async () => {
    await start();
    for (const text of ['203.0.113.66', '::ffff:203.0.113.66', '::FFFF:cb00:7142'])
      expect(summaryOf(await resolved(address(text)))).toEqual({
        target: address('203.0.113.66'),
        affects: [],
        reach: 'organisation',
      });
    for (const text of ['2001:db8::1', '2001:DB8:0:0::1', '2001:0db8:0000:0000:0000:0000:0000:0001'])
      expect(await targetOf(address(text))).toEqual(address('2001:db8::1'));
  });

  it('is none where it is a range, has a zone, or is written in a way that nobody reads alike', async () => {
    await start();
    for (const text of [
      '203.0.113.0/24',
      'fe80::1%eth0',
      '203.0.113.066',
      '203.0.7234',
      '0xcb007142',
      '3405803842',
      'x',
      '',
    ])
      expect({ text, got: await refusal(address(text)) }).toMatchObject({ text, got: UNRESOLVED });
  });

  it('that an access level lets in is the organisation’s own', async () => {
    await start();
    for (const text of ['198.51.100.7', '::ffff:198.51.100.7'])
      expect((await resolved(address(text))).protectedBecause).toEqual(['unknown']);
    expect((await resolved(address('203.0.113.66'))).protectedBecause).toEqual([]);
  });
});
