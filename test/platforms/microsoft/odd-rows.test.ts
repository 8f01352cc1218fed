import { describe, expect, it } from 'vitest';
import { NO_TRACES } from '../../../domain/pivot.js';
import { mutationsOf } from '../../support/mutations.js';
import { auditSearch, DANA, list, portOver, QUERY, readSource, type Answers } from './canned.js';
import * as row from './recorded.js';

type Row = Readonly<Record<string, unknown>>;

interface Reader {
  readonly source: string;
  readonly row: Row;
  /** The field that tells rows apart. */
  readonly id: string;
  readonly answers: (...rows: readonly unknown[]) => Answers;
  /** Fields without which the row is odd, or about something or somebody else. Every other field may be anything. */
  readonly needs: RegExp;
}

const SP = { id: 'sp-1', appId: '44444444-4444-4444-8444-444444444444', displayName: 'Mail Helper' };
const owned = { user: { id: DANA, userPrincipalName: 'dana@example.com' } };
const feed = (...rows: readonly unknown[]): Answers => ({
  ...owned,
  activitySubscriptions: ['Audit.General', 'Audit.SharePoint', 'Audit.Exchange'].map((contentType) => ({
    contentType,
    status: 'enabled',
  })),
  activityContent: (url: URL) =>
    url.searchParams.get('contentType') === 'Audit.General' &&
    url.searchParams.get('startTime')?.startsWith('2026-03-09') === true
      ? [{ contentId: 'b1' }]
      : [],
  activityBlob: rows,
});

const READERS: readonly Reader[] = [
  {
    source: 'microsoft.sign_ins',
    row: row.signIn,
    id: 'id',
    answers: (...r) => ({ signIns: list(...r) }),
    needs: /^(id|createdDateTime|status(\.errorCode)?)?$/,
  },
  {
    source: 'microsoft.directory_audits',
    row: row.consent,
    id: 'id',
    answers: (...r) => ({ directoryAudits: list(...r), servicePrincipal: SP }),
    needs: /^(id|activityDateTime|activityDisplayName)?$/,
  },
  {
    source: 'microsoft.risk_detections',
    row: row.risk,
    id: 'id',
    answers: (...r) => ({ riskDetections: list(...r) }),
    needs: /^(id|activityDateTime)?$/,
  },
  {
    source: 'microsoft.alerts',
    row: row.alert,
    id: 'id',
    answers: (...r) => ({ alerts: list(...r) }),
    needs: /^(id|evidence(\.0(\.userAccount(\..*)?)?)?)?$/,
  },
  {
    source: 'microsoft.incidents',
    row: row.incident,
    id: 'id',
    answers: (...r) => ({ incidents: list(...r) }),
    needs: /^(id|status|alerts(\.0(\.(id|evidence.*|.*DateTime))?)?)?$/,
  },
  {
    source: 'microsoft.grants',
    row: row.grant,
    id: 'id',
    answers: (...r) => ({ userGrants: list(...r), directoryAudits: list(), servicePrincipal: SP }),
    needs: /^(id|clientId)?$/,
  },
  {
    source: 'microsoft.notices',
    row: row.mail,
    id: 'internetMessageId',
    answers: (...r) => ({ mailFolder: { id: 'deleted' }, mails: list(...r), folderMails: list(), mailRules: list() }),
    needs: /^(id|internetMessageId|subject|receivedDateTime|from.*)?$/,
  },
  {
    source: 'microsoft.notices',
    row: row.rule,
    id: 'id',
    answers: (...r) => ({ mailFolder: { id: 'deleted' }, mails: list(), folderMails: list(), mailRules: list(...r) }),
    needs: /^(id|isEnabled|conditions.*|actions.*)?$/,
  },
  {
    source: 'microsoft.audit_search',
    row: row.download,
    id: 'Id',
    answers: auditSearch,
    needs: /^(Id|Operation|CreationTime)?$/,
  },
  {
    source: 'microsoft.audit_search',
    row: row.mailRead,
    id: 'Id',
    answers: auditSearch,
    needs: /^(Id|Operation|CreationTime)?$/,
  },
  {
    source: 'microsoft.activity_feed',
    row: row.download,
    id: 'Id',
    answers: feed,
    needs: /^(Id|Operation|CreationTime|UserId)?$/,
  },
  {
    source: 'microsoft.messages',
    row: row.message,
    id: 'id',
    answers: (...r) => ({ chatMessages: list(...r), joinedTeams: list() }),
    needs: /^(id|messageType|createdDateTime)?$/,
  },
  {
    source: 'microsoft.files',
    row: row.file,
    id: 'id',
    answers: (...r) => ({ driveChanges: list(...r) }),
    needs: /^(id|createdDateTime|file|deleted|shared.*)?$/,
  },
];

/** Every mutation of a row, each told apart, between two rows as they should be. */
function mutated(reader: Reader): { readonly rows: readonly unknown[]; readonly paths: readonly string[] } {
  const all = [...mutationsOf(reader.row)];
  const named = (value: unknown, id: string): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, [reader.id]: id } : value;
  return {
    rows: all.map((m, n) => (m.path === reader.id || m.path === '' ? m.row : named(m.row, `m${String(n)}-`))),
    paths: all.map((m) => m.path),
  };
}

/** A row that is null, also inside the wrapping of an audit search. */
const isNothing = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && 'auditData' in value && value.auditData === null);

