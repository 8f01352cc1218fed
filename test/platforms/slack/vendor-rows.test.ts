import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { isOfAnother } from '../../../domain/ownership.js';
import { accessesIn } from '../../../platforms/slack/sources/access-logs.js';
import { AUDIT_ACTIONS, kindOf } from '../../../platforms/slack/sources/audit-actions.js';
import { named } from '../../../platforms/slack/sources/action-names.js';
import { auditSource, entriesIn, type By } from '../../../platforms/slack/sources/audit-logs.js';
import { UNREAD, unreadBecause } from '../../../platforms/slack/sources/audit-unread.js';
import { AUDIT_ACTION_NAMES } from '../../../simulator/slack/audit-actions.js';
import { ACCESS, ANOMALY, answering, contextOf, ENTRY, QUERY } from './recorded.js';

const readOf = (id: string) => {
  const read = AUDIT_ACTIONS.find((r) => r.id === `slack.audit_logs.${id}`);
  if (!read) throw new Error(`no source ${id}`);
  return read;
};
const entries = (
  source: string,
  rows: readonly object[],
  by: By = 'actor',
  query = QUERY,
  outside = new Map<string, boolean>(),
) => entriesIn(contextOf(), { read: readOf(source), by, names: undefined, outside }, query, rows);

describe('a row of the access log', () => {
  const access = (row: object) => accessesIn(contextOf(), 'T1EXAMPLE', QUERY, [{ ...ACCESS, ...row }]);

  it('is read without what Slack only tries to say, and with a count that is a text', () => {
    const [event] = access({ isp: false, region: false, country: false, count: '1,203' }).values;
    expect(event).toMatchObject({ kind: 'api_activity', ip: '203.0.113.9', count: 1203 });
    expect(event).not.toHaveProperty('asName');
    expect(event).not.toHaveProperty('country');
  });

  it.each([
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8:0:0::0001', '2001:db8::1'],
    ['203.0.113.9, 192.0.2.18', '203.0.113.9'],
    ['', undefined],
    ['10.0.0.7', undefined],
    ['127.0.0.1', undefined],
    [false, undefined],
    ['198.51.100.300', undefined],
  ])('has of the address %j the one form %j', (ip, expected) => {
    const { values, odd } = access({ ip });
    expect(values.map((e) => e.ip)).toEqual([expected]);
    // What was meant as an address and is none is told.
    expect(odd).toEqual(
      ip === '198.51.100.300'
        ? [{ field: 'ip', value: ip }]
        : ip === false
          ? [{ field: 'ip', value: '(no text)' }]
          : [],
    );
  });

  it('that is odd is passed on, unless it is clearly another’s', () => {
    expect(access({ date_last: null }).odd).toMatchObject([{ lacks: 'date_last' }]);
    expect(access({ date_last: null, user_id: 'U0KIM001' }).odd).toEqual([]);
  });
});

