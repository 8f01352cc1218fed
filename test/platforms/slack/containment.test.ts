import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import type { ActionKind } from '../../../domain/acts/index.js';
import type { VendorWrite } from '../../../domain/plan.js';
import { createSlackContainment } from '../../../platforms/slack/containment.js';
import type { RecordWrite } from '../../../platforms/ports.js';
import { resolveTarget } from '../../../platforms/resolve.js';
import { resolving } from '../../support/resolving.js';
import { containmentOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const ROWS: readonly RowInput[] = [
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', session: 1700000000001 },
  { type: 'session', at: '-PT2H', user: '@dana', ip: 'ip:office', session: 1700000000002 },
  { type: 'session', at: '-PT2H', user: '@eve', ip: 'ip:office' },
  { type: 'grant', at: '-PT2H', user: '@dana', app: 'app:thief' },
  { type: 'grant', at: '-PT2H', user: '@eve', app: 'app:thief' },
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
  { type: 'channel', at: '-P1D', name: 'general', members: ['@dana', '@eve'] },
  { type: 'file', at: '-PT2H', name: 'secret.zip', owner: '@dana', public: true },
  { type: 'file', at: '-PT2H', name: 'other.zip', owner: '@eve', public: true },
];

/** Each act with its target, its writes in order, and what the tenant shows afterwards. */
const ACTS = [
  {
    kind: 'disable_account',
    target: (): ActTarget => ({ type: 'account', accountId: tenant.id('dana') }),
    writes: ['scim.Users.patch'],
    about: '@dana',
    shows: { active: false, sessions: 0, tokens: 0, channels: 0 },
    audit: 'user_deactivated',
  },
  {
    kind: 'end_sessions',
    target: (): ActTarget => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] }),
    writes: ['admin.users.session.reset'],
    about: '@dana',
    shows: { active: true, sessions: 0, tokens: 1 },
    audit: 'user_session_reset_by_admin',
  },
  {
    kind: 'remove_app',
    target: (): ActTarget => ({ type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') }),
    writes: ['admin.apps.restrict', 'admin.apps.uninstall'],
    about: 'app:thief',
    shows: { installed: false, restricted: true, tokens: 0 },
    audit: 'app_uninstalled',
  },
  {
    kind: 'revoke_share',
    target: (): ActTarget => ({ type: 'link', fileId: fileId('secret.zip'), accountId: tenant.id('dana') }),
    writes: ['files.revokePublicURL'],
    about: 'file:secret.zip',
    shows: { public_url_shared: false },
    audit: 'file_public_link_revoked',
  },
  {
    kind: 'remove_file',
    target: (): ActTarget => ({ type: 'link', fileId: fileId('secret.zip'), accountId: tenant.id('dana') }),
    writes: ['files.delete'],
    about: 'file:secret.zip',
    shows: { deleted: true, public_url_shared: false },
    audit: 'file_deleted',
  },
  {
    kind: 'end_sessions',
    of: 'that the evidence names',
    target: (): ActTarget => ({
      type: 'sessions',
      accountId: tenant.id('dana'),
      sessionIds: [session(0), 'of no such number', session(1), '1'],
    }),
    writes: ['admin.users.session.invalidate', 'admin.users.session.invalidate'],
    about: '@dana',
    shows: { active: true, sessions: 0, tokens: 1 },
    audit: 'user_session_invalidated',
  },
  {
    kind: 'end_sessions',
    of: 'of which the evidence names one',
    target: (): ActTarget => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [session(1)] }),
    writes: ['admin.users.session.invalidate', 'admin.users.session.reset'],
    about: '@dana',
    shows: { active: true, sessions: 0, tokens: 1 },
    audit: 'user_session_reset_by_admin',
  },
] as const satisfies readonly { readonly kind: ActionKind; readonly [key: string]: unknown }[];

const sessions: readonly string[] = ['1700000000001', '1700000000002'];
const session = (n: number): string => sessions[n] ?? '';
const fileId = (name: string): string => tenant.simulator.state.files.find((f) => f.name === name)?.id ?? '';
const context = { since: new Date().toISOString(), idempotencyKey: 'plan-1:1' };
const act = (kind: ActionKind) => resolving(containmentOf(tenant), kind);
const journal = (): readonly VendorWrite[] =>
  tenant.world.journal.map(({ platform, operation, targetId }) => ({ platform, operation, targetId }));

