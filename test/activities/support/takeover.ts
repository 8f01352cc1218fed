import type { Collection, EvidenceEvent } from '../../../domain/evidence.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import type { House } from './house.js';
import { manifest, NOW } from './plans.js';
import { event } from './vendor.js';

/** What must never be in anything that Temporal sees. */
export const PERSONAL = {
  name: 'Ada Example',
  mail: 'ada@example.com',
  stranger: 'mallory@example.org',
  file: 'merger term sheet for Zenith.pdf',
  channel: 'zenith-deal-room',
  text: 'the wifi password: hunter-two-2026 and the door code',
  secret: 'hunter-two-2026',
} as const;

export const ALERT = {
  alertId: 'al-1',
  source: 'siem',
  platform: 'slack',
  severity: 'high',
  occurredAt: '2026-03-02T09:30:00.000Z',
  receivedAt: '2026-03-02T09:31:00.000Z',
} as const;

export const SUBJECT = (subjectId: string): SubjectFacts => ({
  subjectId,
  kind: 'person',
  vip: false,
  authority: 'slack',
  accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }],
  protectedBecause: [],
  readAt: NOW.toISOString(),
});

const KNOWN = {
  ip: '198.51.100.1',
  country: 'DE',
  asn: 64496,
  deviceId: 'd1',
  userAgent: 'Slack/Mac',
} satisfies Partial<EvidenceEvent>;
const FOREIGN = {
  ip: '203.0.113.200',
  country: 'NL',
  asn: 64500,
  asName: 'Example Hosting',
  deviceId: 'd9',
  userAgent: 'python-requests',
  sessionId: 's9',
} satisfies Partial<EvidenceEvent>;

const minute = (m: number): string => new Date(Date.parse('2026-03-02T09:00:00.000Z') + m * 60_000).toISOString();

/** A quiet past, then a foreign session that reads in bulk and shares to the outside. */
export function takeover(): readonly EvidenceEvent[] {
  const past = Array.from({ length: 8 }, (_, i) =>
    event(`past${String(i)}`, {
      at: `2026-02-${String(18 + i)}T08:00:00.000Z`,
      sessionId: `old${String(i)}`,
      ...KNOWN,
    }),
  );
  const downloads = Array.from({ length: 40 }, (_, i) =>
    event(`dl${String(i)}`, {
      kind: 'file_download',
      logSource: 'file_transfer',
      operation: 'file_downloaded',
      at: minute(5 + i / 4),
      target: { type: 'file', id: `F${String(i)}`, name: i === 0 ? PERSONAL.file : `notes-${String(i)}.txt` },
      channel: { id: 'C1', name: PERSONAL.channel, private: true },
      ...FOREIGN,
    }),
  );
  return [
    ...past,
    event('signin', { at: minute(0), ...FOREIGN }),
    ...downloads,
    event('share', {
      kind: 'share',
      logSource: 'file_transfer',
      source: 'slack.files',
      operation: 'file_public_link_created',
      at: minute(20),
      target: { type: 'file', id: 'F0', name: PERSONAL.file },
      externalRecipients: [PERSONAL.stranger],
      ...FOREIGN,
    }),
    event('msg', {
      kind: 'message',
      logSource: 'chat_history',
      source: 'slack.messages',
      operation: 'message',
      at: minute(22),
      text: PERSONAL.text,
      channel: { id: 'C1', name: PERSONAL.channel },
      urls: ['https://evil.example.org/x'],
      ...FOREIGN,
    }),
  ];
}

/** Rows in the evidence store as a collection of the Slack tenant. */
export async function collected(
  house: House,
  caseId: string,
  subjectId: string,
  rows: readonly EvidenceEvent[],
  change: Partial<Collection> = {},
): Promise<Collection> {
  const file = await house.evidence.writer.writeRows(caseId, 'raw-slack-main-narrow', rows);
  return {
    platform: 'slack',
    tenant: 'main',
    depth: 'narrow',
    from: '2026-02-16T00:00:00.000Z',
    to: NOW.toISOString(),
    file,
    sources: (
      [
        ['slack.audit_logs', 'user_access'],
        ['slack.files', 'file_transfer'],
        ['slack.messages', 'chat_history'],
      ] as const
    ).map(([source, logSource]) => ({
      platform: 'slack',
      tenant: 'main',
      source,
      logSource,
      rows: rows.length,
      status: 'complete',
      lagSeconds: 300,
    })),
    limits: [
      {
        platform: 'slack',
        tenant: 'main',
        source: 'reads in the client',
        code: 'UNSUPPORTED',
        text: 'Slack does not log reads in the client.',
      },
    ],
    manifest: manifest({
      caseId,
      subjectId,
      file,
      grounds: [{ rule: 'foreign-session-collects', nativeId: 'U1', sessionIds: ['s9'] }],
    }),
    ...change,
  };
}