describe('an act at many', () => {
  const bulk = (succeeded_users: unknown) => ({
    ...ENTRY,
    action: 'bulk_session_reset_by_admin',
    entity: { type: 'workspace', workspace: { id: 'T1EXAMPLE', name: 'Example' } },
    details: { succeeded_users, failed_users: ['U0MAX001'] },
  });
  const told = (events: readonly EvidenceEvent[]) => events.map((e) => [e.kind, e.actor, e.target?.id]);

  it.each([
    ['a list', ['U0KIM001', 'U0LEE001']],
    ['JSON as text', '["U0KIM001","U0LEE001"]'],
    ['text with commas', 'U0KIM001, U0LEE001'],
    ['objects', [{ id: 'U0KIM001' }, { user_id: 'U0LEE001' }]],
  ])('is the admin’s about each, and each one’s own about them: %s', (_, users) => {
    const ofAdmin = entries('access', [bulk(users)]).values;
    expect(told(ofAdmin)).toEqual([
      ['account_change', 'U0DANA01', 'U0KIM001'],
      ['account_change', 'U0DANA01', 'U0LEE001'],
    ]);
    const kim = { ...QUERY, nativeId: 'U0KIM001' };
    const ofKim = entries('access', [bulk(users)], 'many', kim).values;
    expect(told(ofKim)).toEqual([['account_change', 'U0DANA01', 'U0KIM001']]);
    expect(ofKim[0]?.id).toBe(ofAdmin[0]?.id);
    expect(ofKim.some((e) => isOfAnother(e, 'U0KIM001'))).toBe(false);
    // Whom it failed for it was not done to.
    expect(entries('access', [bulk(users)], 'many', { ...QUERY, nativeId: 'U0MAX001' }).values).toEqual([]);
  });

  it('is found by a source that asks for it of anybody', async () => {
    const client = answering({ 'audit.logs': { entries: [bulk(['U0KIM001'])] } });
    const source = auditSource(contextOf({ client }), readOf('access'));
    const seen = new Map<string, EvidenceEvent>();
    let cursor: string | undefined;
    do {
      const page = await source.read({ ...QUERY, nativeId: 'U0KIM001' }, cursor);
      for (const event of page.events) seen.set(event.id, event);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(told([...seen.values()])).toEqual([['account_change', 'U0DANA01', 'U0KIM001']]);
  });
});

describe('a file that was shared', () => {
  const shared = (shared_with: unknown, outside = new Map<string, boolean>()) =>
    entries(
      'files',
      [{ ...ENTRY, context: { ip_address: '', ua: '', session_id: null }, details: { shared_with } }],
      ...(['actor', QUERY, outside] as const),
    ).values;

  it('with one channel by its id is kept; how far it reaches is told as unknown', () => {
    const [event] = shared({ channel_id: 'C0EXAMPLE' });
    expect(event).toMatchObject({ kind: 'share', operation: 'file_shared', channel: { id: 'C0EXAMPLE' } });
    for (const field of ['labels', 'ip', 'sessionId', 'userAgent']) expect(event).not.toHaveProperty(field);
    expect(event?.channel).not.toHaveProperty('external');
  });

  it.each([
    ['as Slack answers', { channel_id: 'C0EXAMPLE' }, new Map([['C0EXAMPLE', true]])],
    ['as the entry says', [{ id: 'C0EXAMPLE', is_shared: true }], new Map()],
    ['as a bare id', 'C0EXAMPLE', new Map([['C0EXAMPLE', true]])],
    [
      'as one of several',
      [{ channel_id: 'C0IN' }, { channel_id: 'C0EXAMPLE' }],
      new Map([
        ['C0IN', false],
        ['C0EXAMPLE', true],
      ]),
    ],
  ])('reaches out %s', (_, shared_with, outside) => {
    expect(shared(shared_with, outside)).toMatchObject([
      { channel: { id: 'C0EXAMPLE', external: true }, labels: ['outside'] },
    ]);
  });

  it('inside the organisation is no share', () => {
    expect(shared({ channel_id: 'C0EXAMPLE' }, new Map([['C0EXAMPLE', false]]))).toEqual([]);
    expect(shared([{ id: 'C0EXAMPLE', is_shared: false }])).toEqual([]);
  });
});

describe('an anomaly', () => {
  /** Slack's own list (docs.slack.dev, anomalous events reference). */
  const REASONS = [
    ...['asn', 'excessive_downloads', 'excessive_file_shares', 'excessive_malware_uploads', 'ip_address'],
    ...[
      'potential_spam',
      'search_volume',
      'session_fingerprint',
      'spoofed_user_agent',
      'tor',
      'unexpected_admin_action',
    ],
    ...['unexpected_api_call_volume', 'unexpected_client', 'unexpected_credential_testing'],
    ...['unexpected_message_deletion', 'unexpected_scraping', 'unexpected_user_agent', 'user_agent'],
  ];
  it.each([
    ['a list', (reason: string) => [reason]],
    ['a text', (reason: string) => reason],
    ['an object', (reason: string) => ({ [reason]: true, another: false })],
  ])('has each of Slack’s reasons as %s', (_, form) => {
    const rows = REASONS.map((reason, n) => ({ ...ANOMALY, id: String(n), details: { reason: form(reason) } }));
    expect(entries('alerts', rows).values.map((e) => e.reasons)).toEqual(REASONS.map((reason) => [reason]));
  });
});

describe('what our own apps did', () => {
  it('is told apart by their ids: the approval of a release is no consent of anybody’s', () => {
    const approved = (app: string) => ({
      ...ENTRY,
      action: 'app_approved',
      entity: { type: 'app', app: { id: 'A0THIEF01', scopes: ['files:read'] } },
      context: { app: { id: app } },
    });
    const [ours] = entries('integration', [approved('A0QUELL01')]).values;
    const [theirs] = entries('integration', [approved('A0OTHER01')]).values;
    expect([ours?.kind, ours?.app?.id, ours?.target?.id]).toEqual(['config_change', 'A0QUELL01', 'A0THIEF01']);
    expect([theirs?.kind, theirs?.app?.id]).toEqual(['app_grant', 'A0THIEF01']);
  });
});

describe('every action that Slack lists', () => {
  const isRead = (action: string): boolean =>
    AUDIT_ACTIONS.some(({ actions }) => kindOf(actions, action) !== undefined);
  const all = [...AUDIT_ACTION_NAMES];

  it('is read, or it is said why it is not', () => {
    expect(all.length).toBeGreaterThan(760);
    expect(all.filter((action) => !isRead(action) && unreadBecause(action) === undefined)).toEqual([]);
  });

  it('is of one kind, in one source', () => {
    const sources = (action: string) => AUDIT_ACTIONS.filter(({ actions }) => kindOf(actions, action) !== undefined);
    expect(all.filter((action) => sources(action).length > 1)).toEqual([]);
  });

  it('and the tables name none that Slack does not', () => {
    const tables = [
      ...AUDIT_ACTIONS.flatMap(({ actions, about = [], aboutMany = [], anybody = [] }) => [
        ...Object.values(actions).flat(),
        ...[...about, ...aboutMany, ...anybody],
      ]),
      ...UNREAD.flatMap(({ actions }) => actions),
    ];
    expect(tables.filter((name) => !all.some((action) => named([name], action) !== undefined))).toEqual([]);
    // An unread name that is read all the same says nothing.
    expect(
      UNREAD.flatMap(({ actions }) => actions).filter((n) => all.filter((a) => named([n], a)).every(isRead)),
    ).toEqual([]);
  });
});
