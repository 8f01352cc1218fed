import { afterEach, describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { weakensInAdmin, weakensInVault } from '../../../platforms/google/controls.js';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const read = async (source: string, key = 'dana', extra = {}): Promise<readonly EvidenceEvent[]> => {
  const { events } = await readAll(evidenceOf(tenant), `google.${source}`, tenant.query(key, extra));
  return [...new Map(events.map((e) => [e.id, e])).values()].sort((a, b) => a.at.localeCompare(b.at));
};
const login = (at: string, extra: object = {}): RowInput => ({
  ...{ type: 'login', at, user: '@dana', ip: 'ip:office' },
  ...extra,
});
const drive = (event: string, at: string, extra: object = {}): RowInput => ({
  ...{ type: 'drive', at, user: '@dana', event, file: 'plan', ip: 'ip:office' },
  ...extra,
});
const admin = (event: string, at: string, parameters: Readonly<Record<string, string>> = {}, extra = {}): RowInput => ({
  ...{ type: 'admin', at, user: '@ada', event, parameters, ip: 'ip:office' },
  ...extra,
});

describe('a sign-in', () => {
  it('says how strongly it was authenticated, where Google knows it', async () => {
    tenant = await startTenant([
      login('-PT9H', { auth: 'password' }),
      login('-PT8H', { auth: 'mfa' }),
      login('-PT7H', { auth: 'phishing_resistant' }),
      login('-PT6H', { auth: 'token' }),
      login('-PT5H', { auth: 'sso' }),
      login('-PT4H', { challenge: ['password', 'security_key'] }),
      login('-PT3H', { challenge: ['password', 'a_factor_of_tomorrow'] }),
      login('-PT2H', { challenge: ['password', 'captcha'] }),
    ]);
    expect((await read('login')).map((e) => [e.authentication, e.labels])).toEqual([
      ['password', undefined],
      ['mfa', undefined],
      ['phishing_resistant', undefined],
      ['token', undefined],
      [undefined, ['sso']],
      ['phishing_resistant', undefined],
      ['mfa', undefined],
      ['password', undefined],
    ]);
  });

  it('that was challenged and did not pass is an attempt with its reason; one that passed is not told twice', async () => {
    tenant = await startTenant([
      login('-PT3H', { event: 'login_challenge', challenge: ['idv_any_phone'], status: 'Challenge Failed.' }),
      login('-PT2H', { event: 'login_verification', challenge: ['google_prompt'], status: 'passed' }),
      login('-PT1H', { event: 'login_failure', suspicious: true }),
    ]);
    expect((await read('login')).map((e) => [e.kind, e.outcome, e.reasons])).toEqual([
      ['sign_in_failed', 'failure', ['login_challenge']],
      ['sign_in_failed', 'failure', ['suspicious_login']],
    ]);
  });
});

it('takes the level of an alert and of a rule', async () => {
  tenant = await startTenant([
    { type: 'alert', at: '-PT2H', user: '@dana', severity: 'MEDIUM' },
    { type: 'rule', at: '-PT1H', user: '@dana', severity: 'LOW' },
  ]);
  expect((await read('alerts')).map((e) => e.risk)).toEqual(['medium']);
  expect((await read('rules')).map((e) => e.risk)).toEqual(['low']);
});

it('tells a file looked at from a file taken, whose it is and how far it may be seen', async () => {
  tenant = await startTenant([
    drive('view', '-PT6H', { owner: '@max' }),
    drive('preview', '-PT5H', { visibility: 'people_within_domain_with_link' }),
    drive('download', '-PT4H', { visibility: 'people_with_link' }),
    drive('source_copy', '-PT3H', { owner: '@max' }),
    drive('print', '-PT2H', { owner: '@max' }),
    drive('rename', '-PT1H'),
  ]);
  expect((await read('drive')).map((e) => [e.operation, e.kind, e.owner, e.visibility])).toEqual([
    ['view', 'file_view', 'max@example.com', 'private'],
    ['preview', 'file_view', 'dana@example.com', 'inside'],
    ['download', 'file_download', 'dana@example.com', 'outside'],
    ['source_copy', 'file_download', 'max@example.com', 'private'],
    ['print', 'file_download', 'max@example.com', 'private'],
  ]);
});

describe('a role', () => {
  it('given to somebody shows that account, the role, and that it weakens', async () => {
    tenant = await startTenant([
      admin('ASSIGN_ROLE', '-PT3H', { ROLE_NAME: 'Groups admin' }, { about: '@max' }),
      admin('GRANT_ADMIN_PRIVILEGE', '-PT2H', {}, { about: '@dana' }),
      admin('UNASSIGN_ROLE', '-PT1H', { ROLE_NAME: 'Groups admin' }, { about: '@max' }),
    ]);
    expect((await read('admin', 'ada')).map((e) => [e.kind, e.target, e.labels, e.weakens])).toEqual([
      ['role_change', { type: 'user', id: 'max@example.com' }, ['role:Groups admin'], 'role'],
      ['role_change', { type: 'user', id: 'dana@example.com' }, ['role:super administrator'], 'role'],
      ['role_change', { type: 'user', id: 'max@example.com' }, ['role:Groups admin'], undefined],
    ]);
    expect(await read('admin')).toMatchObject([{ target: { type: 'user', id: tenant.id('dana') }, weakens: 'role' }]);
  });
});

describe('a weakened control', () => {
  it.each([
    ['ENFORCE_STRONG_AUTHENTICATION', { NEW_VALUE: 'false' }, 'authentication'],
    ['ENFORCE_STRONG_AUTHENTICATION', { NEW_VALUE: 'true' }, undefined],
    ['CHANGE_ALLOWED_TWO_STEP_VERIFICATION_METHODS', {}, 'authentication'],
    ['TOGGLE_SSO_ENABLED', {}, 'federation'],
    ['CREATE_ROLE', {}, 'role'],
    ['DELETE_DLP_RULE', {}, 'dlp'],
    ['DELETE_MATTER', {}, 'legal_hold'],
    ['AUTHORIZE_API_CLIENT_ACCESS', {}, 'sharing'],
    ['CHANGE_APPLICATION_SETTING', { SETTING_NAME: 'DLP incident' }, 'dlp'],
    ['CHANGE_APPLICATION_SETTING', { SETTING_NAME: 'Retention in Chat', NEW_VALUE: 'false' }, 'retention'],
    ['CHANGE_DOCS_SETTING', { SETTING_NAME: 'SHARING_OUTSIDE_DOMAIN', NEW_VALUE: 'SHARING_ALLOWED' }, 'sharing'],
    ['CHANGE_DOCS_SETTING', { SETTING_NAME: 'SHARING_OUTSIDE_DOMAIN', NEW_VALUE: 'NOT_ALLOWED' }, undefined],
    ['CHANGE_APPLICATION_SETTING', { SETTING_NAME: 'Theme' }, undefined],
    ['SUSPEND_USER', {}, undefined],
  ])('%s %j: %s', (event, parameters: Readonly<Record<string, string>>, expected) => {
    expect(weakensInAdmin(event, (name) => parameters[name])).toBe(expected);
  });

  it('is a row that names it: in the admin log, in Vault, in Chat', async () => {
    tenant = await startTenant([
      admin('ENFORCE_STRONG_AUTHENTICATION', '-PT9H', { NEW_VALUE: 'false', DOMAIN_NAME: 'example.com' }),
      admin('DELETE_DLP_RULE', '-PT8H', { RULE_NAME: 'Cards in Chat' }),
      { type: 'vault', at: '-PT7H', user: '@ada', event: 'delete_hold', name: 'Merger hold' },
      { type: 'vault', at: '-PT6H', user: '@ada', event: 'search' },
      { type: 'vault', at: '-PT5H30M', user: '@ada', event: 'delete_export_begin', name: 'Merger mail' },
      { type: 'vault', at: '-PT5H29M', user: '@ada', event: 'delete_export_end', name: 'Merger mail' },
      { type: 'space', at: '-P9D', space: 'deal' },
      { type: 'chat', at: '-PT5H', user: '@ada', event: 'history_turned_off', space: 'deal' },
      { type: 'chat', at: '-PT4H', user: '@ada', event: 'history_turned_on', space: 'deal' },
    ]);
    expect((await read('admin', 'ada')).map((e) => [e.kind, e.target?.id, e.weakens])).toEqual([
      ['config_change', 'example.com', 'authentication'],
      ['config_change', 'Cards in Chat', 'dlp'],
    ]);
    expect((await read('vault', 'ada')).map((e) => [e.kind, e.target?.name, e.weakens])).toEqual([
      ['config_change', 'Merger hold', 'legal_hold'],
      ['config_change', 'Merger mail', 'traces'],
    ]);
    expect((await read('chat', 'ada')).map((e) => [e.operation, e.weakens])).toEqual([
      ['history_turned_off', 'retention'],
      ['history_turned_on', undefined],
    ]);
  });

  it('by Vault is no search and no export', () => {
    for (const event of ['export', 'search', 'view_investigation', 'create_hold', 'create_investigation_begin'])
      expect(weakensInVault(event)).toBeUndefined();
  });
});

describe('an app', () => {
  const SCOPE = 'https://www.googleapis.com/auth/drive.readonly';
  const rows = (): readonly RowInput[] => [
    { type: 'grant', at: '-PT9H', user: '@dana', app: 'app:thief', scopes: [SCOPE], ip: 'ip:office' },
    { type: 'grant', at: '-PT8H', user: '@max', app: 'app:thief', scopes: [SCOPE], ip: 'ip:office' },
    {
      type: 'token',
      at: '-PT7H',
      user: '@max',
      app: 'app:thief',
      method: 'drive.files.get',
      bytes: 9,
      ip: 'ip:attacker',
    },
    { type: 'token', at: '-PT6H', user: '@max', app: 'app:notes', ip: 'ip:attacker' },
    drive('download', '-PT5H', { user: '@max', app: 'app:thief', ip: 'ip:attacker' }),
    drive('download', '-PT4H', { user: '@max' }),
  ];
  const asApp = () => ({ nativeId: tenant.world.appId('thief'), emails: [] });

  it('that is the subject shows all it did, in whosever name, and no more', async () => {
    tenant = await startTenant(rows(), { pageSize: 1 });
    const id = tenant.world.appId('thief');
    expect((await read('token', 'dana', asApp())).map((e) => [e.kind, e.actor, e.app?.id, e.bytes])).toEqual([
      ['app_grant', tenant.id('dana'), id, undefined],
      ['app_grant', tenant.id('max'), id, undefined],
      ['api_activity', tenant.id('max'), id, 9],
    ]);
    expect((await read('drive', 'dana', asApp())).map((e) => [e.kind, e.actor, e.app?.id])).toEqual([
      ['file_download', tenant.id('max'), id],
    ]);
  });

  it('of a person shows what is in that person’s name alone', async () => {
    tenant = await startTenant(rows());
    expect((await read('token')).map((e) => [e.kind, e.actor])).toEqual([['app_grant', tenant.id('dana')]]);
  });

  it('is found by its id, with who let it in first to answer for it', async () => {
    tenant = await startTenant(rows(), { pageSize: 1 });
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: tenant.world.appId('thief') })).toMatchObject({
      ...{ kind: 'app', displayName: 'Chat Backup Helper', emails: [], active: true, admin: false },
      sponsorId: tenant.id('dana'),
    });
    expect(await directory.lookup({ nativeId: '42.apps.googleusercontent.com' })).toBeUndefined();
  });

  it('that IT trusts says so, to everybody', async () => {
    tenant = await startTenant([
      admin('ADD_TO_TRUSTED_OAUTH2_APPS', '-PT5H', { OAUTH2_APP_ID: 'id-1', OAUTH2_APP_NAME: 'Sync' }),
      admin('AUTHORIZE_API_CLIENT_ACCESS', '-PT4H', { API_CLIENT_NAME: '42', API_SCOPES: SCOPE }),
    ]);
    const trusted = {
      ...{ kind: 'app_grant', labels: ['admin_consent'], actor: tenant.id('ada') },
      ...{ app: { id: 'id-1', name: 'Sync' }, target: { type: 'app', id: 'id-1', name: 'Sync' } },
    };
    expect(await read('admin')).toMatchObject([trusted]);
    expect(await read('admin', 'ada')).toMatchObject([
      trusted,
      { kind: 'config_change', app: { id: '42', scopes: [SCOPE] }, labels: ['admin_consent'], weakens: 'sharing' },
    ]);
  });

  it('as the subject shows the administrator who let it act for the whole domain', async () => {
    const delegation = { API_SCOPES: SCOPE };
    tenant = await startTenant([]);
    const id = tenant.world.appId('thief');
    await tenant.close();
    tenant = await startTenant([
      admin('AUTHORIZE_API_CLIENT_ACCESS', '-PT5H', { API_CLIENT_NAME: '42', ...delegation }),
      admin('AUTHORIZE_API_CLIENT_ACCESS', '-PT4H', { API_CLIENT_NAME: id, ...delegation }),
    ]);
    expect(await read('admin', 'dana', asApp())).toMatchObject([
      { kind: 'app_grant', actor: tenant.id('ada'), app: { id, scopes: [SCOPE] }, labels: ['admin_consent'] },
    ]);
  });
});

it('a filter that is there has no time', async () => {
  tenant = await startTenant([
    { type: 'mail_rule', at: '-P95D', mailbox: '@dana', words: ['security alert'], action: 'delete' },
    { type: 'mail_access', at: '-P95D', mailbox: '@dana', list: 'forwardingAddresses' },
  ]);
  const rows = (await read('notices')).filter((e) => e.kind !== 'security_notice');
  expect(rows.map((e) => [e.kind, e.labels]).sort()).toEqual([
    ['mail_access', ['state', 'outside']],
    ['mail_rule', ['state']],
  ]);
});
