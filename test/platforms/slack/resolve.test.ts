import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import { resolveTarget } from '../../../platforms/resolve.js';
import { createSlackContainment } from '../../../platforms/slack/containment.js';
import { containmentOf, startTenant, tokensOf, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(async () => {
  expect(tenant.world.journal).toEqual([]);
  await tenant.close();
});

const ROWS: readonly RowInput[] = [
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', session: 1700000000001 },
  { type: 'integration', at: '-PT3H', user: '@gus', app: 'app:thief', change: 'added' },
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'expanded' },
  { type: 'integration', at: '-PT1H', user: '@eve', app: 'app:thief', change: 'updated' },
  { type: 'file', at: '-PT2H', name: 'own.zip', owner: '@dana', public: true },
  { type: 'file', at: '-PT2H', name: 'theirs.zip', owner: '@ada', public: true },
];

const resolve = (target: ActTarget, signal?: AbortSignal) =>
  resolveTarget(containmentOf(tenant), target, signal ? { signal } : {});
const file = (name: string): string => tenant.simulator.state.files.find((f) => f.name === name)?.id ?? '';
const account = (accountId: string): ActTarget => ({ type: 'account', accountId });
const member = (key: string) => {
  const found = tenant.simulator.state.members.find((m) => m.key === key);
  if (!found) throw new Error(`no ${key}`);
  return found;
};
const who = (key: string, change: object = {}): object => ({
  accountId: tenant.id(key),
  kind: 'person',
  homeTenant: tenant.own.enterpriseId,
  department: undefined,
  protectedBecause: [],
  ...change,
});
const dana = (): object => who('dana', { department: 'Finance' });
const UNRESOLVED = { code: 'UNRESOLVED', retryable: false };

/** One target of each type that Slack has, each with the id that names the thing. */
const TARGETS = {
  account: { of: (accountId: string): ActTarget => ({ type: 'account', accountId }), id: () => tenant.id('dana') },
  sessions: {
    of: (accountId: string): ActTarget => ({ type: 'sessions', accountId, sessionIds: ['1700000000001'] }),
    id: () => tenant.id('dana'),
  },
  'app of an account': {
    of: (accountId: string): ActTarget => ({ type: 'app', appId: tenant.world.appId('thief'), accountId }),
    id: () => tenant.id('dana'),
  },
  app: {
    of: (appId: string): ActTarget => ({ type: 'app', appId, accountId: tenant.id('dana') }),
    id: () => tenant.world.appId('thief'),
  },
  'link of an account': {
    of: (accountId: string): ActTarget => ({ type: 'link', fileId: file('own.zip'), accountId }),
    id: () => tenant.id('dana'),
  },
  link: {
    of: (fileId: string): ActTarget => ({ type: 'link', fileId, accountId: tenant.id('dana') }),
    id: () => file('own.zip'),
  },
} as const;

