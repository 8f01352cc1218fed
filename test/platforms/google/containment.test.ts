import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import { ACTS, type ActionKind } from '../../../domain/acts/index.js';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import { GOOGLE_ORDER } from '../../../platforms/google/stopping-order.js';
import type { RecordWrite } from '../../../platforms/ports.js';
import { actOf, type Acting } from './acting.js';
import { containmentOf, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const ROWS: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['https://mail.google.com/'] },
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:notes', scopes: ['openid'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:thief', scopes: ['openid'] },
  { type: 'app_password', at: '-PT1H', user: '@dana', name: 'imap' },
  { type: 'app_password', at: '-PT1H', user: '@max', name: 'printer' },
  { type: 'backup_codes', at: '-PT1H', user: '@dana' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'passwords.txt', shared: 'anyone' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'inside.txt', shared: 'domain' },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', action: 'forward_all' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'delegates', address: '@ada' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'sendAs', address: 'boss@example.org' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@max', list: 'delegates', address: '@ada' },
  { type: 'device', at: '-PT1H', user: '@dana', name: 'phone' },
  { type: 'device', at: '-PT1H', user: '@dana', name: 'old phone', state: 'WIPED' },
  { type: 'device', at: '-PT1H', user: '@max', name: 'phone of max' },
];

const KINDS = [
  'hold_data',
  'revoke_share',
  'remove_file',
  'remove_mail_rule',
  'remove_delegate',
  'revoke_tokens',
  'remove_app',
  'reset_credentials',
  'remove_auth_method',
  'end_sessions',
  'block_devices',
  'disable_account',
] as const satisfies readonly ActionKind[];
type Kind = (typeof KINDS)[number];

/** A write of each act whose answer is lost or refused in the tests below, and how many writes the act makes. */
const WRITES: Readonly<Record<Kind, readonly [operation: string, writes: number]>> = {
  hold_data: ['vault.matters.create', 4],
  remove_file: ['drive.files.update', 1],
  block_devices: ['cloudidentity.devices.deviceUsers.block', 1],
  revoke_share: ['drive.permissions.delete', 1],
  remove_mail_rule: ['gmail.users.settings.filters.delete', 1],
  revoke_tokens: ['directory.tokens.delete', 4],
  remove_app: ['directory.tokens.delete', 1],
  remove_delegate: ['gmail.users.settings.delegates.delete', 1],
  reset_credentials: ['directory.users.update password', 1],
  remove_auth_method: ['directory.asps.delete', 1],
  end_sessions: ['directory.users.signOut', 1],
  disable_account: ['directory.users.update suspended', 1],
};

/** Targets as the plan makes them: from evidence alone. */
async function targets(): Promise<Readonly<Record<Kind, ActTarget>>> {
  const evidence = evidenceOf(tenant);
  const idOf = async (source: string, fits: (name: string | undefined, id: string) => boolean): Promise<string> =>
    (await readAll(evidence, source, tenant.query('dana'))).events.find(
      (e) => ['share', 'mail_rule', 'mail_access'].includes(e.kind) && fits(e.target?.name, e.target?.id ?? ''),
    )?.target?.id ?? '';
  const accountId = tenant.id('dana');
  const account: ActTarget = { type: 'account', accountId };
  const link: ActTarget = {
    type: 'link',
    fileId: await idOf('google.drive', (name) => name === 'passwords.txt'),
    accountId,
  };
  return {
    hold_data: account,
    block_devices: account,
    revoke_share: link,
    remove_file: link,
    remove_mail_rule: {
      type: 'mail_rule',
      ruleId: await idOf('google.notices', (_, id) => id.startsWith('ANe1Bmj')),
      accountId,
    },
    revoke_tokens: account,
    remove_app: { type: 'app', appId: tenant.world.appId('thief'), accountId },
    remove_delegate: {
      type: 'delegate',
      delegateId: await idOf('google.notices', (_, id) => id.startsWith('delegates/')),
      accountId,
    },
    reset_credentials: account,
    remove_auth_method: { type: 'auth_method', methodId: 'asp:1', accountId },
    end_sessions: { type: 'sessions', accountId, sessionIds: [] },
    disable_account: account,
  };
}

