import { describe, expect, it } from 'vitest';
import { AUDIT_OPERATIONS, meaningOf, NOT_READ } from '../../../platforms/microsoft/sources/audit-operations.js';
import { auditSearch, DANA, portOver, QUERY, readSource } from './canned.js';
import { download, mailRead } from './recorded.js';

const WINDOW = { ...QUERY, from: '2026-03-09T12:00:00.000Z' };
const read = async (...records: readonly object[]) =>
  (await readSource(portOver(auditSearch(...records)), 'microsoft.audit_search', WINDOW)).events;
const of = (Operation: string, extra: object = {}) => ({
  ...{
    Id: `x-${Operation}`,
    CreationTime: '2026-03-10T10:00:00',
    Operation,
    UserId: 'dana@example.com',
    ClientIP: '203.0.113.9',
  },
  ...extra,
});

describe('operations of the unified audit log', () => {
  it.each([
    [
      'file_view',
      'FilePreviewed FileAccessed FileAccessedExtended PreviewItemRendered ViewDocument FileTranscriptContentAccessed',
    ],
    [
      'file_download',
      'FileDownloaded FileSyncDownloadedFull FileCopied MeetingRecordingDownloaded PreviewItemDownloaded DownloadDocument',
    ],
    [
      'export',
      'TranscriptsExported RecordingExported MessagesExported ViewedSearchExported SearchExported SearchExportDownloaded ExportJob',
    ],
    [
      'share',
      'SharingSet SecureLinkCreated CompanyLinkCreated AnonymousLinkCreated SharingLinkCreated SharingLinkUpdated AddedToSharingLink SharingInvitationCreated AccessRequestApproved',
    ],
    ['api_activity', 'MailItemsAccessed Send SendAs SendOnBehalf SearchCreated SearchPreviewed AccessRequestCreated'],
    ['api_activity', 'SearchQueryPerformed SearchQueryInitiatedSharePoint SearchQueryInitiatedExchange'],
  ])('that are %s', async (kind, names) => {
    const events = await read(...names.split(' ').map((n) => of(n)));
    expect(events.map((e) => [e.operation, e.kind])).toEqual(names.split(' ').map((n) => [n, kind]));
  });

  it('are read or named as not read, none of them both', () => {
    for (const [name, why] of Object.entries(NOT_READ)) {
      expect(meaningOf(name), name).toBeUndefined();
      expect(why.length).toBeGreaterThan(10);
    }
    expect(AUDIT_OPERATIONS.length).toBe(new Set(AUDIT_OPERATIONS).size);
  });

  it('that throw mail away matter where the mail would have told of the intruder', async () => {
    const thrown = (Subject: string) => of('SoftDelete', { Id: Subject, AffectedItems: [{ Subject }] });
    const events = await read(thrown('New sign-in to your account'), thrown('Lunch?'), of('HardDelete'));
    expect(events.map((e) => [e.id, e.kind])).toEqual([['microsoft:audit:New sign-in to your account', 'mail_rule']]);
  });

  it('that share say with whom, and how far it can be seen', async () => {
    const target = (TargetUserOrGroupName: string, TargetUserOrGroupType: string) => ({
      TargetUserOrGroupName,
      TargetUserOrGroupType,
    });
    const events = await read(
      of('SharingSet', { Id: 'a', ...target('kim_example.net#ext#@example.onmicrosoft.com', 'Member') }),
      of('AddedToSecureLink', { Id: 'b', ...target('Lee@Example.net', 'Guest') }),
      of('SharingSet', { Id: 'c', ...target('max@example.com', 'Member') }),
      of('CompanyLinkCreated', { Id: 'd' }),
      of('SharingSet', { Id: 'e', SharingLinkScope: 'Anyone' }),
      of('SharingLinkCreated', { Id: 'f', SharingLinkScope: 'Anyone' }),
      of('AddedToSharingLink', { Id: 'g', ...target('Lee@Example.net', 'Guest') }),
    );
    expect(events.map((e) => [e.externalRecipients, e.visibility, e.reasons])).toEqual([
      [['kim@example.net'], 'outside', undefined],
      [['lee@example.net'], 'outside', undefined],
      [undefined, undefined, undefined],
      [undefined, 'inside', undefined],
      [undefined, 'outside', ['anonymous_link']],
      [undefined, 'outside', ['anonymous_link']],
      [['lee@example.net'], 'outside', undefined],
    ]);
  });

  it('of Outlook name a rule among their properties, as commands do among their parameters', async () => {
    const events = await read(
      of('UpdateInboxRules', { OperationProperties: [{ Name: 'RuleName', Value: 'RSS' }] }),
      of('New-InboxRule', {
        Parameters: [
          { Name: 'Name', Value: ['RSS', 'x'] },
          { Name: 'Enabled', Value: true },
        ],
      }),
    );
    expect(events.map((e) => e.target?.name)).toEqual(['RSS', 'RSS;x']);
  });

  it('tell of an alert about the subject, and of nobody else’s', async () => {
    const alert = (AlertEntityId: string) =>
      of('AlertTriggered', {
        Id: AlertEntityId,
        UserId: 'SecurityComplianceAlerts',
        Name: 'Unusual volume',
        Severity: 'High',
        AlertEntityId,
      });
    const events = await read(alert('Dana@example.com'), alert('kim@example.com'), alert(DANA.toUpperCase()));
    expect(events).toMatchObject([
      {
        kind: 'platform_alert',
        logSource: 'platform_alerts',
        operation: 'Unusual volume',
        risk: 'high',
        target: { id: DANA },
      },
      { kind: 'platform_alert' },
    ]);
    expect(events[0]).not.toHaveProperty('ip');
  });
});

