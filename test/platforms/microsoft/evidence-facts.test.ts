import { afterEach, describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { weakensInAudit, weakensInDirectory } from '../../../platforms/microsoft/controls.js';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const read = async (source: string, key = 'dana', extra = {}): Promise<readonly EvidenceEvent[]> => {
  const { events } = await readAll(evidenceOf(tenant), `microsoft.${source}`, tenant.query(key, extra));
  return [...new Map(events.map((e) => [e.id, e])).values()].sort((a, b) => a.at.localeCompare(b.at));
};
const signIn = (at: string, extra: object = {}): RowInput => ({
  ...{ type: 'sign_in', at, user: '@dana', ip: 'ip:attacker', session: 's-1' },
  ...extra,
});
const audit = (operation: string, extra: object = {}): RowInput => ({
  ...{ type: 'audit', at: '-PT1H', user: '@dana', operation, ip: 'ip:attacker', session: 's-1' },
  ...extra,
});
const directory = (activity: string, extra: object = {}): RowInput => ({
  ...{ type: 'directory_audit', at: '-PT1H', user: '@ada', activity, ip: 'ip:attacker' },
  ...extra,
});

describe('a sign-in', () => {
  it('says how strongly it was authenticated, where Entra says it', async () => {
    const ways = ['password', 'mfa', 'phishing_resistant', 'token', 'device_code'] as const;
    tenant = await startTenant([
      ...ways.map((auth, n) => signIn(`-PT${String(9 - n)}H`, { auth })),
      signIn('-PT3H', { interactive: false }),
      signIn('-PT2H'),
      signIn('-PT1H', { auth: 'mfa', result: 'failure' }),
    ]);
    const rows = (await read('sign_ins')).filter((e) => e.kind !== 'sign_in_stopped');
    expect(rows.map((e) => e.authentication)).toEqual([...ways, 'token', undefined, undefined]);
  });

  it('says of a device only what Entra knows of it', async () => {
    tenant = await startTenant([
      signIn('-PT5H'),
      signIn('-PT4H', { device: 'new-laptop' }),
      signIn('-PT3H', { device: 'own-laptop', deviceKnown: true }),
      signIn('-PT2H', { device: 'phone', managed: true }),
      signIn('-PT1H', { device: 'phone', compliant: true }),
    ]);
    expect((await read('sign_ins')).map((e) => [e.deviceId === undefined, e.deviceKnown])).toEqual([
      [true, undefined],
      [false, false],
      [false, true],
      [false, true],
      [false, true],
    ]);
  });

  it('carries its risk and level, and the detection about it names it and its client', async () => {
    tenant = await startTenant([
      signIn('-PT2H', { risk: ['unfamiliarFeatures'], userAgent: 'Firefox/132' }),
      { type: 'risk', at: '-PT2H', user: '@dana', riskType: 'unfamiliarFeatures', level: 'low', ip: 'ip:attacker' },
      { type: 'risk', at: '-PT1H', user: '@dana', riskType: 'leakedCredentials', level: 'high' },
    ]);
    const [row] = await read('sign_ins');
    expect(row).toMatchObject({ reasons: ['unfamiliarFeatures'], risk: 'low' });
    const [about, offline] = await read('risk_detections');
    expect(about).toMatchObject({
      ...{ reasons: ['unfamiliarFeatures'], risk: 'low', ip: '203.0.113.66' },
      ...{ userAgent: 'Firefox/132', about: row?.id },
    });
    expect(offline).toMatchObject({ reasons: ['leakedCredentials'], risk: 'high' });
    expect(offline).not.toHaveProperty('about');
    expect(offline).not.toHaveProperty('userAgent');
  });
});

it('takes the level of an alert, and the session that it names', async () => {
  const alert = (severity: string, extra = {}): RowInput => ({
    ...{ type: 'alert', at: '-PT1H', user: '@dana', title: 'Mass download', severity, ip: 'ip:attacker' },
    ...extra,
  });
  tenant = await startTenant([alert('medium', { session: 's-1' }), alert('informational', { at: '-PT30M' })]);
  expect((await read('alerts')).map((e) => [e.risk, e.sessionId])).toEqual([
    ['medium', 's-1'],
    [undefined, undefined],
  ]);
});

describe('a file', () => {
  it('looked at is no file taken, and says whose it is', async () => {
    tenant = await startTenant([
      audit('FilePreviewed', { at: '-PT5H', file: 'merger.docx', owner: '@max', managed: true }),
      audit('FileAccessed', { at: '-PT4H', file: 'own.docx' }),
      audit('FileDownloaded', { at: '-PT3H', file: 'plan.docx', team: 'bridge', bytes: 900 }),
      audit('FileCopied', { at: '-PT2H', file: 'plan.docx' }),
    ]);
    const rows = await read('audit_search');
    expect(rows.map((e) => [e.kind, e.owner, e.deviceKnown, e.bytes])).toEqual([
      ['file_view', 'max_example_com', true, undefined],
      ['file_view', 'dana@example.com', undefined, undefined],
      ['file_download', 'bridge', undefined, 900],
      ['file_download', 'dana@example.com', undefined, undefined],
    ]);
    expect(new Set(rows.map((e) => e.target?.id)).size).toBe(3);
  });
});

it('counts what the log counts', async () => {
  tenant = await startTenant([
    audit('MessagesListed', { at: '-PT3H', chat: 'board', messages: 40 }),
    audit('MailItemsAccessed', { at: '-PT2H', mails: 12 }),
    audit('FileDownloaded', { at: '-PT1H', file: 'plan.docx' }),
  ]);
  expect((await read('audit_search')).map((e) => [e.count, e.bytes])).toEqual([
    [40, 40 * 480],
    [12, undefined],
    [undefined, undefined],
  ]);
});

describe('a role', () => {
  it('that an administrator gives shows the other account, the role, and that it weakens', async () => {
    tenant = await startTenant([
      directory('Add member to role', { category: 'RoleManagement', target: '@max', role: 'Global Administrator' }),
      audit('Add-RoleGroupMember', {
        ...{ at: '-PT30M', user: '@ada' },
        parameters: { Identity: 'eDiscovery Manager', Member: 'dana' },
      }),
    ]);
    expect(await read('directory_audits', 'ada')).toMatchObject([
      {
        ...{ kind: 'role_change', operation: 'Add member to role', weakens: 'role', actor: tenant.id('ada') },
        target: { type: 'user', id: tenant.id('max'), name: 'Max Manager' },
        labels: ['role:Global Administrator'],
      },
    ]);
    expect(await read('audit_search', 'ada')).toMatchObject([
      {
        ...{ kind: 'role_change', weakens: 'role', target: { type: 'user', id: 'dana' } },
        labels: ['role:eDiscovery Manager'],
      },
    ]);
  });
});

describe('a weakened control', () => {
  it('is a row that names what was changed', async () => {
    tenant = await startTenant([
      directory('Set domain authentication', { at: '-PT9H', category: 'DirectoryManagement', setting: 'example.com' }),
      directory('Update conditional access policy', {
        ...{ at: '-PT8H', category: 'Policy', setting: 'MFA for all' },
        changes: { ConditionalAccessPolicy: '{"state":"disabled"}' },
      }),
      directory('Authentication Methods Policy Update', { at: '-PT7H', category: 'Policy', setting: 'Methods' }),
      directory('Disable Strong Authentication.', { at: '-PT6H', target: '@max' }),
    ]);
    expect(
      (await read('directory_audits', 'ada')).map((e) => [e.kind, e.operation, e.target?.name, e.weakens]),
    ).toEqual([
      ['config_change', 'Set domain authentication', 'example.com', 'federation'],
      ['config_change', 'Update conditional access policy', 'MFA for all', 'authentication'],
      ['config_change', 'Authentication Methods Policy Update', 'Methods', 'authentication'],
      ['credential_change', 'Disable Strong Authentication', 'Max Manager', 'authentication'],
    ]);
  });

  it.each(['microsoft.audit_search', 'microsoft.activity_feed'])('is read of the unified log: %s', async (source) => {
    const said = (operation: string, name: string, parameters?: object): RowInput =>
      audit(operation, { object: name, name, ...(parameters === undefined ? {} : { parameters }) });
    tenant = await startTenant([
      said('Set-CsTenantFederationConfiguration', 'AllowFederatedUsers'),
      said('Remove-DlpCompliancePolicy', 'Teams secrets'),
      said('Set-DlpComplianceRule', 'Cards', { Disabled: 'True' }),
      said('Remove-RetentionCompliancePolicy', 'Teams chats 7 years'),
      said('Set-CaseHoldPolicy', 'Merger', { Enabled: '$false' }),
      said('Set-AdminAuditLogConfig', '', { UnifiedAuditLogIngestionEnabled: 'False' }),
      said('New-TransportRule', 'copy', { BlindCopyTo: 'drop@example.org' }),
      audit('Set-Mailbox', { parameters: { Identity: 'dana@example.com', LitigationHoldEnabled: 'False' } }),
      audit('SearchCreated', { object: 'All chats' }),
      audit('SearchExported', { object: 'All chats' }),
      audit('New-ComplianceSearchAction', { object: 'All chats', parameters: { Export: 'True' } }),
      audit('New-ComplianceSearchAction', { object: 'All chats', parameters: { Purge: 'True' } }),
    ]);
    const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
    expect(
      events.map((e) => [e.operation, e.kind, e.target?.type, e.target?.name, e.weakens].join(' ')).sort(),
    ).toEqual([
      'New-ComplianceSearchAction api_activity export  ',
      'New-ComplianceSearchAction export export  ',
      'New-TransportRule config_change setting copy sharing',
      'Remove-DlpCompliancePolicy config_change setting Teams secrets dlp',
      'Remove-RetentionCompliancePolicy config_change setting Teams chats 7 years retention',
      'SearchCreated api_activity export  ',
      'SearchExported export export  ',
      'Set-AdminAuditLogConfig config_change setting  logging',
      'Set-CaseHoldPolicy config_change setting Merger legal_hold',
      'Set-CsTenantFederationConfiguration config_change setting AllowFederatedUsers federation',
      'Set-DlpComplianceRule config_change setting Cards dlp',
      'Set-Mailbox config_change setting dana@example.com legal_hold',
    ]);
    expect(events.every((e) => e.sessionId === 's-1' && e.ip === '203.0.113.66')).toBe(true);
    expect(new Set(events.filter((e) => e.target?.type === 'export').map((e) => e.target?.id))).toEqual(
      new Set(['All chats']),
    );
  });

  it.each([
    ['Update conditional access policy', { ConditionalAccessPolicy: '{"state":"enabled"}' }, undefined],
    ['Delete conditional access policy', {}, 'authentication'],
    ['Add conditional access policy', {}, undefined],
    ['Set federation settings on domain', {}, 'federation'],
    ['Add eligible member to role in PIM completed (permanent)', {}, 'role'],
    ['Add eligible member to role in PIM requested (permanent)', {}, undefined],
    ['Remove member from role', {}, undefined],
    ['Reset user password', {}, undefined],
  ])('%s %j: %s', (activity, changes: Readonly<Record<string, string>>, expected) => {
    expect(weakensInDirectory(activity, (name) => Object.entries(changes).find(([k]) => name.test(k))?.[1])).toBe(
      expected,
    );
  });

  it.each([
    ['Set-DlpCompliancePolicy', { Mode: 'Enable' }, undefined],
    ['Set-DlpCompliancePolicy', { Mode: 'Disable' }, 'dlp'],
    ['Set-DlpCompliancePolicy', {}, 'dlp'],
    ['Set-DlpComplianceRule', { Disabled: '$false', ExceptIfFrom: 'dana' }, 'dlp'],
    ['Set-AdminAuditLogConfig', { UnifiedAuditLogIngestionEnabled: 'True' }, undefined],
    ['Set-MailboxAuditBypassAssociation', { AuditBypassEnabled: 'True' }, 'logging'],
    ['Set-Mailbox', { AuditEnabled: 'True' }, undefined],
    ['SearchRemoved', {}, 'traces'],
    ['RemovedSearchExported', {}, 'traces'],
    ['SearchExported', {}, undefined],
    ['FileDownloaded', {}, undefined],
  ])('%s %j: %s', (operation, parameters: Readonly<Record<string, string>>, expected) => {
    expect(weakensInAudit(operation, (name) => Object.entries(parameters).find(([k]) => name.test(k))?.[1])).toBe(
      expected,
    );
  });
});

describe('a consent', () => {
  const consent = (at: string, user: string, extra = {}): RowInput =>
    directory('Consent to application', {
      ...{ at, user, category: 'ApplicationManagement', app: 'app:thief', scopes: ['Chat.Read'] },
      ...extra,
    });
  const grant = (at: string): RowInput => ({
    ...{ type: 'grant', at, user: '@dana', app: 'app:thief', scopes: ['Chat.Read'] },
  });
  const daysAgo = (e: EvidenceEvent | undefined): number =>
    Math.round((tenant.world.startedAt.getTime() - Date.parse(e?.at ?? '')) / 86_400_000);

  it('says whether an administrator gave it for everybody', async () => {
    tenant = await startTenant([consent('-PT2H', '@ada'), consent('-PT1H', '@ada', { adminConsent: false })]);
    expect((await read('directory_audits', 'ada')).map((e) => [e.kind, e.labels])).toEqual([
      ['app_grant', ['admin_consent']],
      ['app_grant', undefined],
    ]);
  });

  it('dates the grant that stands today, by the first that reaches the person, however long ago', async () => {
    tenant = await startTenant([
      grant('-P100D'),
      consent('-P110D', '@max'),
      consent('-P100D', '@ada'),
      consent('-PT1H', '@dana'),
    ]);
    const [row] = await read('grants');
    expect(daysAgo(row)).toBe(100);
    expect(row).toMatchObject({ actor: tenant.id('ada'), labels: ['unverified_publisher', 'admin_consent'] });
  });

  it('that an administrator gave for everybody lets an app act for a person who has no grant of it', async () => {
    tenant = await startTenant([consent('-P2D', '@ada'), consent('-P110D', '@ada'), consent('-P1D', '@max')]);
    const rows = [...(await read('grants'))].sort((a, b) => (a.at < b.at ? -1 : 1));
    const whose = { kind: 'app_grant', actor: tenant.id('ada'), source: 'microsoft.grants' };
    expect(rows).toMatchObject([
      { ...whose, at: tenant.query('dana').from, labels: ['admin_consent', 'state'] },
      { ...whose, labels: ['admin_consent'] },
    ]);
    expect(daysAgo(rows[1])).toBe(2);
  });

  it('of the person alone is the person’s', async () => {
    tenant = await startTenant([
      grant('-P40D'),
      consent('-P2D', '@dana'),
      consent('-P3D', '@ada', { result: 'failure' }),
    ]);
    const [row] = await read('grants');
    expect(daysAgo(row)).toBe(2);
    expect(row).toMatchObject({ actor: tenant.id('dana'), labels: ['unverified_publisher'] });
  });

  it('that no log has leaves an old app only seen to be there, and dates a new one by its coming', async () => {
    tenant = await startTenant([grant('-P40D')]);
    const query = tenant.query('dana');
    expect(await read('grants')).toMatchObject([{ at: query.from, labels: ['unverified_publisher', 'state'] }]);
    await tenant.close();
    tenant = await startTenant([grant('-P1D')]);
    const [row] = await read('grants');
    expect(daysAgo(row)).toBe(1);
    expect(row?.labels).toEqual(['unverified_publisher']);
  });
});

it('what an app did is the app’s, in the name of the person', async () => {
  tenant = await startTenant([audit('MessagesListed', { chat: 'board', messages: 3, app: 'app:thief' })]);
  const id = tenant.world.appId('thief');
  const rows = await read('audit_search', 'dana', { nativeId: id, emails: [] });
  expect(rows).toMatchObject([{ actor: tenant.id('dana'), app: { id, name: 'Chat Backup Helper' } }]);
});

it('a rule is named by the parameters of the command that made it, as Exchange writes them', async () => {
  tenant = await startTenant([
    audit('New-InboxRule', { at: '-PT5H', parameters: { Name: 'RSS', MoveToFolder: 'RSS Feeds' } }),
  ]);
  expect(await read('audit_search')).toMatchObject([{ kind: 'mail_rule', target: { type: 'mailbox', name: 'RSS' } }]);
});

it('a rule that is there has no time, and its making has', async () => {
  tenant = await startTenant([
    { type: 'mail_rule', at: '-P95D', mailbox: '@dana', name: 'Digests', words: ['security'], action: 'delete' },
    audit('New-InboxRule', { at: '-PT5H', name: 'Digests' }),
  ]);
  const [rule] = (await read('notices')).filter((e) => e.kind === 'mail_rule');
  expect(rule).toMatchObject({ labels: ['state'], target: { type: 'setting', name: 'Digests' } });
  const [made] = await read('audit_search');
  expect(made).toMatchObject({ kind: 'mail_rule', target: { type: 'mailbox', name: 'Digests' } });
  expect(made?.labels).toBeUndefined();
});