describe.each(ACTS.map((a) => ({ of: '', ...a })))('$kind $of', ({ kind, target, writes, about, shows, audit }) => {
  it('takes effect in the tenant, is read back, and is one effect when asked twice', async () => {
    tenant = await startTenant(ROWS);
    expect((await act(kind).verify(target(), context)).holds).toBe(false);
    const sent = await act(kind).apply(target(), context);
    expect(sent.map((w) => w.operation)).toEqual(writes);
    expect(sent).toEqual(journal());
    expect(tenant.simulator.inspect(about)).toMatchObject(shows);
    expect((await act(kind).verify(target(), context)).holds).toBe(true);
    expect(tenant.simulator.state.audit.map((r) => r.entry.action)).toContain(audit);
    expect(await act(kind).apply(target(), context)).toEqual([]);
    expect(journal()).toEqual(sent);
    expect(tenant.simulator.inspect('@eve')).toMatchObject({ active: true, sessions: 1, publicFiles: 1 });
  });

  it.each([...new Set<string>(writes)])(
    'is one effect and one reported write when the answer to %s is lost',
    async (operation) => {
      tenant = await startTenant(ROWS);
      tenant.fault(operation, 'reply_lost');
      const sent = await act(kind).apply(target(), context);
      expect(sent).toEqual(journal());
      expect(sent.map((w) => w.operation)).toEqual(writes);
    },
  );

  it('announces each write before it is sent, and sends none that is refused', async () => {
    tenant = await startTenant(ROWS);
    const seen: { readonly operation: string; readonly done: number }[] = [];
    const record: RecordWrite = (write, send) => {
      seen.push({ operation: write.operation, done: tenant.world.journal.length });
      return send();
    };
    await act(kind).apply(target(), context, { record });
    expect(seen).toEqual(writes.map((operation, done) => ({ operation, done })));
    await tenant.close();
    tenant = await startTenant(ROWS);
    const refuse: RecordWrite = () => Promise.reject(new Error('stopped'));
    await expect(act(kind).apply(target(), context, { record: refuse })).rejects.toThrow('stopped');
    expect(tenant.world.journal).toEqual([]);
  });

  it.each([
    ['error', { code: 'VENDOR_DOWN', retryable: true }],
    ['throttle', { code: 'VENDOR_BUSY', retryAfterMs: 7000 }],
    ['missing_scope', { code: 'VENDOR_SCOPE', retryable: false }],
  ] as const)('changes nothing when the vendor answers with %s', async (fault, expected) => {
    tenant = await startTenant(ROWS);
    tenant.fault(writes[0], fault, 1, { retryAfterSeconds: 7 });
    await expect(act(kind).apply(target(), context)).rejects.toMatchObject(expected);
    expect(tenant.world.journal).toEqual([]);
  });
});

describe('sessions', () => {
  const dana = (sessionIds: readonly string[]): ActTarget => ({
    type: 'sessions',
    accountId: tenant.id('dana'),
    sessionIds,
  });

  it('are reset when Slack refuses to end the named one alone', async () => {
    tenant = await startTenant(ROWS);
    for (const _ of sessions) tenant.refuse('admin.users.session.invalidate', 'unsupported_session');
    const sent = await act('end_sessions').apply(dana(sessions), context);
    expect(sent.map((w) => w.operation)).toEqual(['admin.users.session.reset']);
    expect(sent).toEqual(journal());
  });

  it('are left as they are when the token may not end them', async () => {
    tenant = await startTenant(ROWS);
    tenant.take('admin.users:write');
    await expect(act('end_sessions').apply(dana(sessions), context)).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    expect(tenant.world.journal).toEqual([]);
  });

  it('that ended meanwhile are no error', async () => {
    tenant = await startTenant(ROWS);
    const record: RecordWrite = (_, send) => {
      tenant.simulator.state.endSessions(tenant.id('dana'));
      return send();
    };
    await act('end_sessions').apply(dana(sessions), context, { record });
    expect((await act('end_sessions').verify(dana(sessions), context)).holds).toBe(true);
  });
});

