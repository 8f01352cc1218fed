import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { FindingKind } from '../../../domain/finding.js';
import { changeIn } from '../../../domain/indicators/shared/changes.js';
import { computeFindings, type IndicatorInput } from '../../../domain/indicators/index.js';
import {
  after,
  AWAY,
  DAY,
  defaultPolicy,
  event,
  FOCUS,
  HOME,
  HOUR,
  homePast,
  input,
  MINUTE,
  series,
} from '../fixtures.js';

const t = defaultPolicy.indicators;
const BRAZIL = { ...AWAY, logSource: 'user_access' } as const;
const kindsOf = (events: readonly EvidenceEvent[], given: Partial<IndicatorInput> = {}): FindingKind[] =>
  computeFindings(input(events, given)).map((f) => f.kind);

interface Case {
  readonly name: string;
  readonly kind: FindingKind;
  readonly threshold: number;
  /** Rows in which exactly `n` count. */
  readonly rows: (n: number) => readonly EvidenceEvent[];
  readonly given?: (rows: readonly EvidenceEvent[]) => Partial<IndicatorInput>;
}
const upload = (name: string): Partial<EvidenceEvent> => ({
  kind: 'file_upload',
  target: { type: 'file', id: name, name },
});
const secretsIn = (rows: readonly EvidenceEvent[]): Partial<IndicatorInput> => ({
  secrets: rows.map((e) => ({ eventId: e.id, fingerprint: e.id, kind: 'aws-key' })),
});
const cases: readonly Case[] = [
  { name: 'messages', kind: 'unusual_chat_activity', threshold: t.chatActivity.messages, rows: (n) => series(n) },
  {
    name: 'messages with links',
    kind: 'unusual_chat_activity',
    threshold: t.chatActivity.withLinks,
    rows: (n) => [...series(n, { urls: ['https://example.org/x'] }), ...series(5, { urls: [] })],
  },
  {
    name: 'messages with attachments',
    kind: 'unusual_chat_activity',
    threshold: t.chatActivity.withAttachments,
    rows: (n) => [...series(n, { labels: ['attachment'] }), ...series(5, { labels: ['Confidential'] })],
  },
  {
    name: 'messages with credentials',
    kind: 'unusual_chat_activity',
    threshold: t.chatActivity.withCredentials,
    rows: (n) => series(n),
    given: secretsIn,
  },
  {
    name: 'files',
    kind: 'bulk_collection',
    threshold: t.bulkCollection.files,
    rows: (n) => series(n, { kind: 'file_download' }),
  },
  {
    name: 'conversations',
    kind: 'bulk_collection',
    threshold: t.bulkCollection.conversations,
    rows: (n) => series(n, { kind: 'conversation_read' }),
  },
  {
    name: 'bytes',
    kind: 'bulk_collection',
    threshold: t.bulkCollection.bytes,
    rows: (n) => [event({ kind: 'file_download', bytes: n - 1 }), event({ kind: 'file_download', bytes: 1 })],
  },
  {
    name: 'API calls, counted by the vendor',
    kind: 'bulk_collection',
    threshold: t.bulkCollection.apiCalls,
    rows: (n) => [n - 7, 7].map((count) => event({ kind: 'api_activity', count, app: { id: 'A1' } })),
  },
  {
    name: 'exports',
    kind: 'bulk_collection',
    threshold: t.bulkCollection.exports,
    rows: (n) => series(n, { kind: 'export' }),
  },
  {
    name: 'uploads with sensitive names',
    kind: 'sensitive_uploads',
    threshold: t.sensitiveUploads.uploads,
    rows: (n) => [...series(n, upload('db_passwords.txt')), ...series(9, upload('holiday.jpg'))],
  },
  {
    name: 'configuration',
    kind: 'config_or_api_change',
    threshold: 1,
    rows: (n) => series(n, { kind: 'config_change', operation: 'pref.sso' }),
  },
  {
    name: 'roles',
    kind: 'config_or_api_change',
    threshold: 1,
    rows: (n) => series(n, { kind: 'role_change', operation: 'ASSIGN_ROLE' }),
  },
  {
    name: 'unauthorised calls',
    kind: 'config_or_api_change',
    threshold: 1,
    rows: (n) => series(n, { kind: 'platform_alert', reasons: ['unexpected_admin_action'] }),
  },
  {
    name: 'failed sign-ins before it',
    kind: 'unusual_sign_in',
    threshold: t.signIn.failures,
    rows: (n) => [
      ...homePast(),
      ...series(n, { kind: 'sign_in_failed', ip: AWAY.ip, at: after(9.5 * HOUR) }),
      event({ kind: 'sign_in', ip: AWAY.ip }),
    ],
  },
  {
    name: 'chat actions without a sign-in',
    kind: 'unmatched_activity',
    threshold: 3,
    rows: (n) => [...homePast(), ...series(n, { kind: 'file_download', ip: '203.0.113.50' })],
  },
  {
    name: 'networks of one session',
    kind: 'session_reuse',
    threshold: 2,
    rows: (n) => [
      ...homePast(),
      ...[HOME, AWAY].slice(0, n).map((place) => event({ kind: 'session', sessionId: 'S1', ...place })),
    ],
  },
  {
    name: 'credential changes',
    kind: 'credential_change',
    threshold: 1,
    rows: (n) => series(n, { kind: 'credential_change' }),
  },
  {
    name: 'consents',
    kind: 'app_consent',
    threshold: 1,
    rows: (n) => [
      ...series(n, { kind: 'app_grant', app: { id: 'A1', scopes: ['https://graph.microsoft.com/Chat.Read.All'] } }),
      event({ kind: 'app_grant', app: { id: 'A2', scopes: ['openid'] } }),
    ],
  },
  {
    name: 'shares to the outside',
    kind: 'external_share',
    threshold: 1,
    rows: (n) => [
      ...series(n, { kind: 'share', target: { type: 'link', id: 'F1' } }),
      event({ kind: 'share', target: { type: 'file', id: 'F2' } }),
    ],
  },
  { name: 'platform alerts', kind: 'platform_alert', threshold: 1, rows: (n) => series(n, { kind: 'platform_alert' }) },
  {
    name: 'genuine security mails',
    kind: 'security_notice',
    threshold: 1,
    rows: (n) => series(n, { kind: 'security_notice', dkim: 'pass' }),
  },
  { name: 'rules that hide mails', kind: 'hidden_notice', threshold: 1, rows: (n) => series(n, { kind: 'mail_rule' }) },
  { name: 'secrets', kind: 'credential_exposed', threshold: 1, rows: (n) => series(n), given: secretsIn },
  {
    name: 'intelligence',
    kind: 'threat_intelligence',
    threshold: 1,
    rows: (n) => series(n),
    given: (rows) => ({ intelligence: rows.map((e) => ({ eventId: e.id, indicator: 'example.org', list: 'L' })) }),
  },
  {
    name: 'volume above the floor',
    kind: 'volume_surge',
    threshold: t.volume.floor,
    rows: (n) => [...homePast(), ...series(n, { kind: 'message_received' })],
  },
  {
    name: 'volume above the own past',
    kind: 'volume_surge',
    // Every past day has 30, so 30 are expected.
    threshold: 30 * t.volume.times,
    rows: (n) => [
      ...Array.from({ length: 5 }, (_, d) =>
        series(30, { kind: 'message_received', at: after(-(d + 1) * DAY + 60_000) }),
      ).flat(),
      ...series(n, { kind: 'message_received' }),
    ],
  },
  {
    name: 'different targets',
    kind: 'baseline_deviation',
    threshold: t.volume.floor / 2,
    rows: (n) => [
      ...homePast(),
      ...Array.from({ length: n }, (_, i) => event({ kind: 'conversation_read', channel: { id: `C${i}` } })),
      ...series(8, { kind: 'conversation_read', channel: { id: 'C0' } }),
    ],
  },
  {
    name: 'earlier incidents',
    kind: 'frequent_involvement',
    threshold: t.involvement.incidents,
    rows: () => [event()],
    given: () => ({}),
  },
];

