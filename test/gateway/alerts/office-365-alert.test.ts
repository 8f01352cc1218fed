import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('office-365-alert');
const record = sample('office-365-alert') as { readonly AlertId: string; readonly Data: string };
const withData = (data: object, more: object = {}) => ({
  ...record,
  AlertEntityId: null,
  EntityType: null,
  ...more,
  Data: JSON.stringify(data),
});

describe('a record of an alert', () => {
  it('is about the account in its data, not about the service that wrote it', () => {
    expect(one(record)).toMatchObject({
      dedupeKey: record.AlertId,
      platform: 'microsoft',
      subjects: [{ email: 'dana.weiss@example.com', vendorTenantId: '11111111-2222-4333-8444-555555555555' }],
      title: 'Unusual volume of file download',
      severity: 'high',
      occurredAt: '2026-03-01T10:00:00.000Z',
      ips: ['203.0.113.66'],
      link: 'https://security.example.com/alerts/55555555',
    });
  });
  it.each([
    [
      'who submitted, before the account that it was done to',
      { suid: 'admin@example.com', eid: 'dana@example.com', etype: 'User' },
      ['admin@example.com'],
    ],
    ['whom the policy was about', { f3u: 'dana@example.com' }, ['dana@example.com']],
    ['several of them', { f3u: 'dana@example.com, kim@example.com' }, ['dana@example.com', 'kim@example.com']],
    ['the account that is the entity', { eid: 'dana@example.com', etype: 'User' }, ['dana@example.com']],
    ['a guest by their own address', { f3u: 'kim_example.net#EXT#@tenant.example.com' }, ['kim@example.net']],
  ])('takes %s', (_, data, expected) => {
    expect(mails(withData(data))).toEqual(expected);
  });
  it('takes an object id for an account, and no name of a service', () => {
    const id = '22222222-2222-4222-8222-222222222222';
    expect(one(withData({ f3u: id.toUpperCase() })).subjects).toMatchObject([{ nativeId: id, platform: 'microsoft' }]);
    expect(refusal(withData({ f3u: 'SecurityComplianceAlerts' }))).toContain('Data.f3u');
  });
  it('suspects no recipient of a mail, and takes no server for a client', () => {
    const mail = {
      etype: 'Recipients',
      eid: 'dana@example.com',
      trc: 'dana@example.com',
      tsd: 'x@example.net',
      sip: '198.51.100.7',
    };
    expect(refusal(withData(mail, { EntityType: 'Recipients', AlertEntityId: 'dana@example.com' }))).toContain(
      'ALERT_NO_SUBJECT',
    );
    expect(one(withData({ ...mail, f3u: 'kim@example.com' })).ips).toEqual(['203.0.113.66'].slice(1));
  });
  it('keeps a further entity of an alert apart, whatever the case of letters', () => {
    const entity = (AlertEntityId: string) =>
      one({ ...record, Operation: 'AlertEntityGenerated', AlertEntityId, Data: '{}' });
    expect(entity('dana@example.com').alertId).not.toBe(entity('kim@example.com').alertId);
    expect(entity('dana@example.com').alertId).toBe(entity('Dana@Example.com').alertId);
    expect(entity('dana@example.com').groupKey).toBe(one(record).groupKey);
  });
  it.each([
    [{ Status: 'Resolved', Operation: 'AlertUpdated' }, 'closed'],
    [{ Status: 'Dismissed' }, 'closed'],
    [{ Status: 'Investigating' }, 'update'],
    [{ Operation: 'AlertUpdated' }, 'update'],
  ])('%o is %s', (change, state) => {
    expect(one({ ...record, ...change }).state).toBe(state);
  });
  it('comes as the audit search gives it, and among records that are no alerts', () => {
    const other = { ...record, Operation: 'FileDownloaded', RecordType: 6, Id: 'x', AlertId: undefined };
    expect(mails({ AuditData: JSON.stringify(record), Operations: 'AlertTriggered' })).toEqual([
      'dana.weiss@example.com',
    ]);
    expect(
      mails({
        value: [
          { id: '1', auditData: record },
          { id: '2', auditData: other },
        ],
      }),
    ).toEqual(['dana.weiss@example.com']);
    expect(all([other])).toEqual({ alerts: [], problems: [] });
  });
  it('reads who clicked and who wrote in records of threats', () => {
    const click = {
      CreationTime: '2026-03-10T10:00:00',
      Id: 'a',
      Operation: 'TIUrlClickData',
      RecordType: 41,
      Workload: 'ThreatIntelligence',
      UserId: 'dana@example.com',
      UserIp: '203.0.113.9',
      Url: 'https://x.example.net/',
    };
    expect(one(click)).toMatchObject({
      dedupeKey: 'a',
      subjects: [{ email: 'dana@example.com' }],
      ips: ['203.0.113.9'],
    });
  });
  it('without an id is refused', () => {
    expect(refusal({ ...record, AlertId: null, Id: null })).toContain('AlertId');
  });
  it('stands what may become of each field', () => {
    expectHardened('office-365-alert', record);
  });
});

describe('an alert of Defender for Cloud Apps', () => {
  const account = {
    type: 'account',
    saas: 11161,
    inst: 0,
    id: '22222222-2222-4222-8222-222222222222',
    pa: 'dana@example.com',
    em: 'dana@example.com',
    label: 'Dana',
  };
  const alert = {
    _id: '5f06d71dba4289d0602ba5ac',
    timestamp: 1773136800000,
    title: 'Mass download',
    severityValue: 2,
    statusValue: 0,
    entities: [
      { type: 'policyRule', id: 'p1', label: 'Mass download' },
      { type: 'service', id: 15600, label: 'Microsoft OneDrive for Business' },
      account,
      { type: 'user', id: 'dana@example.com', label: 'dana@example.com' },
      { type: 'ip', id: '203.0.113.9' },
      { type: 'file', id: 'f1', label: 'plan.pdf' },
    ],
    URL: 'https://portal.example.com/#/alerts/5f06',
  };
  it('is about its accounts', () => {
    expect(one(alert)).toMatchObject({
      dedupeKey: '5f06d71dba4289d0602ba5ac',
      platform: 'microsoft',
      severity: 'high',
      occurredAt: '2026-03-10T10:00:00.000Z',
      ips: ['203.0.113.9'],
      evidence: expect.arrayContaining([{ type: 'file', value: 'plan.pdf' }]) as unknown,
    });
    expect(one(alert).subjects).toEqual([
      { kind: 'person', email: 'dana@example.com', nativeId: account.id, platform: 'microsoft' },
    ]);
  });
  it('is known by the mark of a collector, and closed when it was resolved', () => {
    const { severityValue: _, statusValue: _status, ...bare } = alert;
    expect(mails({ ...bare, _vendor: 'Microsoft Cloud App Security' })).toEqual(['dana@example.com']);
    expect(one({ ...alert, resolveTime: '2026-03-10T11:00:00Z' }).state).toBe('closed');
  });
  it('about a host alone says where it looked', () => {
    expect(refusal({ ...alert, entities: [{ type: 'ip', id: '203.0.113.9' }] })).toContain('entities');
  });
  it('stands what may become of each field', () => {
    expectHardened('office-365-alert', alert);
  });
});