describe('a code that may hide an effect', () => {
  it.each(['internal_error', 'fatal_error'])('%s: what the tenant shows decides', async (code) => {
    tenant = await startTenant(ROWS);
    const link: ActTarget = { type: 'link', fileId: fileId('secret.zip'), accountId: tenant.id('dana') };
    tenant.refuse('files.delete', code, 'after');
    expect(await act('remove_file').apply(link, context)).toEqual(journal());
    expect(tenant.world.journal).toHaveLength(1);
    tenant.refuse('admin.users.session.reset', code);
    const sessions: ActTarget = { type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] };
    await expect(act('end_sessions').apply(sessions, context)).rejects.toMatchObject({
      code: 'VENDOR_DOWN',
      retryable: true,
    });
    expect(tenant.world.journal).toHaveLength(1);
    expect((await act('end_sessions').apply(sessions, context)).map((w) => w.operation)).toEqual([
      'admin.users.session.reset',
    ]);
  });
});

describe('a file', () => {
  const link = (name: string) => ({ type: 'link', fileId: fileId(name), accountId: tenant.id('dana') }) as const;

  it('that may not be deleted stays, and the code says so', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'file', at: '-PT1H', name: 'theirs.zip', owner: '@olga', public: true, deletable: false },
    ]);
    await expect(act('remove_file').apply(link('theirs.zip'), context)).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
      detail: 'files.delete: cant_delete_file',
    });
    expect(tenant.simulator.inspect('file:theirs.zip')).toMatchObject({ deleted: false });
  });

  it('that nobody can see is not called deleted', async () => {
    tenant = await startTenant(ROWS);
    const port = containmentOf(tenant);
    const resolved = await resolveTarget(port, link('secret.zip'));
    tenant.simulator.state.files.length = 0;
    await expect(port.acts.remove_file?.capture(resolved)).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
  });

  it('that is deleted has no link, is in no list, and is captured as it is', async () => {
    tenant = await startTenant(ROWS);
    await act('remove_file').apply(link('secret.zip'), context);
    expect((await act('revoke_share').verify(link('secret.zip'), context)).holds).toBe(true);
    expect(await act('remove_file').capture(link('secret.zip'))).toEqual({ file: 'deleted' });
    const { events } = await readAll(tenant, 'slack.files', tenant.query('dana'));
    expect(events).toEqual([]);
  });
});

describe('every act', () => {
  it('says how it is recognised as done, and what proves it', async () => {
    tenant = await startTenant(ROWS);
    for (const { kind, recognised, proof, reversible, revert } of Object.values(containmentOf(tenant).acts)) {
      expect([kind, recognised, proof]).toEqual([
        kind,
        expect.stringMatching(/\w.*\.$/),
        expect.stringMatching(/\w.*\.$/),
      ]);
      expect([kind, reversible]).toEqual([kind, revert !== undefined]);
    }
  });
});