/** Kinds that say that something was read, sent, taken or changed. */
const DONE: readonly FindingKind[] = [
  'unusual_chat_activity',
  'bulk_collection',
  'sensitive_uploads',
  'credential_change',
  'app_consent',
  'external_share',
  'hidden_notice',
  'credential_exposed',
  'volume_surge',
  'baseline_deviation',
];

describe('what was tried and failed, or was blocked, did not happen', () => {
  it.each(cases.filter((c) => DONE.includes(c.kind)))('$kind: $name', ({ kind, threshold, rows, given }) => {
    for (const outcome of ['failure', 'blocked'] as const) {
      const tried = rows(2 * threshold).map((e) => (e.at < FOCUS ? e : { ...e, outcome }));
      expect(kindsOf(tried, given?.(tried))).not.toContain(kind);
    }
  });
});

describe('every indicator holds at its threshold and not one below', () => {
  it.each(cases.filter((c) => c.kind !== 'frequent_involvement'))(
    '$kind: $name',
    ({ kind, threshold, rows, given }) => {
      const at = rows(threshold);
      const below = rows(threshold - 1);
      expect(kindsOf(at, given?.(at))).toContain(kind);
      expect(kindsOf(below, given?.(below))).not.toContain(kind);
    },
  );

  it('frequent_involvement: earlier incidents', () => {
    expect(kindsOf([event()], { involvements: t.involvement.incidents })).toContain('frequent_involvement');
    expect(kindsOf([event()], { involvements: t.involvement.incidents - 1 })).toEqual([]);
  });

  it('covers every kind of finding', async () => {
    const { FINDING_KINDS } = await import('../../../domain/finding.js');
    expect([...new Set(cases.map((c) => c.kind))].sort()).toEqual([...FINDING_KINDS].sort());
  });
});

