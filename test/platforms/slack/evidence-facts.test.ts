import { afterEach, describe, expect, it } from 'vitest';
import { AUDIT_ACTIONS } from '../../../platforms/slack/sources/audit-actions.js';
import { weakens } from '../../../platforms/slack/controls.js';
import { AUDIT_ACTION_NAMES } from '../../../simulator/slack/audit-actions.js';
import { readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const audit = (action: string, extra: object = {}): RowInput => ({
  ...{ type: 'audit', at: '-PT1H', action, actor: '@dana' },
  ...extra,
});
const read = async (source: string, key = 'dana', extra = {}) =>
  (await readAll(tenant, source, tenant.query(key, extra))).events;

describe('an anomaly', () => {
  it('is a row of the session that Slack names, with every reason and what the session was used from before', async () => {
    tenant = await startTenant([
      audit('file_downloaded', { entity: 'file:a.txt', ip: 'ip:office', session: 's-1' }),
      audit('anomaly', {
        ...{ ip: 'ip:attacker', ua: 'Chrome/129', session: 's-1' },
        details: {
          reason: ['session_fingerprint', 'asn'],
          ip_address_details: ['cloud-asn'],
          user_agent_change_details: ['browser_changed'],
          previous_ip_address: '198.51.100.7',
          previous_ua: 'Chrome/131',
        },
      }),
    ]);
    const [download] = await read('slack.audit_logs.files');
    expect(await read('slack.audit_logs.alerts')).toMatchObject([
      {
        ...{ kind: 'platform_alert', actor: tenant.id('dana'), ip: '203.0.113.66', userAgent: 'Chrome/129' },
        sessionId: download?.sessionId,
        reasons: ['session_fingerprint', 'asn', 'cloud-asn', 'browser_changed'],
        previous: { ip: '198.51.100.7', userAgent: 'Chrome/131' },
      },
    ]);
  });

  it('says nothing of a before that did not change, and is the subject’s also when Slack itself raised it', async () => {
    tenant = await startTenant([
      audit('anomaly', {
        ...{ actor: 'USLACKUSER', entity: '@dana', ip: 'ip:attacker' },
        details: { reason: ['tor'], previous_ip_address: '', previous_ua: '' },
      }),
    ]);
    const [alert] = await read('slack.audit_logs.alerts');
    expect(alert).toMatchObject({ actor: tenant.id('dana'), ip: '203.0.113.66', reasons: ['tor'] });
    expect(alert).not.toHaveProperty('previous');
  });
});

it('tells a sign-in through the identity provider', async () => {
  tenant = await startTenant([
    audit('user_login', { details: { idp_config_id: 'Ie1', config_type: 'saml' } }),
    audit('user_login', { at: '-PT2H' }),
  ]);
  expect((await read('slack.audit_logs.access')).map((e) => e.labels)).toEqual([['sso'], undefined]);
});

it('tells what was looked at from what was taken', async () => {
  const canvas = (id: string) => ({ entity: { type: 'canvas', canvas: { id, title: id } } });
  tenant = await startTenant([audit('canvas_opened', canvas('C-seen')), audit('canvas_downloaded', canvas('C-taken'))]);
  expect((await read('slack.audit_logs.files')).map((e) => [e.kind, e.target?.id]).sort()).toEqual([
    ['file_download', 'C-taken'],
    ['file_view', 'C-seen'],
  ]);
});

describe('a role', () => {
  it('given to somebody names that account and the role, and weakens', async () => {
    tenant = await startTenant([
      audit('role_change_to_admin', { entity: '@eve' }),
      audit('role_assigned', {
        entity: { type: 'role', role: { id: 'Rl01', name: 'Compliance admin' } },
        details: { target_user: 'UEVE' },
      }),
      audit('role_change_to_user', { entity: '@ada' }),
    ]);
    const rows = await read('slack.audit_logs.integration');
    expect(rows.map((e) => [e.kind, e.operation, e.target, e.labels, e.weakens]).sort()).toEqual([
      ['role_change', 'role_assigned', { type: 'user', id: 'UEVE' }, ['role:Compliance admin'], 'role'],
      ['role_change', 'role_change_to_admin', { type: 'user', id: tenant.id('eve') }, ['role:admin'], 'role'],
      ['role_change', 'role_change_to_user', { type: 'user', id: tenant.id('ada') }, ['role:user'], undefined],
    ]);
  });
});

describe('a weakened control', () => {
  it.each([
    ['pref.two_factor_auth_changed', { new_value: 'off', previous_value: 'on' }, 'authentication'],
    ['pref.two_factor_auth_changed', { new_value: 'on', previous_value: 'off' }, undefined],
    ['pref.two_factor_auth_changed', {}, 'authentication'],
    ['pref.sso_setting_changed', { new_value: { mode: 'optional' } }, 'authentication'],
    ['idp_configuration_added', {}, 'federation'],
    ['native_dlp_rule_deactivated', {}, 'dlp'],
    ['pref.dm_retention_changed', { new_value: '1' }, 'retention'],
    ['pref.retention_override_changed', {}, 'retention'],
    ['channel_retention_changed', {}, 'retention'],
    ['legal_hold_policy_released', {}, 'legal_hold'],
    ['legal_hold_policy_created', {}, undefined],
    ['pref.disallow_public_file_urls', { new_value: 'true' }, undefined],
    ['pref.disallow_public_file_urls', { new_value: 'false' }, 'sharing'],
    ['manual_export_deleted', {}, 'traces'],
    ['manual_export_downloaded', {}, undefined],
    ['app_uninstalled', {}, undefined],
  ])('%s %j: %s', (action, details, expected) => {
    expect(weakens(action, details)).toBe(expected);
  });

  it('is in the row, with the name of what was changed', async () => {
    tenant = await startTenant([
      audit('legal_hold_policy_released', {
        entity: { type: 'legal_hold_policy', legal_hold_policy: { id: 'Lh1', name: 'Merger hold' } },
      }),
    ]);
    expect(await read('slack.audit_logs.integration')).toMatchObject([
      { kind: 'config_change', target: { type: 'setting', name: 'Merger hold' }, weakens: 'legal_hold' },
    ]);
  });

  it('is never an action that no source reads', () => {
    const readable = AUDIT_ACTIONS.flatMap((r) => Object.values(r.actions).flat());
    const isRead = (name: string): boolean =>
      readable.some((r) => (r.endsWith('*') ? name.startsWith(r.slice(0, -1)) : r === name));
    expect([...AUDIT_ACTION_NAMES].filter((name) => weakens(name, {}) !== undefined && !isRead(name))).toEqual([]);
  });
});

it('shows who let an app in, whoever that was, without giving it anything of the account', async () => {
  tenant = await startTenant([
    audit('app_installed', { entity: 'app:thief' }),
    audit('app_approved', { at: '-P2D', actor: '@ada', entity: 'app:thief', details: { resolution: 'approved' } }),
  ]);
  const id = tenant.world.appId('thief');
  const rows = (await read('slack.audit_logs.integration')).filter((e) => e.kind === 'app_grant');
  expect(rows.map((e) => [e.operation, e.actor, e.labels, e.app?.id, e.app?.scopes])).toEqual([
    ['app_installed', tenant.id('dana'), undefined, id, ['channels:history', 'files:read']],
    ['app_approved', tenant.id('ada'), ['admin_consent'], id, undefined],
  ]);
  const [own] = (await read('slack.audit_logs.integration', 'ada')).filter((e) => e.operation === 'app_approved');
  expect(own).toMatchObject({ labels: ['admin_consent'], app: { scopes: ['channels:history', 'files:read'] } });
});

it('an app as the subject has who installed, approved and widened it', async () => {
  tenant = await startTenant([
    audit('app_installed', { at: '-PT5H', entity: 'app:thief' }),
    audit('app_approved', { at: '-PT4H', actor: '@ada', entity: 'app:thief' }),
    audit('app_scopes_expanded', { at: '-PT3H', entity: 'app:thief' }),
    { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'expanded', scopes: ['files:read'] },
  ]);
  const id = tenant.world.appId('thief');
  const asApp = { nativeId: id, emails: [] };
  const audited = (await read('slack.audit_logs.integration', 'dana', asApp))
    .filter((e) => e.kind === 'app_grant')
    .sort((a, b) => a.at.localeCompare(b.at));
  expect(audited.map((e) => [e.operation, e.actor, e.labels, e.app?.id])).toEqual([
    ['app_installed', tenant.id('dana'), undefined, id],
    ['app_approved', tenant.id('ada'), ['admin_consent'], id],
    ['app_scopes_expanded', tenant.id('dana'), undefined, id],
  ]);
  expect(await read('slack.integration_logs', 'dana', asApp)).toMatchObject([
    { kind: 'app_grant', actor: tenant.id('dana'), app: { id, scopes: ['files:read'] } },
  ]);
});
