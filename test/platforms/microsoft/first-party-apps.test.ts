import { afterEach, describe, expect, it } from 'vitest';
import { clientOf } from '../../../domain/client.js';
import { actingApp } from '../../../domain/episodes.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { doneWith } from '../../../platforms/microsoft/first-party-apps.js';
import { auditEvents } from '../../../platforms/microsoft/sources/audit-event.js';
import { auditRecord } from '../../../platforms/microsoft/sources/audit-record.js';
import { mapRows } from '../../../platforms/kit/rows.js';
import type { SourceContext } from '../../../platforms/microsoft/sources/source.js';
import { evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

const TEAMS = '1fec8e78-bce4-4aaf-ab1b-5451cc387264';
const SHAREPOINT = '08e18876-6177-487e-b8b5-cf950c1e598c';
const OUTLOOK = '27922004-5251-4030-b22d-91ecd9a37ea4';
const GRAPH_TOOLS = '14d82eec-204b-4c2f-b7e8-296a70dab67e';
const FOREIGN = '8d1f5a7e-0000-4000-8000-00000000abcd';
const EDGE =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0';

/** As the Management Activity API gives records of SharePoint, Exchange and Teams. */
const record = (extra: object): object => ({
  Id: '00000000-0000-4000-8000-000000000001',
  CreationTime: '2026-11-29T09:00:00',
  Operation: 'FileDownloaded',
  RecordType: 6,
  UserType: 0,
  UserId: 'dana@example.com',
  UserKey: 'i:0h.f|membership|1003200000000001@live.com',
  Workload: 'SharePoint',
  ClientIP: '198.51.100.7',
  SiteUrl: 'https://example.sharepoint.com/sites/plans/',
  SourceFileName: 'plan.docx',
  ObjectId: 'https://example.sharepoint.com/sites/plans/Shared Documents/plan.docx',
  ...extra,
});
const read = (extra: object): EvidenceEvent => {
  const [from, to] = ['2026-11-28T00:00:00Z', '2026-11-30T00:00:00Z'];
  const query = { nativeId: 'dana', emails: ['dana@example.com'], from, to, readContent: false };
  const context = { platform: 'microsoft', tenant: 'main' } as SourceContext;
  const [event] = mapRows([record(extra)], auditRecord, (row, notes) =>
    auditEvents(context, 'test', row, query, notes),
  ).values;
  if (!event) throw new Error('the record says nothing');
  return event;
};

describe('a client of Microsoft’s own in the unified audit log', () => {
  const asked = { AADSessionId: 's-1', ClientAppName: '' };

  it.each([
    ['the Teams client', { AppAccessContext: { ...asked, ClientAppId: TEAMS }, UserAgent: EDGE }, EDGE],
    [
      'the web client, by its other field',
      { ApplicationId: SHAREPOINT, ApplicationDisplayName: 'Web', UserAgent: EDGE },
      EDGE,
    ],
    ['one in capital letters', { ApplicationId: SHAREPOINT.toUpperCase(), UserAgent: EDGE }, EDGE],
    ['one without a user agent', { AppAccessContext: { ...asked, ClientAppId: OUTLOOK } }, 'Outlook Mobile'],
  ])('is what the person used, and no actor: %s', (_, extra, userAgent) => {
    const event = read(extra);
    expect(actingApp(event)).toBeUndefined();
    expect(event).not.toHaveProperty('app');
    expect(event).toMatchObject({ actor: 'dana', ip: '198.51.100.7', userAgent });
    expect(clientOf(event.userAgent ?? '').scripted).toBe(false);
  });

  it('that is a tool for scripts is a scripted program of the person, whatever browser it opened', () => {
    for (const UserAgent of [undefined, EDGE]) {
      const event = read({ AppAccessContext: { ...asked, ClientAppId: GRAPH_TOOLS }, UserAgent });
      expect(actingApp(event)).toBeUndefined();
      expect(event.userAgent).toContain('Microsoft Graph Command Line Tools');
      expect(clientOf(event.userAgent ?? '').scripted).toBe(true);
    }
  });

  it('is not an app of another publisher: that acts', () => {
    const event = read({
      AppAccessContext: { ...asked, ClientAppId: FOREIGN, ClientAppName: 'Sync' },
      UserAgent: 'axios/1',
    });
    expect(actingApp(event)).toBe(FOREIGN);
    expect(event).toMatchObject({ app: { id: FOREIGN, name: 'Sync' }, userAgent: 'axios/1' });
  });

  it('with which an app is let in is not the app that is let in', () => {
    const event = read({
      ...{ Operation: 'AppInstalled', AddOnGuid: FOREIGN, AddOnName: 'Poll', SourceFileName: undefined },
      AppAccessContext: { ...asked, ClientAppId: TEAMS },
    });
    expect(event).toMatchObject({
      kind: 'app_grant',
      app: { id: FOREIGN, name: 'Poll' },
      userAgent: 'Microsoft Teams',
    });
  });
});

it.each([
  ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', 'azure cli'],
  ['1950a258-227b-4e31-a9cf-717495945fc2', 'microsoft azure powershell'],
  [GRAPH_TOOLS, 'command line tools'],
  ['de8bc8b5-d9f9-48b1-a8ad-b748da725064', 'graph explorer'],
  ['9bc3ab49-b65d-410a-85ad-de819febfddc', 'management shell'],
  ['12128f48-ec9e-42f0-b203-ea49fb6af367', 'ms teams powershell'],
])('%s is told from other programs as %s', (id, program) => {
  const { userAgent = '' } = doneWith({ id, userAgent: EDGE });
  expect(clientOf(userAgent)).toEqual({ program, system: 'Windows', scripted: true });
});

it('a browser with the words of a tool nowhere in it is none', () => {
  for (const ua of [EDGE, 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)', 'Microsoft Teams', ''])
    expect(clientOf(ua).scripted).toBe(false);
});

describe('in the sign-in log', () => {
  let tenant: Tenant;
  afterEach(() => tenant.close());

  it('says with what the person signed in; an app of somebody else’s is named', async () => {
    const by = { type: 'sign_in', user: '@dana', ip: 'ip:office', userAgent: EDGE };
    tenant = await startTenant([
      { ...by, at: '-PT2H' },
      { ...by, at: '-PT1H', app: 'app:thief' },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'));
    const id = tenant.world.appId('thief');
    expect(
      events
        .map((e) => [e.at, e.app?.id, e.userAgent])
        .sort()
        .map(([, ...rest]) => rest),
    ).toEqual([
      [undefined, EDGE],
      [id, EDGE],
    ]);
  });
});
