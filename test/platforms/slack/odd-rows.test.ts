import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { NO_TRACES } from '../../../domain/pivot.js';
import type { Mapped } from '../../../platforms/kit/rows.js';
import { createDirectory } from '../../../platforms/slack/directory.js';
import { atTheDoorBy, callsFrom, installsOf, seenInEntries } from '../../../platforms/slack/sightings.js';
import { accessesIn } from '../../../platforms/slack/sources/access-logs.js';
import { actsOfApp } from '../../../platforms/slack/sources/app-activity.js';
import { AUDIT_ACTIONS } from '../../../platforms/slack/sources/audit-actions.js';
import { entriesIn } from '../../../platforms/slack/sources/audit-logs.js';
import { filesIn } from '../../../platforms/slack/sources/files.js';
import { changesIn } from '../../../platforms/slack/sources/integration-logs.js';
import { messagesIn } from '../../../platforms/slack/sources/message.js';
import { sessionsIn } from '../../../platforms/slack/sources/sessions.js';
import { networksIn, trustedNetworks } from '../../../platforms/slack/sources/trusted-networks.js';
import { mutationsOf } from '../../support/mutations.js';
import * as recorded from './recorded.js';
import { answering, contextOf, QUERY } from './recorded.js';

const context = contextOf();
const nowhere = new Map<string, boolean>();
const window = { from: QUERY.from, to: QUERY.to };
const address = new Set(['203.0.113.9']);
const [, files, , , alerts] = AUDIT_ACTIONS;
if (!files || !alerts) throw new Error('the table has five sources');
const audited = (read: typeof files) => (rows: readonly unknown[]) =>
  entriesIn(context, { read, by: 'actor', names: undefined, outside: nowhere }, QUERY, rows);

interface Reader {
  readonly reads: string;
  readonly row: object;
  /** What makes a second row of the first: two rows of one name are one. */
  readonly other: object;
  readonly read: (rows: readonly unknown[]) => Mapped<unknown>;
  /** Rows that are another's, and left out when they are odd. */
  readonly isAnothers?: (row: unknown) => boolean;
}

const READERS: readonly Reader[] = [
  {
    reads: 'access logs',
    row: recorded.ACCESS,
    other: { user_agent: 'another' },
    read: (rows) => accessesIn(context, 'T1EXAMPLE', QUERY, rows),
    isAnothers: (row) => {
      const id = (row as { readonly user_id?: unknown } | null)?.user_id;
      return typeof id === 'string' && id !== '' && id !== QUERY.nativeId;
    },
  },
  {
    reads: 'integration logs',
    row: recorded.INTEGRATION,
    other: { app_id: 'A0OTHER01' },
    read: (rows) => changesIn(context, 'T1EXAMPLE', QUERY, rows),
  },
  {
    reads: 'sessions',
    row: recorded.SESSION,
    other: { session_id: 1 },
    read: (rows) => sessionsIn(context, QUERY, rows),
  },
  {
    reads: 'files',
    row: recorded.FILE,
    other: { id: 'F0OTHER' },
    read: (rows) => filesIn(context, rows, new Map([['C0EXAMPLE', true]])),
  },
  { reads: 'audit entries', row: recorded.ENTRY, other: { id: 'other' }, read: audited(files) },
  { reads: 'anomalies', row: recorded.ANOMALY, other: { id: 'other' }, read: audited(alerts) },
  {
    reads: 'bulk resets',
    row: { ...recorded.ENTRY, action: 'bulk_session_reset_by_admin', details: { succeeded_users: ['U0KIM001'] } },
    other: { id: 'other' },
    read: (rows) =>
      entriesIn(
        context,
        { read: AUDIT_ACTIONS[0] ?? files, by: 'actor', names: undefined, outside: nowhere },
        QUERY,
        rows,
      ),
  },
  {
    reads: 'what an app did',
    row: recorded.ENTRY,
    other: { id: 'other' },
    read: (rows) => actsOfApp(context, AUDIT_ACTIONS, { ...QUERY, nativeId: 'A0THIEF01' }, rows, nowhere),
  },
  {
    reads: 'messages',
    row: recorded.MESSAGE,
    other: { ts: '1773136900.000100' },
    read: (rows) => messagesIn(context, recorded.PLACE, QUERY, rows),
  },
  {
    reads: 'sign-ins of everybody',
    row: { ...recorded.ENTRY, action: 'user_login' },
    other: { id: 'other' },
    read: (rows) => seenInEntries(context, rows, atTheDoorBy({ ...NO_TRACES, addresses: ['203.0.113.9'] })),
  },
  {
    reads: 'calls of everybody',
    row: recorded.ACCESS,
    other: { user_agent: 'another' },
    read: (rows) => callsFrom(address, window, 'T1EXAMPLE', rows),
  },
  {
    reads: 'installs by everybody',
    row: recorded.INTEGRATION,
    other: { user_id: 'U0KIM001' },
    read: (rows) => installsOf(window, 'T1EXAMPLE', 'A0THIEF01', rows),
  },
];