const act = (kind: ActionKind): Acting => actOf(containmentOf(tenant), kind);
const context = () => ({ since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' });
const written = () =>
  tenant.world.journal.map(({ platform, operation, targetId }) => ({ platform, operation, targetId }));

describe.each(KINDS)('%s', (kind) => {
  it('takes effect once, holds on reading back, and is done when asked again', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const step = context();
    expect((await act(kind).verify(target, step)).holds).toBe(false);
    const writes = await act(kind).apply(target, step);
    expect(writes).toEqual(written());
    expect(writes).toHaveLength(WRITES[kind][1]);
    expect((await act(kind).verify(target, step)).holds).toBe(true);
    expect(await act(kind).apply(target, step)).toEqual([]);
    expect(written()).toHaveLength(WRITES[kind][1]);
  });

  it('is one effect and one reported write when the answer is lost', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const step = context();
    tenant.fault(WRITES[kind][0], 'reply_lost');
    const writes = await act(kind).apply(target, step);
    expect(writes).toEqual(written());
    expect(writes).toHaveLength(WRITES[kind][1]);
    expect((await act(kind).verify(target, step)).holds).toBe(true);
  });

  it('announces every write before it is sent, and sends none that is refused', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const announced: VendorWrite[] = [];
    const record: RecordWrite = async (write, send) => {
      expect(written()).toHaveLength(announced.length);
      announced.push(write);
      return send();
    };
    const refuse: RecordWrite = () => Promise.reject(new QuellError('BUDGET'));
    await expect(act(kind).apply(target, context(), { record: refuse })).rejects.toMatchObject({ code: 'BUDGET' });
    expect(written()).toEqual([]);
    await act(kind).apply(target, context(), { record });
    expect(announced).toEqual(written());
  });

  it('fails by code and changes nothing when the vendor is down or a scope is missing', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const [operation] = WRITES[kind];
    tenant.fault(operation, 'error');
    await expect(act(kind).apply(target, context())).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
    tenant.fault(operation, 'missing_scope');
    await expect(act(kind).apply(target, context())).rejects.toMatchObject({ code: 'VENDOR_SCOPE', retryable: false });
    expect(written()).toEqual([]);
  });

  it('puts back what it captured, once', async () => {
    tenant = await startTenant(ROWS);
    const target = (await targets())[kind];
    const step = act(kind);
    expect(step.reversible).toBe(step.undoes);
    if (!step.undoes) return;
    const facts = tenant.simulator.inspect('@dana');
    const before = await step.capture(target);
    const applied = await step.apply(target, context());
    expect(tenant.simulator.inspect('@dana')).not.toEqual(facts);
    expect(await step.revert(target, before)).toEqual(written().slice(applied.length));
    expect(tenant.simulator.inspect('@dana')).toEqual(facts);
    expect(await step.revert(target, before)).toEqual([]);
  });
});