describe('where a record is from', () => {
  it.each([
    ['203.0.113.9, 192.0.2.18, 192.0.2.119', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['[2001:DB8:0:0::9]:443', '2001:db8::9'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['127.0.0.1', undefined],
    ['10.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['198.051.100.007', undefined],
    ['<null>', undefined],
  ])('ClientIP %s is %s', async (ClientIP, ip) => {
    expect((await read({ ...download, ClientIP }))[0]?.ip).toBe(ip);
  });

  it('of a mailbox is in fields of its own: address, session, program, and whose mailbox it is', async () => {
    expect(await read(mailRead)).toMatchObject([
      {
        ip: '203.0.113.9',
        sessionId: 'ses-1',
        userAgent: 'Mozilla/5.0 (example)',
        count: 40,
        owner: 'kim@example.com',
      },
    ]);
  });

  it.each([
    ['alone', { ClientIP: undefined, ActorIpAddress: '203.0.113.77' }, '203.0.113.77'],
    ['beside an empty one', { ClientIP: '', ActorIpAddress: '203.0.113.77:443' }, '203.0.113.77'],
    ['beside that of the client', { ActorIpAddress: '203.0.113.77' }, '203.0.113.9'],
    ['of an inside network', { ClientIP: undefined, ActorIpAddress: '10.0.0.7' }, undefined],
  ])('takes the actor’s address %s', async (_, extra, ip) => {
    expect((await read({ ...download, ...{ ClientIP: '203.0.113.9' }, ...extra })).map((e) => e.ip)).toEqual([ip]);
  });

  it.each([
    [
      'a service of Microsoft’s, by its app',
      { AppAccessContext: { ClientAppId: '944f0bd1-117b-4b1c-af26-804ed95e767e' } },
    ],
    ['a system account', { UserType: 4, AppAccessContext: null }],
    ['the account of SharePoint’s apps', { UserId: 'app@sharepoint', AppAccessContext: null }],
  ])('is nothing of the person’s where it was %s', async (_, extra) => {
    const [event] = await read({ ...download, ...extra });
    for (const field of ['ip', 'userAgent', 'app']) expect(event).not.toHaveProperty(field);
  });

  it('is the person’s where the machine is rented from Microsoft: an address proves no service', async () => {
    expect(await read({ ...download, ClientIP: '198.51.100.77', UserAgent: 'python-requests/2' })).toMatchObject([
      { ip: '198.51.100.77' },
    ]);
  });

  it('takes a size that is written as a text', async () => {
    expect((await read({ ...download, FileSizeBytes: '20,480' }))[0]?.bytes).toBe(20480);
  });
});