describe('what counts', () => {
  it('only inside the window, to the minute', () => {
    const half = Math.ceil(t.bulkCollection.files / 2);
    const spread = (minutes: number): EvidenceEvent[] => [
      ...Array.from({ length: half }, () => event({ kind: 'file_download', at: after(0) })),
      ...Array.from({ length: half }, () => event({ kind: 'file_download', at: after(minutes * MINUTE) })),
    ];
    expect(kindsOf(spread(t.bulkCollection.windowMinutes))).toContain('bulk_collection');
    expect(kindsOf(spread(t.bulkCollection.windowMinutes + 1))).not.toContain('bulk_collection');
  });

  it('never what was blocked, older than the focus, or on another platform', () => {
    const n = t.bulkCollection.files;
    expect(kindsOf(series(n, { kind: 'file_download', outcome: 'blocked' }))).not.toContain('bulk_collection');
    const older = (place: Partial<EvidenceEvent>): FindingKind[] =>
      kindsOf([...homePast(), ...series(n, { kind: 'file_download', ...place, at: after(-DAY + HOUR) })]);
    expect(older(HOME)).toEqual([]);
    expect(older(AWAY)).toContain('bulk_collection'); // what is not the subject's own is measured however old it is
    const split = [...series(n - 1, { kind: 'file_download' }), event({ kind: 'file_download', platform: 'google' })];
    expect(kindsOf(split)).not.toContain('bulk_collection');
  });

  it('a mail only when DKIM passes for the vendor', () => {
    for (const dkim of ['fail', 'none'] as const)
      expect(kindsOf([event({ kind: 'security_notice', dkim })])).toEqual([]);
    expect(kindsOf([event({ kind: 'security_notice' })])).toEqual([]);
    const [found] = computeFindings(
      input([
        event({ id: 'forged', kind: 'security_notice', dkim: 'fail' }),
        event({ id: 'real', kind: 'security_notice', dkim: 'pass' }),
      ]),
    );
    expect(found?.events).toEqual(['real']);
  });

  it('removed traces by operation and how often, apart from controls that were weakened', () => {
    const gone = (n: number): EvidenceEvent =>
      event({ id: `t${String(n)}`, kind: 'config_change', operation: 'SearchRemoved', weakens: 'traces' });
    const found = computeFindings(
      input([gone(1), gone(2), gone(3), event({ id: 'c', kind: 'config_change', operation: 'x', weakens: 'dlp' })]),
    ).filter((f) => f.kind === 'config_or_api_change');
    expect(found.map((f) => [changeIn(f), f.measures[0]?.value, f.events.length, f.text]).sort()).toEqual([
      ['control', 1, 1, 'Unexpected: x'],
      ['traces', 3, 3, 'Traces removed: SearchRemoved x3'],
    ]);
  });

  it('unexpected API calls without a word of a changed control', () => {
    const [found] = computeFindings(
      input([event({ kind: 'platform_alert', operation: 'anomaly', reasons: ['asn', 'unexpected_scraping'] })]),
    ).filter((f) => f.kind === 'config_or_api_change');
    expect(found && changeIn(found)).toBe('calls');
    expect(found?.text).toBe('API calls that the platform calls unexpected: unexpected_scraping');
    expect(found?.attack).toEqual(['T1106']);
  });

  it('an operation by its whole name, or by its beginning before a star', () => {
    const change = (operation: string): FindingKind[] => kindsOf([event({ kind: 'config_change', operation })]);
    expect(change('owner_transferred')).toContain('config_or_api_change');
    expect(change('owner_transferred_back')).toEqual([]);
    expect(change('idp_configuration_added')).toContain('config_or_api_change');
    expect(change('xidp_configuration_added')).toEqual([]);
  });

  it('is high when a threshold is passed twice over, and an export always', () => {
    const confidence = (events: readonly EvidenceEvent[]): string | undefined =>
      computeFindings(input(events)).find((f) => f.kind === 'bulk_collection')?.confidence;
    expect(confidence(series(2 * t.bulkCollection.files - 1, { kind: 'file_download' }))).toBe('medium');
    expect(confidence(series(2 * t.bulkCollection.files, { kind: 'file_download' }))).toBe('high');
    expect(confidence([event({ kind: 'export' })])).toBe('high');
  });

  it('nothing is new to a subject without a past, and no volume is a surge', () => {
    for (const past of [[], homePast(2)]) {
      const found = computeFindings(input([...past, event({ kind: 'sign_in', ...BRAZIL })]));
      const facts = found.flatMap((f) => f.measures.map((m) => m.name));
      expect(facts.some((name) => name === 'cold' || name === 'dormant')).toBe(true);
      expect(facts.filter((name) => name.endsWith('.new'))).toEqual([]);
    }
    expect(kindsOf(series(30, { kind: 'message_received' }))).toEqual([]);
    // Without any access row the log is silent, not contradicting.
    expect(kindsOf(series(3, { kind: 'file_download' }))).toEqual([]);
  });

  it('weighs what is new about a sign-in', () => {
    const confidence = (given: Partial<EvidenceEvent>): string | undefined =>
      computeFindings(input([...homePast(20), event({ kind: 'sign_in', ip: '203.0.113.9', ...given })])).find(
        (f) => f.kind === 'unusual_sign_in',
      )?.confidence;
    expect(confidence({ userAgent: 'another' })).toBe('low');
    expect(confidence({ country: 'FR' })).toBe('medium');
    expect(confidence({ asn: 1, userAgent: 'another' })).toBe('medium');
    expect(confidence({ country: 'FR', asn: 1, userAgent: 'another' })).toBe('high');
    expect(confidence({ reasons: ['tor'] })).toBe('high');
    expect(confidence({ reasons: ['tor'], risk: 'low' })).toBe('low'); // the vendor itself is not sure of it
    expect(confidence({ reasons: ['unfamiliarFeatures'] })).toBe('low');
    expect(confidence({ reasons: ['something harmless'] })).toBeUndefined();
    expect(confidence({})).toBeUndefined();
  });
});
