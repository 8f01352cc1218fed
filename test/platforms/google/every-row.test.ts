import { describe, expect, it } from 'vitest';
import { googleUser } from '../../../platforms/google/people.js';
import { accessesIn } from '../../../platforms/google/mail-access.js';
import { seenIn } from '../../../platforms/google/sightings.js';
import { eventRows } from '../../../platforms/google/sources/activity.js';
import { alertsIn } from '../../../platforms/google/sources/alerts.js';
import { filesIn } from '../../../platforms/google/sources/files.js';
import { messagesIn, spacesIn } from '../../../platforms/google/sources/messages.js';
import { filtersIn, mailsIn } from '../../../platforms/google/sources/notices.js';
import { readRows, type Mapped } from '../../../platforms/kit/rows.js';
import { mutationsOf } from '../../support/mutations.js';
import { activity, CONTEXT, DANA, MAX, QUERY, readLog, type LogName } from './rows.js';

/** A reader of rows, a row as the vendor gives it, and others beside it. */
interface Reader {
  readonly read: (rows: readonly unknown[]) => Mapped<unknown>;
  readonly row: object;
  readonly others: readonly [object, object];
  /** What counts as a row; an activity holds several events. */
  readonly rowsIn?: (rows: readonly unknown[]) => readonly unknown[];
}

const log = (
  name: LogName,
  event: string,
  parameters: Parameters<typeof activity>[2],
  more: Readonly<Record<string, unknown>> = {},
): Reader => {
  const row = (): object => activity(name, event, parameters, more);
  return { read: (rows) => readLog(name, rows), row: row(), others: [row(), row()], rowsIn: eventRows };
};
const list = (read: Reader['read'], make: (n: number) => object): Reader => ({
  read,
  row: make(1),
  others: [make(2), make(3)],
});
const HERE = { name: 'spaces/AAA', private: true, external: false };
const AT = '2026-03-10T10:00:00.000Z';

