import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { googleBases } from '../../../platforms/google/settings.js';
import type { CallOptions, ContainmentPort } from '../../../platforms/ports.js';
import { resolveTarget, summaryOf } from '../../../platforms/resolve.js';
import { createWire } from '../../../platforms/wire.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import { containmentOf, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(async () => {
  expect(tenant.world.journal).toEqual([]); // whatever is resolved, nothing is written
  await tenant.close();
});

const elsewhere = (email: string): object => ({
  name: 'Ext Owner',
  email,
  accounts: ['slack'],
  authority: 'slack',
  mail: 'microsoft',
});
/** The other administrators of the organisation are elsewhere: here Ada is the last. */
const PEOPLE = {
  ext: elsewhere('ext@partner.example.org'),
  ivy: elsewhere('ivy@example.com'),
  root: elsewhere('root@example.com'),
};
const ROWS: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['https://mail.google.com/'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:notes', scopes: ['openid'] },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'own.txt', shared: 'anyone' },
  { type: 'file', at: '-PT1H', user: '@max', name: 'of-max.txt', shared: 'anyone', editors: ['@dana'] },
  { type: 'file', at: '-PT1H', user: '@ext', name: 'of-ext.txt', shared: 'anyone', editors: ['@dana'] },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'of-all.txt', shared: 'anyone', sharedDrive: 'Sales' },
  { type: 'file', at: '-PT1H', user: '@ada', name: 'of-ada.txt', shared: 'anyone', editors: ['@dana'] },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@max', from: 'no-reply@accounts.google.com', action: 'delete' },
];
const start = async (): Promise<void> => {
  tenant = await startTenant(ROWS, { people: PEOPLE });
};

const dana = () => tenant.id('dana');
const account = (accountId: string): ActTarget => ({ type: 'account', accountId });
const resolved = (target: ActTarget, port: ContainmentPort = containmentOf(tenant), options?: CallOptions) =>
  resolveTarget(port, target, options);
const targetOf = async (target: ActTarget): Promise<ActTarget> => summaryOf(await resolved(target)).target;
const refusal = (target: ActTarget, port?: ContainmentPort): Promise<unknown> =>
  resolved(target, port).then(
    (found) => found,
    (error: unknown) => error,
  );
const UNRESOLVED = { code: 'UNRESOLVED' };

/** A port to which the directory, Drive and the rest answer otherwise: what comes back is a copy, changed. */
function misled(path: RegExp, change: (body: Record<string, unknown>) => unknown): ContainmentPort {
  const send: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (!path.test(new URL(url instanceof Request ? url.url : url).pathname)) return answer;
    const body = change((await answer.json()) as Record<string, unknown>);
    return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  };
  const wire = createWire({ bases: googleBases(tenant.url), fetch: send });
  const { blockLevel } = googleCredentials(tenant.world);
  return createGoogleContainment({ ...tenant.settings('containment', { wire }), blockLevel });
}

/** As evidence names them. */
async function seen(source: string, name: string | undefined): Promise<string> {
  const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
  return events.find((e) => ['share', 'mail_rule'].includes(e.kind) && e.target?.name === name)?.target?.id ?? '';
}
const fileOf = (key: string, name: string): string => tenant.simulator.file(tenant.id(key), name).id;

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

const grant = (type: 'grant' | 'app', appId: string, accountId = dana()): ActTarget => ({ type, appId, accountId });

describe.each(['grant', 'app'] as const)('a target of type %s', (type) => {
  it('is what the account granted, and affects that account alone', async () => {
    await start();
    const appId = tenant.world.appId('thief');
    const found = await resolved(grant(type, appId, 'dana@example.com'));
    expect(summaryOf(found)).toEqual({ target: grant(type, appId), affects: [dana()], reach: 'accounts' });
  });

  it('that is gone is the account’s still; one that is written otherwise is none', async () => {
    await start();
    const gone = tenant.world.appId('notes'); // max’s, and not dana’s
    expect(await targetOf(grant(type, gone))).toEqual(grant(type, gone));
    const appId = tenant.world.appId('thief');
    for (const other of [appId.toUpperCase(), encodeURIComponent(`${appId}/`), `apps/${appId}`, `${appId} `, ''])
      expect({ other, got: await refusal(grant(type, other)) }).toMatchObject({ other, got: UNRESOLVED });
    expect(await refusal(grant(type, appId, '999'))).toMatchObject(UNRESOLVED);
  });

  it('of our own is protected', async () => {
    await start();
    const ownAppIds = [tenant.world.appId('thief')];
    const port = createGoogleContainment(tenant.settings('containment', { ownAppIds }));
    expect((await resolved(grant(type, ownAppIds[0] ?? ''), port)).protectedBecause).toEqual(['own_app']);
    expect((await resolved(grant(type, tenant.world.appId('notes')), port)).protectedBecause).toEqual([]);
  });
});