describe('a row that is odd costs itself alone', () => {
  it.each(READERS.map((r) => [`${r.source} ${r.id} ${String(Object.keys(r.row).length)}`, r] as const))(
    '%s',
    async (_, reader) => {
      const [before, after] = [
        { ...reader.row, [reader.id]: 'good-1' },
        { ...reader.row, [reader.id]: 'good-2' },
      ];
      const alone = await readSource(portOver(reader.answers(before, after)), reader.source);
      expect(alone.events.length, 'the row says something').toBeGreaterThan(1);
      expect(alone.odd).toEqual([]);

      const { rows, paths } = mutated(reader);
      const read = await readSource(portOver(reader.answers(before, ...rows, after)), reader.source);
      expect(read.gaps).toEqual([]);
      // The others are what they were.
      for (const event of alone.events) expect(read.events).toContainEqual(event);
      // Each odd row is kept once for each list that it was in, and gave nothing else.
      const lists = read.odd.filter((o) => 'row' in o && isNothing(o.row)).length;
      expect(lists).toBeGreaterThan(0);
      for (const odd of read.odd) if ('row' in odd) expect(odd.lacks).not.toBe('');
      // What does not identify the row may be anything: it is read without it.
      const lost = paths.filter(
        (path, n) => !reader.needs.test(path) && !read.events.some((e) => e.id.includes(`m${String(n)}-`)),
      );
      expect([...new Set(lost)]).toEqual([]);
      expect(read.odd.filter((o) => 'row' in o).length).toBeLessThan(rows.length * lists);
    },
  );
});

describe('who else has an attacker’s traces', () => {
  it.each([
    [
      'sign-ins',
      row.signIn,
      (...r: readonly unknown[]): Answers => ({ signIns: list(...r) }),
      { addresses: ['198.51.100.7'] },
    ],
    [
      'consents',
      row.consent,
      (...r: readonly unknown[]): Answers => ({
        findServicePrincipal: list(SP),
        directoryAudits: list(...r),
        appGrants: list(),
      }),
      { apps: [{ platform: 'microsoft' as const, id: SP.appId }] },
    ],
    [
      'grants',
      { ...row.grant, principalId: DANA },
      (...r: readonly unknown[]): Answers => ({
        findServicePrincipal: list(SP),
        directoryAudits: list(),
        appGrants: list(...r),
      }),
      { apps: [{ platform: 'microsoft' as const, id: SP.appId }] },
    ],
  ])('are found beside rows that are odd, which are told: %s', async (_, good: Row, answers, traces) => {
    const rows = [...mutationsOf(good)].map((m) => m.row);
    const find = portOver(answers(good, ...rows)).findSightings;
    const { sightings, gaps } = (await find?.({ ...NO_TRACES, ...traces }, QUERY.from, QUERY.to)) ?? {
      sightings: [],
      gaps: [],
    };
    expect(sightings.map((s) => s.nativeId)).toContain(DANA);
    expect(gaps.map((g) => g.code)).toEqual(['ODD_ROWS']);
  });
});

describe('the directory', () => {
  it('lists everybody who has an id, whatever else of a row is odd', async () => {
    const rows = [...mutationsOf(row.person)];
    const numbered = rows.map((m, n) =>
      m.path === 'id' || m.path === '' ? m.row : { ...(m.row as Row), id: `id-${String(n)}` },
    );
    const answers = {
      users: list(row.person, ...numbered),
      roleAssignments: list({ principalId: DANA, roleDefinitionId: 'r' }),
    };
    const { entries } = await portOver(answers).directory.list(undefined);
    expect(entries[0]).toMatchObject({
      nativeId: DANA,
      admin: true,
      emails: ['dana@example.com', 'd.subject@example.com'],
    });
    const ids = new Set(entries.map((e) => e.nativeId));
    expect(
      rows.flatMap((m, n) => (m.path === 'id' || m.path === '' || ids.has(`id-${String(n)}`) ? [] : [m.path])),
    ).toEqual([]);
  });

  it('does not end early where the list can’t be followed: who is missing would count as gone', async () => {
    const answers = { users: { ...list(row.person), '@odata.nextLink': { url: 'x' } }, roleAssignments: list() };
    await expect(portOver(answers).directory.list(undefined)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('protects nobody by guess: an odd holder of a role fails the reading', async () => {
    const answers = { users: list(row.person), roleAssignments: list({ principalId: 7, roleDefinitionId: 'r' }) };
    await expect(portOver(answers).directory.list(undefined)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });
});

it('a link to the next page that is none is a gap, and what was read is kept', async () => {
  for (const link of [7, {}, ['x'], true, 'http://[']) {
    const read = await readSource(
      portOver({ riskDetections: { ...list(row.risk), '@odata.nextLink': link } }),
      'microsoft.risk_detections',
    );
    expect(read.events).toHaveLength(1);
    expect(read.gaps).toMatchObject([{ code: 'VENDOR_REPLY' }]);
  }
});

it('a page that leads to itself ends its list, and the next list is read', async () => {
  const link = 'https://graph.microsoft.com/v1.0/users/u/chats/getAllMessages?$skiptoken=A';
  const channel = 'https://graph.microsoft.com/v1.0/teams/t/channels/getAllMessages?$skiptoken=A';
  const posted = { ...row.message, chatId: null, channelIdentity: { teamId: 't1', channelId: '19:c' } };
  const port = portOver({
    chatMessages: { ...list(row.message), '@odata.nextLink': link },
    joinedTeams: list({ id: 't1' }, { id: 't2' }),
    channelMessages: (url: URL) =>
      url.pathname.includes('/t2/')
        ? list({ ...posted, id: 'of-t2' })
        : { ...list(posted), '@odata.nextLink': channel },
  });
  const read = await readSource(port, 'microsoft.messages');
  expect(read.gaps).toHaveLength(2);
  expect(read.events.map((e) => e.id)).toContain('microsoft:microsoft.messages:19:c:of-t2');
  expect(port.asked.filter((a) => a.includes('getAllMessages'))).toHaveLength(5);
});