/** Ways to write an id that are not Slack's. */
const SPELLINGS: Readonly<Record<string, (id: string) => string>> = {
  'in small letters': (id) => id.toLowerCase(),
  'percent-encoded': (id) => Array.from(id, (c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
  'with a path before it': (id) => `users/${id}`,
  'with a step up the path': (id) => `${id}/../${id}`,
  'with space around it': (id) => ` ${id}`,
  'with a line behind it': (id) => `${id}\n`,
  'as a mention': (id) => `<@${id}>`,
  'as a name': () => 'dana',
  'with a look-alike': (id) => id.replace(/./, (c) => ({ U: 'Ｕ', A: 'А', F: 'Ｆ' })[c] ?? '?'),
  'of nothing': () => '',
};

describe.each(Object.entries(TARGETS))('%s', (_, { of, id }) => {
  it('has the id as Slack has it, and all that it affects', async () => {
    tenant = await startTenant(ROWS);
    const resolved = await resolve(of(id()));
    expect(resolved).toMatchObject(of(id()));
    expect(resolved.affects).toContainEqual(dana());
    expect(resolved.at).toEqual({ platform: 'slack', tenant: 'main' });
  });

  it.each(Object.entries(SPELLINGS))(
    '%s is nothing, and Slack is not asked what it makes of it',
    async (_name, spell) => {
      tenant = await startTenant(ROWS);
      tenant.world.calls = [];
      await expect(resolve(of(spell(id())))).rejects.toMatchObject(UNRESOLVED);
      expect(tenant.world.calls).toEqual([]);
    },
  );

  it('is nothing when it is the id of another kind of thing, or of nothing', async () => {
    tenant = await startTenant(ROWS);
    const others = [tenant.own.teamIds[0], tenant.own.enterpriseId, 'A0000000000', 'F0000000000', 'U0000000000'];
    for (const other of others) await expect(resolve(of(other))).rejects.toMatchObject(UNRESOLVED);
  });

  it('is not taken from an answer about another', async () => {
    tenant = await startTenant(ROWS);
    const [asked, other] = [id(), `${id().slice(0, -1)}${id().endsWith('7') ? '8' : '7'}`];
    for (const operation of ['users.info', 'files.info', 'team.integrationLogs'])
      tenant.alter(operation, (answer) => answer.replaceAll(`"${asked}"`, `"${other}"`));
    await expect(resolve(of(asked))).rejects.toMatchObject({ code: 'VENDOR_REPLY', retryable: true });
  });

  it.each(['users.info', 'auth.test', 'scim.Users.get'])(
    'is protected while its account may not be read by %s, and asked for again when that may pass',
    async (operation) => {
      tenant = await startTenant(ROWS);
      tenant.fault(operation, 'missing_scope');
      await expect(resolve(of(id()))).rejects.toMatchObject({ code: 'PROTECTED', detail: 'unknown: VENDOR_SCOPE' });
      tenant.fault(operation, 'error');
      await expect(resolve(of(id()))).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
      tenant.fault(operation, 'throttle');
      await expect(resolve(of(id()))).rejects.toMatchObject({ code: 'VENDOR_BUSY', retryable: true });
      await expect(resolve(of(id()), AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
      expect((await resolve(of(id()))).affects).toContainEqual(dana());
    },
  );
});

describe('an account', () => {
  it('is a person, a guest or an app, of our organisation or of another', async () => {
    tenant = await startTenant(ROWS);
    const { state } = tenant.simulator;
    const stranger = { ...member('eve'), id: 'U0STRANGER1', key: 'sam', homeTeam: 'T0ELSEWHERE' };
    state.members.push(stranger);
    expect((await resolve(account(tenant.id('gus')))).affects).toEqual([who('gus', { kind: 'guest' })]);
    expect((await resolve(account(state.bot.id))).affects).toMatchObject([
      { kind: 'app', homeTenant: tenant.own.enterpriseId },
    ]);
    expect((await resolve(account(stranger.id))).affects).toMatchObject([
      { accountId: stranger.id, homeTenant: 'T0ELSEWHERE', department: undefined },
    ]);
  });

  it.each(['dana@example.com', 'DANA@Example.com'])('is found by its address %s', async (mail) => {
    tenant = await startTenant(ROWS);
    expect(await resolve(account(mail))).toMatchObject({ ...account(tenant.id('dana')), affects: [dana()] });
    const sessions = await resolve({ type: 'sessions', accountId: mail, sessionIds: [] });
    expect(sessions).toMatchObject({ accountId: tenant.id('dana'), affects: [dana()] });
  });

  it.each([
    'dana@example.org',
    'dana@example.com ',
    'dana%40example.com',
    'dаna@example.com',
    '@',
    'dana@a@example.com',
  ])('is not found by %j', async (mail) => {
    tenant = await startTenant(ROWS);
    await expect(resolve(account(mail))).rejects.toMatchObject(UNRESOLVED);
  });

  it('is not taken from an answer about another address', async () => {
    tenant = await startTenant(ROWS);
    tenant.alter('users.lookupByEmail', (answer) => answer.replace('dana@example.com', 'eve@example.com'));
    await expect(resolve(account('dana@example.com'))).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('of which Slack does not say where it belongs is protected', async () => {
    tenant = await startTenant(ROWS, { plan: 'business' });
    tenant.alter('users.info', (answer) => answer.replace(/"team_id":"\w+",/, ''));
    const { affects } = await resolve(account(tenant.id('dana')));
    expect(affects).toMatchObject([{ homeTenant: 'unknown', protectedBecause: ['unknown'] }]);
  });

  it.each([
    ['business', 'Finance'],
    ['pro', undefined],
  ] as const)('on %s belongs to the workspace', async (plan, department) => {
    tenant = await startTenant(ROWS, { plan });
    const { affects } = await resolve(account(tenant.id('dana')));
    expect(affects).toMatchObject([{ homeTenant: tenant.own.teamIds[0], department }]);
  });

  it('has its department by SCIM 1.1 too', async () => {
    tenant = await startTenant(ROWS, { scimV2: false });
    expect((await resolve(account(tenant.id('dana')))).affects).toEqual([dana()]);
  });

  it('that is deactivated is still the same one', async () => {
    tenant = await startTenant(ROWS);
    member('dana').active = false;
    expect((await resolve(account(tenant.id('dana')))).affects).toEqual([dana()]);
  });

  it('is protected by roles, as the last owner, and as our own', async () => {
    tenant = await startTenant(ROWS);
    const { state } = tenant.simulator;
    const because = async (id: string) => (await resolve(account(id))).affects.map((a) => a.protectedBecause);
    expect(await because(tenant.id('olga'))).toEqual([['admin_role']]);
    expect(await because(state.service.id)).toEqual([['own_app', 'admin_role']]);
    expect(await because(state.bot.id)).toEqual([['own_app']]);
    // The bot of another's app is stopped with its app.
    const bot = state.members.find((m) => m.appId === tenant.world.appId('thief'));
    expect(await because(bot?.id ?? '')).toEqual([['unknown']]);
    for (const m of state.members) if (m.admin && m.key !== 'olga') m.active = false;
    expect(await because(tenant.id('olga'))).toEqual([['admin_role', 'last_admin']]);
  });
});

describe('an app', () => {
  const thief = (): ActTarget => ({ type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') });

  it('affects the whole organisation, and names who gave it access', async () => {
    tenant = await startTenant(ROWS, { pageSize: 1 });
    const { reach, affects, protectedBecause } = await resolve(thief());
    expect({ reach, protectedBecause }).toEqual({ reach: 'organisation', protectedBecause: [] });
    expect(affects).toEqual([dana(), who('gus', { kind: 'guest' })]);
  });

  it('that was removed affects whom it belonged to', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'integration', at: '-PT1M', user: '@ada', app: 'app:thief', change: 'removed' },
    ]);
    expect((await resolve(thief())).affects).toEqual([dana(), who('gus', { kind: 'guest' })]);
  });

  it('affects nobody whom Slack does not know any more', async () => {
    tenant = await startTenant(ROWS);
    const { members } = tenant.simulator.state;
    members.splice(members.indexOf(member('gus')), 1);
    expect((await resolve(thief())).affects).toEqual([dana()]);
  });

  it('carries the protection of everybody whom it affects', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'integration', at: '-PT1H', user: '@ada', app: 'app:thief', change: 'enabled' },
    ]);
    expect((await resolve(thief())).affects).toContainEqual(who('ada', { protectedBecause: ['admin_role'] }));
    tenant.fault('users.info', 'missing_scope', 1, { skip: 1 });
    await expect(resolve(thief())).rejects.toMatchObject({ code: 'PROTECTED', detail: 'unknown: VENDOR_SCOPE' });
  });

  it('of our own is protected, and every one is while none is named as ours', async () => {
    tenant = await startTenant(ROWS);
    const own: ActTarget = { type: 'app', appId: tenant.own.appId, accountId: tenant.id('dana') };
    expect((await resolve(own)).protectedBecause).toEqual(['own_app']);
    const unnamed = createSlackContainment(tenant.settings(tokensOf(tenant).containment));
    expect((await resolveTarget(unnamed, thief())).protectedBecause).toEqual(['unknown']);
  });

  it('that more people use than can be read is protected', async () => {
    tenant = await startTenant(ROWS);
    const { members, integrations } = tenant.simulator.state;
    const [log] = integrations.filter((l) => l.app === tenant.world.appId('thief'));
    if (!log) throw new Error('no log');
    for (let n = 0; n < 99; n++) {
      const id = `U0USER${String(n)}`;
      members.push({ ...member('eve'), id });
      integrations.push({ ...log, user: id });
    }
    expect(await resolve(thief())).toMatchObject({ protectedBecause: [], affects: { length: 101 } });
    integrations.push({ ...log, user: tenant.id('eve') });
    expect((await resolve(thief())).protectedBecause).toEqual(['unknown']);
  });
});