const link = (fileId: string, accountId = dana()): ActTarget => ({ type: 'link', fileId, accountId });

describe('a file', () => {
  it('affects who shared it, and who owns it', async () => {
    await start();
    const own = await seen('google.drive', 'own.txt');
    expect(summaryOf(await resolved(link(own, 'DANA@example.com')))).toEqual({
      target: link(own),
      affects: [dana()],
      reach: 'accounts',
    });
    const ofMax = await resolved(link(fileOf('max', 'of-max.txt')));
    expect(ofMax.affects.map((a) => a.accountId)).toEqual([dana(), tenant.id('max')]);
    expect(ofMax.affects[1]).toMatchObject({ homeTenant: 'C0quell00', protectedBecause: [] });
  });

  it('of an administrator is protected as the administrator is', async () => {
    await start();
    const { affects } = await resolved(link(fileOf('ada', 'of-ada.txt')));
    expect(affects.map((a) => a.protectedBecause)).toEqual([[], ['admin_role', 'last_admin']]);
  });

  it('of somebody outside names them by no address, as another organisation’s', async () => {
    await start();
    const { affects } = await resolved(link(fileOf('ext', 'of-ext.txt')));
    expect(affects[1]).toMatchObject({ homeTenant: 'partner.example.org', protectedBecause: ['unknown'] });
    expect(affects.map((a) => a.accountId).join()).not.toContain('@');
  });

  it('on a shared drive has no owner; one without drive and owner is not believed', async () => {
    await start();
    const shared = fileOf('dana', 'of-all.txt');
    expect((await resolved(link(shared))).affects.map((a) => a.accountId)).toEqual([dana()]);
    const bare = misled(/\/drive\/v3\/files\//, ({ driveId: _, ...body }) => body);
    expect(await refusal(link(shared), bare)).toMatchObject({ code: 'VENDOR_REPLY' });
    const hidden = misled(/\/drive\/v3\/files\//, (body) => ({ ...body, owners: [{ permissionId: '77' }] }));
    expect((await resolved(link(shared), hidden)).affects[1]).toMatchObject({
      accountId: '77',
      protectedBecause: ['unknown'],
    });
  });

  it('that is gone, or that the account does not see, is the account’s; another one is not taken for it', async () => {
    await start();
    const gone = '1'.padEnd(33, 'A');
    expect(summaryOf(await resolved(link(gone))).affects).toEqual([dana()]);
    const own = fileOf('dana', 'own.txt');
    expect(summaryOf(await resolved(link(own, tenant.id('max')))).affects).toEqual([tenant.id('max')]);
    const other = misled(/\/drive\/v3\/files\//, (body) => ({ ...body, id: gone }));
    expect(await refusal(link(own), other)).toMatchObject({ code: 'VENDOR_REPLY' });
    for (const id of [`files/${own}`, encodeURIComponent(`${own}/x`), `${own}?alt=media`, '', '..'])
      expect({ id, got: await refusal(link(id)) }).toMatchObject({ id, got: UNRESOLVED });
    expect(await refusal(link(own, '999'))).toMatchObject(UNRESOLVED);
  });

  it('of a suspended account cannot be looked at, so that whose it is stays unknown', async () => {
    await start();
    tenant.simulator.user('dana').suspended = true;
    expect((await resolved(link(fileOf('max', 'of-max.txt')))).protectedBecause).toEqual(['unknown']);
  });
});

const rule = (ruleId: string, accountId = dana()): ActTarget => ({ type: 'mail_rule', ruleId, accountId });

describe('a mail rule', () => {
  it('is in the mailbox of the account, and affects nobody else', async () => {
    await start();
    for (const id of [await seen('google.notices', undefined), 'autoForwarding'])
      expect(summaryOf(await resolved(rule(id, 'Dana@example.com')))).toEqual({
        target: rule(id),
        affects: [dana()],
        reach: 'accounts',
      });
  });

  it('that is gone is the account’s still; one that is written otherwise is none', async () => {
    await start();
    const id = await seen('google.notices', undefined);
    expect(await targetOf(rule('ANe1Bmj000'))).toEqual(rule('ANe1Bmj000'));
    for (const other of [id.toUpperCase(), `filters/${id}`, encodeURIComponent(`${id}/`), 'AutoForwarding', '', '..'])
      expect({ other, got: await refusal(rule(other)) }).toMatchObject({ other, got: UNRESOLVED });
    expect(await refusal(rule(id, '999'))).toMatchObject(UNRESOLVED);
    tenant.simulator.user('dana').suspended = true;
    expect(await targetOf(rule(id))).toEqual(rule(id));
    expect(await refusal(rule('autoforwarding'))).toMatchObject(UNRESOLVED);
  });
});

const address = (text: string): ActTarget => ({ type: 'address', address: text });

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