describe.each(READERS)(
  '$reads, with every field of a row removed, nulled, retyped, doubled and made huge',
  (reader) => {
    const { row, other, read, isAnothers } = reader;
    const sound = { ...row, ...other };

    it('give what a sound row holds', () => {
      expect(read([row]).values).not.toEqual([]);
      expect(read([row, sound]).values).toHaveLength(2 * read([sound]).values.length);
    });

    it('never throw, leave the other row as it is, and count every row as read or as odd', () => {
      const expected = JSON.stringify(read([sound]).values);
      const wrong: string[] = [];
      for (const { how, path, row: mutated } of mutationsOf(row)) {
        const { read: rows, values, odd } = read([mutated, sound]);
        const oddRows = odd.filter((o) => 'row' in o).length;
        const leftOut = isAnothers?.(mutated) === true && oddRows === 0;
        if (rows + oddRows !== 2 && !leftOut)
          wrong.push(`${how} ${path}: ${String(rows)} read, ${String(oddRows)} odd`);
        const alone = read([mutated]).values;
        if (JSON.stringify(values.slice(alone.length)) !== expected)
          wrong.push(`${how} ${path}: the other row changed`);
      }
      expect(wrong).toEqual([]);
    });
  },
);

describe('what identifies a row is all that it needs', () => {
  const least: readonly (readonly [string, object, readonly string[]])[] = [
    ['access logs', recorded.ACCESS, ['user_id', 'date_last']],
    ['integration logs', recorded.INTEGRATION, ['date', 'change_type']],
    ['sessions', recorded.SESSION, ['session_id']],
    ['files', recorded.FILE, ['id', 'created']],
    ['audit entries', recorded.ENTRY, ['id', 'date_create', 'action']],
    ['messages', recorded.MESSAGE, ['ts']],
  ];
  it.each(least)('%s', (reads, row, needed) => {
    const reader = READERS.find((r) => r.reads === reads);
    const isOdd = (without: string): boolean => {
      const rest = Object.fromEntries(Object.entries(row).filter(([field]) => field !== without));
      return (reader?.read([rest]).odd ?? []).some((o) => 'row' in o);
    };
    expect(Object.keys(row).filter(isOdd).sort()).toEqual([...needed].sort());
  });
});

it('trusted networks: every list removed, nulled, retyped and doubled, the other stays', () => {
  for (const { row } of mutationsOf(recorded.NETWORKS)) {
    const parsed = trustedNetworks.safeParse(row);
    if (!parsed.success) {
      expect(typeof row !== 'object' || row === null || Array.isArray(row)).toBe(true);
      continue;
    }
    const { read, odd } = networksIn(context, QUERY, parsed.data);
    const { trusted_cidr, trusted_asns, trusted_asn } = parsed.data;
    expect(read + odd.length).toBe(trusted_cidr.length + trusted_asns.length + trusted_asn.length);
  }
  const names = (body: unknown) =>
    networksIn(context, QUERY, trustedNetworks.parse(body)).values.map((e: EvidenceEvent) => e.target?.name);
  expect(names({ trusted_cidr: '192.0.2.0/24', trusted_asn: ['AS64500', null] })).toEqual(['192.0.2.0/24', 'AS64500']);
});

it('the directory: every field of a member changed, the others are listed as they are', async () => {
  const kim = { ...recorded.USER, id: 'U0KIM001', is_admin: false };
  const list = (members: readonly unknown[]) => {
    const client = answering({
      'users.list': { members },
      'auth.test': { user_id: 'U0QUELL01', enterprise_id: 'E0EXAMPLE' },
    });
    return createDirectory(contextOf({ client }), undefined).list(undefined);
  };
  const { entries: alone } = await list([kim]);
  for (const { row } of mutationsOf(recorded.USER)) {
    const { entries } = await list([row, kim]);
    expect(entries.slice(-1)).toEqual(alone);
    expect(entries.length).toBeLessThanOrEqual(2);
  }
});