describe('what undoes it', () => {
  it.each(ACTS.filter((a) => a.kind !== 'end_sessions' && a.kind !== 'remove_file'))(
    '$kind goes back to what was there',
    async ({ kind, target, about }) => {
      tenant = await startTenant(ROWS);
      const before = await act(kind).capture(target());
      await act(kind).apply(target(), context);
      const done = journal().length;
      const undone = await act(kind).revert(target(), before);
      expect(undone).toHaveLength(1);
      expect(journal().slice(done)).toEqual(undone);
      expect((await act(kind).verify(target(), context)).holds).toBe(false);
      expect(await act(kind).revert(target(), before)).toEqual([]);
      if (kind === 'disable_account') expect(tenant.simulator.inspect(about)).toMatchObject({ active: true });
      if (kind === 'remove_app')
        expect(tenant.simulator.inspect(about)).toMatchObject({ restricted: false, installed: false });
      if (kind === 'revoke_share') expect(tenant.simulator.inspect(about)).toMatchObject({ public_url_shared: true });
    },
  );

  it('approves an app again that was approved, and leaves alone what held before', async () => {
    tenant = await startTenant(ROWS);
    const app = tenant.simulator.state.apps.find((a) => a.key === 'thief');
    if (app) app.resolution = 'approved';
    const target: ActTarget = { type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') };
    const before = await act('remove_app').capture(target);
    expect(before).toEqual({ installed: true, restricted: false, approved: true });
    await act('remove_app').apply(target, context);
    expect((await act('remove_app').revert(target, before)).map((w) => w.operation)).toEqual(['admin.apps.approve']);
    expect(
      await act('disable_account').revert({ type: 'account', accountId: tenant.id('dana') }, { active: false }),
    ).toEqual([]);
  });

  it('bars an app that is not installed any more, without removing it again', async () => {
    tenant = await startTenant([
      ...ROWS,
      { type: 'integration', at: '-PT1H', user: '@dana', app: 'app:thief', change: 'removed' },
    ]);
    const target: ActTarget = { type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') };
    const sent = await act('remove_app').apply(target, context);
    expect(sent.map((w) => w.operation)).toEqual(['admin.apps.restrict']);
  });
});

describe('SCIM', () => {
  const dana = () => ({ type: 'account', accountId: tenant.id('dana') }) as const;

  it('holds only once a read shows it, and a second write meanwhile is asked to wait', async () => {
    let now = Date.now();
    tenant = await startTenant(ROWS, { scimDelayMs: 300, now: () => new Date(now) });
    const sent = await act('disable_account').apply(dana(), context);
    expect(sent).toHaveLength(1);
    expect((await act('disable_account').verify(dana(), context)).holds).toBe(false);
    await expect(act('disable_account').apply(dana(), context)).rejects.toMatchObject({
      code: 'VENDOR_BUSY',
      retryAfterMs: 1000,
    });
    now += 301;
    expect((await act('disable_account').verify(dana(), context)).holds).toBe(true);
    expect(await act('disable_account').apply(dana(), context)).toEqual([]);
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('finds a delayed effect whose answer was lost', async () => {
    tenant = await startTenant(ROWS, { scimDelayMs: 300 });
    tenant.fault('scim.Users.patch', 'reply_lost');
    expect(await act('disable_account').apply(dana(), context)).toEqual(journal());
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('falls back to version 1 where there is no version 2', async () => {
    tenant = await startTenant(ROWS, { scimV2: false });
    expect(await act('disable_account').apply(dana(), context)).toHaveLength(1);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ active: false });
    expect((await act('disable_account').verify(dana(), context)).holds).toBe(true);
  });

  it('uses a token of its own for SCIM where there is one', async () => {
    tenant = await startTenant(ROWS);
    const { evidenceAdmin, containmentAdmin } = tenant.own.tokens;
    const port = createSlackContainment(tenant.settings({ admin: evidenceAdmin, scim: containmentAdmin }));
    expect(await resolving(port, 'disable_account').apply(dana(), context)).toHaveLength(1);
  });

  it('says by code what Slack refuses', async () => {
    tenant = await startTenant(ROWS);
    const port = containmentOf(tenant);
    const service = { type: 'account', accountId: tenant.simulator.state.service.id } as const;
    await expect(act('disable_account').apply(service, context)).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
      detail: 'scim.Users.patch: cannot_disable_primary_owner',
    });
    const resolved = await resolveTarget(port, dana());
    tenant.take('admin');
    await expect(port.acts.disable_account?.apply(resolved, context)).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    expect(tenant.world.journal).toEqual([]);
  });

  it('that answers about another account is not believed', async () => {
    tenant = await startTenant(ROWS);
    const port = containmentOf(tenant);
    const resolved = await resolveTarget(port, dana());
    tenant.alter('scim.Users.get', (answer) => answer.replaceAll(tenant.id('dana'), tenant.id('eve')));
    await expect(port.acts.disable_account?.capture(resolved)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });
});

describe('what a plan has', () => {
  it.each([
    ['pro', ['remove_file', 'revoke_share'], ['disable_account', 'end_sessions', 'remove_app']],
    ['business', ['disable_account', 'remove_file', 'revoke_share'], ['end_sessions', 'remove_app']],
    ['enterprise', ['disable_account', 'end_sessions', 'remove_app', 'remove_file', 'revoke_share'], []],
  ] as const)('%s', async (plan, can, cannot) => {
    tenant = await startTenant(ROWS, { plan });
    const port = containmentOf(tenant);
    expect(Object.keys(port.acts).sort()).toEqual([...can]);
    const declared = port.limitations.map((l) => l.what);
    for (const what of [
      ...cannot,
      'reset_credentials',
      'block_ip',
      'quarantine_device',
      'revoke_tokens',
      'remove_mail_rule',
      'remove_auth_method',
      'hold_data',
    ])
      expect(declared).toContain(what);
    for (const what of can) expect(declared).not.toContain(what);
  });

  it('works below Enterprise with the same calls less the workspace id', async () => {
    tenant = await startTenant(ROWS, { plan: 'business' });
    const target: ActTarget = { type: 'account', accountId: tenant.id('dana') };
    expect(await act('disable_account').apply(target, context)).toHaveLength(1);
  });
});