describe('a file', () => {
  const link = (name: string): ActTarget => ({ type: 'link', fileId: file(name), accountId: tenant.id('dana') });

  it('affects who shared it, and whose it is', async () => {
    tenant = await startTenant(ROWS);
    expect((await resolve(link('own.zip'))).affects).toEqual([dana()]);
    expect(await resolve(link('theirs.zip'))).toMatchObject({
      ...link('theirs.zip'),
      reach: 'accounts',
      affects: [dana(), who('ada', { protectedBecause: ['admin_role'] })],
    });
  });

  it('that is deleted affects who shared it', async () => {
    tenant = await startTenant(ROWS);
    const deleted = link('theirs.zip');
    for (const f of tenant.simulator.state.files) f.deleted = true;
    expect(await resolve(deleted)).toMatchObject({ ...deleted, affects: [dana()] });
  });

  it('whose owner is not to be seen is nothing to act on', async () => {
    tenant = await startTenant(ROWS);
    const theirs = link('theirs.zip');
    const { members } = tenant.simulator.state;
    members.splice(members.indexOf(member('ada')), 1);
    await expect(resolve(theirs)).rejects.toMatchObject(UNRESOLVED);
    tenant.alter('files.info', (answer) => answer.replace(/"user":"\w+"/, '"user":null'));
    await expect(resolve(theirs)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });
});

describe('what Slack does not have', () => {
  it.each<ActTarget>([
    { type: 'grant', appId: 'A0000000001', accountId: 'U0000000001' },
    { type: 'address', address: '203.0.113.66' },
    { type: 'device', deviceId: 'd-1', sessionIds: [] },
    { type: 'mail_rule', ruleId: 'r-1', accountId: 'U0000000001' },
    { type: 'auth_method', methodId: 'm-1', accountId: 'U0000000001' },
    { type: 'delegate', delegateId: 'x-1', accountId: 'U0000000001' },
  ])('is not looked for: $type', async (target) => {
    tenant = await startTenant(ROWS);
    await expect(resolve(target)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