describe('effects in the tenant', () => {
  it('shows each act in the facts of the tenant, in the safe order, and leaves others alone', async () => {
    tenant = await startTenant(ROWS);
    expect(tenant.simulator.inspect('@dana')).toEqual({
      suspended: false,
      sessionsRevoked: false,
      passwordChanged: false,
      tokens: 2,
      appPasswords: 1,
      backupCodes: 10,
      filters: 1,
      delegates: 1,
      sendAs: 1,
      forwardingAddresses: 1,
      forwards: true,
      externalShares: 2,
      trashedFiles: 0,
      holds: 0,
      blockedDevices: 0,
    });
    const [all, others] = [await targets(), tenant.simulator.inspect('@max')];
    const order = GOOGLE_ORDER.flatMap((phase) => KINDS.filter((kind) => ACTS[kind].phase === phase));
    expect(order).toHaveLength(KINDS.length);
    expect(order.at(-1)).toBe('disable_account');
    for (const kind of order) await act(kind).apply(all[kind], context());
    expect(tenant.simulator.inspect('@dana')).toEqual({
      suspended: true,
      sessionsRevoked: true,
      passwordChanged: true,
      tokens: 0,
      appPasswords: 0,
      backupCodes: 0,
      filters: 0,
      delegates: 0,
      sendAs: 1,
      forwardingAddresses: 1,
      forwards: true,
      externalShares: 1,
      trashedFiles: 1,
      holds: 3,
      blockedDevices: 1,
    });
    expect(tenant.simulator.inspect('@max')).toEqual(others);
    expect(tenant.simulator.inspect('app:thief')).toEqual({ grants: 1 });
  });

  it('takes from the person only the app that is named', async () => {
    tenant = await startTenant(ROWS);
    const target: ActTarget = { type: 'grant', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') };
    await act('revoke_tokens').apply(target, context());
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ tokens: 1, appPasswords: 1, backupCodes: 10 });
  });

  it('sends a password that it does not know, and keeps none in errors', async () => {
    tenant = await startTenant(ROWS);
    const target: ActTarget = { type: 'account', accountId: tenant.id('dana') };
    await act('reset_credentials').apply(target, context());
    const first = tenant.simulator.user('dana').password;
    expect(first).toMatch(/^[0-9a-f]{40}$/);
    expect(tenant.simulator.user('dana').changePasswordAtNextLogin).toBe(true);
    tenant.fault('directory.users.update password', 'error');
    const failure: unknown = await act('reset_credentials')
      .apply(target, { ...context(), since: new Date(Date.now() + 5000).toISOString() })
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(QuellError);
    expect((failure as QuellError).cause).toBeUndefined();
  });

  it.each([
    ['reset_credentials', 'CHANGE_PASSWORD', 'passwordChanged'],
    ['end_sessions', 'RESET_SIGNIN_COOKIES', 'sessionsRevoked'],
  ] as const)('takes nobody else’s act for its own: %s', async (kind, event, fact) => {
    tenant = await startTenant([
      { type: 'admin', at: '-PT5M', user: '@ada', event, eventType: 'USER_SETTINGS', about: '@dana' },
    ]);
    const target = (await targets())[kind];
    const step = { ...context(), since: new Date(tenant.world.startedAt.getTime() - 600_000).toISOString() };
    expect((await act(kind).verify(target, step)).holds).toBe(false);
    expect(await act(kind).apply(target, step)).toHaveLength(1);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ [fact]: true });
  });

  it('finds a public link on a later page of the permissions', async () => {
    tenant = await startTenant(ROWS, { pageSize: 1 });
    const target = (await targets()).revoke_share;
    expect(await act('revoke_share').capture(target)).toEqual({ externalPermissions: 1 });
    await act('revoke_share').apply(target, context());
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ externalShares: 1 });
  });

  it('switches forwarding off and on again', async () => {
    tenant = await startTenant(ROWS);
    const target: ActTarget = { type: 'mail_rule', ruleId: 'autoForwarding', accountId: tenant.id('dana') };
    const before = await act('remove_mail_rule').capture(target);
    expect(JSON.stringify(before)).not.toContain('@');
    expect(await act('remove_mail_rule').apply(target, context())).toEqual(written());
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ forwards: false, filters: 1 });
    expect((await act('remove_mail_rule').verify(target, context())).holds).toBe(true);
    await act('remove_mail_rule').revert(target, before);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ forwards: true });
  });

  it('keeps no foreign address of a filter, and then says that it cannot put it back', async () => {
    tenant = await startTenant([{ type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['x'], action: 'forward' }]);
    const target = (await targets()).remove_mail_rule;
    const before = await act('remove_mail_rule').capture(target);
    expect(before).toEqual({ present: true });
    await act('remove_mail_rule').apply(target, context());
    await expect(act('remove_mail_rule').revert(target, before)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('says by code that shares and rules of a suspended account cannot be changed', async () => {
    tenant = await startTenant(ROWS);
    const all = await targets();
    await act('disable_account').apply(all.disable_account, context());
    for (const kind of ['revoke_share', 'remove_mail_rule'] as const)
      await expect(act(kind).apply(all[kind], context())).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
  });

  it('comes back in the admin log as a change of the account, never as a finding about the person', async () => {
    tenant = await startTenant();
    await act('reset_credentials').apply({ type: 'account', accountId: tenant.id('dana') }, context());
    const { events } = await readAll(evidenceOf(tenant), 'google.admin', tenant.query('dana'));
    expect(events).toMatchObject([{ operation: 'CHANGE_PASSWORD', kind: 'account_change' }]);
  });
});

it('judges what else is done as the administrator that Quell acts as, like anybody’s', async () => {
  tenant = await startTenant();
  const mail = tenant.settings('evidence').adminSubject;
  const nativeId = (await evidenceOf(tenant).directory.lookup({ email: mail }))?.nativeId ?? '';
  await tenant.close();
  tenant = await startTenant([
    { type: 'admin', at: '-PT1H', user: nativeId, event: 'GRANT_ADMIN_PRIVILEGE', about: '@dana' },
  ]);
  const { events } = await readAll(evidenceOf(tenant), 'google.admin', {
    ...tenant.query('dana'),
    nativeId,
    emails: [mail],
  });
  expect(events).toMatchObject([{ operation: 'GRANT_ADMIN_PRIVILEGE', kind: 'role_change', actor: nativeId }]);
});