const READERS: Readonly<Record<string, Reader>> = {
  'reports login': log(
    'login',
    'login_success',
    { login_type: 'google_password', login_challenge_method: ['password', 'passkey'], is_suspicious: true },
    { type: 'login' },
  ),
  'reports user_accounts': log(
    'user_accounts',
    'email_forwarding_out_of_domain',
    { email_forwarding_destination_address: 'drop@example.net' },
    { type: 'email_forwarding_change' },
  ),
  'reports token': log('token', 'activity', {
    ...{ client_id: '42.apps.googleusercontent.com', app_name: 'Helper', num_response_bytes: 5_000 },
    ...{ scope: ['https://www.googleapis.com/auth/drive'], scope_data: [['scope_name', 'openid']] },
  }),
  'reports admin': log('admin', 'ASSIGN_ROLE', { USER_EMAIL: 'max@example.com', ROLE_NAME: 'Groups admin' }),
  'reports chat': log('chat', 'attachment_download', {
    ...{ room_id: 'AAA', room_name: 'finance', conversation_type: 'SPACE', message_id: 'spaces/AAA/messages/B.B' },
    ...{ attachment_name: 'cGF5Lnhsc3g=', attachment_hash: 'a'.repeat(64), external_room: 'ENABLED' },
  }),
  'reports drive': log('drive', 'change_document_access_scope', {
    ...{ primary_event: true, doc_id: 'doc-1', doc_title: 'payroll', owner: 'dana@example.com' },
    ...{ target_domain: 'partner.example.net', visibility_change: 'external', visibility: 'shared_externally' },
    ...{ new_value: ['can_view'], old_value: ['none'] },
  }),
  'reports takeout': log('takeout', 'COMPLETED_USER_TAKEOUT', { TAKEOUT_ID: 't-1', PRODUCTS_REQUESTED: 'Google Chat' }),
  'reports vault': log('vault', 'export', { matter_id: 'm-1', resource_name: 'Chat export' }),
  'reports rules': log('rules', 'action_complete', {
    ...{ rule_name: 'Cards', resource_id: 'doc-1', resource_title: 'payroll', severity: 'HIGH' },
    ...{ actor_ip_address: '203.0.113.7', triggered_actions: ['DRIVE_BLOCK_EXTERNAL_SHARING'] },
  }),
  alerts: list(
    (rows) => alertsIn(CONTEXT, QUERY, rows),
    (n) => ({
      ...{ alertId: `alert-${String(n)}`, createTime: AT, startTime: AT, type: 'Suspicious login', deleted: false },
      data: {
        '@type': 'type.googleapis.com/google.apps.alertcenter.type.AccountWarning',
        email: 'dana@example.com',
        loginDetails: { loginTime: AT, ipAddress: '203.0.113.9' },
        events: [{ deviceId: 'd-1' }],
      },
      metadata: { alertId: `alert-${String(n)}`, severity: 'HIGH', status: 'NOT_STARTED' },
    }),
  ),
  files: list(
    (rows) => filesIn(CONTEXT, DANA, rows),
    (n) => ({
      ...{ id: `file-${String(n)}`, name: 'plan', createdTime: AT, size: '5000', sha256Checksum: 'a'.repeat(64) },
      permissions: [
        { id: 'p', type: 'user', role: 'writer', emailAddress: 'kim@example.net' },
        { id: 'anyoneWithLink', type: 'anyone', role: 'reader' },
      ],
    }),
  ),
  messages: list(
    (rows) => messagesIn(CONTEXT, QUERY, HERE, rows),
    (n) => ({
      ...{ name: `spaces/AAA/messages/${String(n)}.x`, createTime: AT, text: 'see https://wiki.example.com/x' },
      sender: { name: `users/${DANA}`, type: 'HUMAN' },
      cardsV2: [
        { card: { header: { title: 'Card' }, sections: [{ widgets: [{ textParagraph: { text: 'in it' } }] }] } },
      ],
      annotations: [{ type: 'RICH_LINK', richLinkMetadata: { uri: 'https://docs.example.com/d' } }],
      quotedMessageMetadata: { name: 'spaces/AAA/messages/q', quotedMessageSnapshot: { text: 'before' } },
      attachment: [{ name: 'a/1', contentName: 'plan.pdf', driveDataRef: { driveFileId: 'file-1' } }],
    }),
  ),
  spaces: list(spacesIn, (n) => ({
    ...{ name: `spaces/AAA${String(n)}`, spaceType: 'SPACE', displayName: 'finance', externalUserAllowed: true },
  })),
  mails: list(
    (rows) => mailsIn(CONTEXT, QUERY, rows),
    (n) => ({
      ...{ id: `m-${String(n)}`, internalDate: '1773136800000', labelIds: ['TRASH'] },
      payload: {
        headers: [
          { name: 'From', value: 'Google <no-reply@accounts.google.com>' },
          { name: 'Subject', value: 'New sign-in to your account' },
          { name: 'Message-ID', value: `<m-${String(n)}@accounts.google.com>` },
        ],
      },
    }),
  ),
  filters: list(
    (rows) => filtersIn(CONTEXT, QUERY, rows),
    (n) => ({
      ...{ id: `f-${String(n)}`, criteria: { from: 'no-reply@accounts.google.com' } },
      action: { addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'], forward: 'drop@example.net' },
    }),
  ),
  delegates: list(
    (rows) => accessesIn('delegates', rows),
    (n) => ({ delegateEmail: `kim${String(n)}@example.net`, verificationStatus: 'accepted' }),
  ),
  'send-as addresses': list(
    (rows) => accessesIn('sendAs', rows),
    (n) => ({ sendAsEmail: `kim${String(n)}@example.net`, isPrimary: false, verificationStatus: 'pending' }),
  ),
  'forwarding addresses': list(
    (rows) => accessesIn('forwardingAddresses', rows),
    (n) => ({ forwardingEmail: `kim${String(n)}@example.net`, verificationStatus: 'accepted' }),
  ),
  sightings: {
    read: (rows) => seenIn({ application: 'login', by: 'address', value: '203.0.113.9' }, rows),
    row: activity('login', 'login_success'),
    others: [activity('login', 'login_success'), activity('login', 'login_failure')],
    rowsIn: eventRows,
  },
  directory: list(
    (rows) => readRows(rows, googleUser),
    (n) => ({
      ...{
        id: `10000000000000000000${String(n)}`,
        primaryEmail: `p${String(n)}@example.com`,
        customerId: 'C01example',
      },
      ...{
        name: { fullName: 'P' },
        aliases: ['a@example.com'],
        suspended: false,
        isAdmin: false,
        isMailboxSetup: true,
      },
      ...{ phones: [{ type: 'mobile', value: '1' }], relations: [{ type: 'manager', value: 'max@example.com' }] },
      organizations: [{ department: 'Sales', primary: true }],
    }),
  ),
};

describe.each(Object.entries(READERS))('%s', (_, { read, row, others, rowsIn = (rows) => rows }) => {
  const alone = read(others).values;

  it('reads the row as it is', () => {
    const whole = read([row]);
    expect(whole.values.length).toBeGreaterThan(0);
    expect(whole).toMatchObject({ read: rowsIn([row]).length, odd: [] });
    expect(alone.length).toBeGreaterThan(0);
  });

  it('reads every other row, whatever the vendor changed in one, and counts that one as read or as odd', () => {
    let seen = 0;
    for (const { how, path, row: changed } of mutationsOf(row)) {
      const rows = [others[0], changed, others[1]];
      const { read: readRowsCount, values, odd } = read(rows);
      const at = `${how} ${path}`;
      const oddRows = odd.filter((o) => 'row' in o).length;
      expect(`${at}: ${String(readRowsCount + oddRows)}`).toBe(`${at}: ${String(rowsIn(rows).length)}`);
      const kept = new Set(values.map((v) => JSON.stringify(v)));
      expect({ at, lost: alone.filter((v) => !kept.has(JSON.stringify(v))) }).toEqual({ at, lost: [] });
      seen++;
    }
    expect(seen).toBeGreaterThan(30);
  });
});

it('an activity keeps its good events beside an odd one', () => {
  const item = activity('drive', 'download', { doc_id: 'doc-1' }) as { readonly events: readonly unknown[] };
  const { read, values, odd } = readLog('drive', [{ ...item, events: [null, ...item.events, { type: 'access' }] }]);
  expect(values.map((e) => [e.kind, e.target?.id, e.id.split(':').at(-1)])).toEqual([['file_download', 'doc-1', '1']]);
  expect([read, odd.map((o) => 'row' in o && o.lacks)]).toEqual([1, ['events', 'events.name']]);
});

it('an activity without events is odd, not empty', () => {
  const item = activity('drive', 'download', {}, { events: [] });
  expect(readLog('drive', [item])).toMatchObject({ read: 0, odd: [{ row: item, lacks: 'events' }] });
});

it('a row of somebody else is nobody else’s for its oddness', () => {
  const other = activity('drive', 'download', { doc_id: 'doc-1' }, { actor: { profileId: MAX, email: ['odd'] } });
  expect(readLog('drive', [other]).values).toMatchObject([{ actor: MAX }]);
});
