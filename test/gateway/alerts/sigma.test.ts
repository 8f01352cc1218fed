import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('sigma');
const zircolite = sample('sigma') as { readonly matches: readonly [Record<string, unknown>] };
const office = {
  Operation: 'FileDownloaded',
  RecordType: 6,
  Workload: 'OneDrive',
  UserId: 'Dana@example.com',
  ClientIP: '203.0.113.9:443',
  CreationTime: '2026-03-10T09:00:00',
  Id: 'aa',
  OrganizationId: '11111111-2222-4333-8444-555555555555',
  SourceFileName: 'plan.pdf',
};
const google = {
  actor: { email: 'dana@example.com', profileId: '100000000000000000001' },
  id: { applicationName: 'drive', customerId: 'C01example', time: '2026-03-10T09:00:00Z', uniqueQualifier: '-5' },
  ipAddress: '203.0.113.9',
  events: [{ name: 'download', parameters: [{ name: 'doc_title', value: 'plan' }] }],
};
const rule = {
  title: 'Bulk download',
  id: 'r1',
  level: 'high',
  tags: ['attack.t1213.005'],
  logsource: { product: 'gcp', service: 'google_workspace.admin' },
};

describe('a match', () => {
  it('of Zircolite is about who acted in its event', () => {
    expect(one(zircolite)).toMatchObject({
      platform: 'slack',
      severity: 'high',
      title: 'Many Slack files downloaded',
      attack: ['T1213.005'],
      ips: ['203.0.113.66'],
      sessionId: '847288190092',
      evidence: [
        { type: 'file', value: 'plan.pdf' },
        { type: 'query', value: 'file_downloaded' },
      ],
    });
    expect(one(zircolite).subjects).toEqual([
      {
        kind: 'person',
        email: 'dana.weiss@example.com',
        nativeId: 'U0DANA01',
        platform: 'slack',
        vendorTenantId: 'T0EXAMPLE',
      },
    ]);
  });
  it('of Chainsaw is read with the record of Office 365 in it', () => {
    const chainsaw = {
      group: 'Sigma',
      kind: 'individual',
      document: { kind: 'json', path: 'a.json', data: office },
      name: 'Bulk download',
      timestamp: '2026-03-10T09:00:00+00:00',
      level: 'critical',
      source: 'sigma',
      status: 'test',
      id: 'r2',
      logsource: { product: 'm365' },
      tags: ['attack.t1213'],
    };
    expect(one(chainsaw)).toMatchObject({
      platform: 'microsoft',
      severity: 'critical',
      occurredAt: '2026-03-10T09:00:00.000Z',
      ips: ['203.0.113.9'],
      groupKey: 'r2',
    });
    expect(mails(chainsaw)).toEqual(['dana@example.com']);
  });
  it('of Hayabusa is read from its row', () => {
    const hayabusa = {
      Timestamp: '2026-03-10 09:00:00.123 +00:00',
      RuleTitle: 'Sign-in',
      Level: 'crit',
      EventID: 4624,
      RecordID: 7,
      Details: { SrcUser: 'dana@example.com', TgtUser: 'kim@example.com', SrcIP: '203.0.113.9' },
      MitreTags: 'T1078 ¦ T1213',
      RuleID: 'r3',
    };
    expect(one(hayabusa)).toMatchObject({
      severity: 'critical',
      ips: ['203.0.113.9'],
      attack: ['T1078', 'T1213'],
      detectedAt: '2026-03-10T09:00:00.123Z',
    });
    expect(mails(hayabusa)).toEqual(['dana@example.com']);
  });
  it.each([
    ['beside its rule', { rule, event: google }],
    ['in a list', { ...rule, events: [google] }],
    ['with its rule in the row', { ...google, rule_title: rule.title, rule_id: rule.id, rule_level: rule.level }],
  ])('is read with an activity of Google %s', (_, body) => {
    expect(one(body)).toMatchObject({
      platform: 'google',
      severity: 'high',
      groupKey: 'r1',
      subjects: [{ email: 'dana@example.com', nativeId: '100000000000000000001', vendorTenantId: 'C01example' }],
    });
  });
  it.each([
    [
      'Entra sign-in',
      {
        userPrincipalName: 'kim_example.net#EXT#@tenant.example.com',
        userId: '22222222-2222-4222-8222-222222222222',
        ipAddress: '203.0.113.9',
      },
      'kim@example.net',
    ],
    [
      'Entra audit row',
      {
        activityDateTime: '2026-03-10T09:00:00Z',
        initiatedBy: { user: { userPrincipalName: 'admin@example.com' } },
        targetResources: [{ userPrincipalName: 'dana@example.com' }],
      },
      'admin@example.com',
    ],
    [
      'ECS row with name and domain',
      { 'event.dataset': 'google_workspace.login', source: { user: { name: 'dana', domain: 'example.com' } } },
      'dana@example.com',
    ],
    ['row of a change (CIM)', { src_user: 'admin@example.com', user: 'dana@example.com' }, 'admin@example.com'],
    [
      'record of an Office alert',
      {
        Operation: 'AlertTriggered',
        RecordType: 40,
        UserId: 'SecurityComplianceAlerts',
        Data: '{"f3u":"dana@example.com"}',
      },
      'dana@example.com',
    ],
    [
      'action of Slack itself',
      {
        action: 'user_sessions_reset',
        actor: { user: { id: 'USLACKUSER', name: 'Slack' } },
        entity: { user: { id: 'U0DANA01', email: 'dana@example.com' } },
      },
      'dana@example.com',
    ],
  ])('knows who acted in an %s', (_, event, email) => {
    expect(mails({ rule, event })).toEqual([email]);
  });
  it('is one alert for each person, with their own events', () => {
    const kim = { ...office, UserId: 'kim@example.com', ClientIP: '198.51.100.7', Id: 'bb' };
    const { alerts } = all({ ...zircolite, matches: [office, kim, { ...office, Id: 'cc' }] });
    expect(alerts.map(({ alert }) => [alert.subjects.map((s) => s.email), alert.ips])).toEqual([
      [['dana@example.com'], ['203.0.113.9']],
      [['kim@example.com'], ['198.51.100.7']],
    ]);
    expect(alerts[0]?.alert.alertId).not.toBe(alerts[1]?.alert.alertId);
  });
  it('is the same when the tool runs again, and another with another event', () => {
    const id = (change: object) => one({ ...zircolite, matches: [{ ...zircolite.matches[0], ...change }] }).alertId;
    expect(id({ row_id: 4 })).toBe(id({ row_id: 9 }));
    expect(id({ id: 'other' })).not.toBe(id({}));
  });
  it('of an actor without an address suspects nobody whom it was done to', () => {
    expect(refusal({ rule, event: { src_user: 'jdoe', user: 'dana@example.com' } })).toContain(
      'src_user (there, and no address)',
    );
    expect(refusal({ rule, event: { process: 'x' } })).toContain('userPrincipalName');
  });
  it('stands what may become of each field', () => {
    expectHardened('sigma', zircolite);
    expectHardened('sigma', { rule, event: google });
  });
});
