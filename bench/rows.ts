import type { EvidenceEvent, EventKind } from '../domain/evidence.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** What is older is the subject's own past. */
export const FOCUS_FROM = '2026-03-10T00:00:00.000Z';
const FOCUS = Date.parse(FOCUS_FROM);

const HOME = { ip: '192.0.2.10', asn: 64_496, country: 'DE', userAgent: 'home-laptop', deviceId: 'd1' } as const;
const AWAY = { ip: '203.0.113.66', asn: 64_511, country: 'BR', userAgent: 'python-requests', sessionId: 's9' } as const;
/** A month of an ordinary person: mostly messages, some files. */
const ORDINARY: readonly EventKind[] = ['message', 'message_received', 'message', 'file_download', 'message_received'];

/** `n` rows: a quiet month, and in its last day a foreign session that takes one row in ten and shares a file to the outside. */
export function evidenceRows(n: number): readonly EvidenceEvent[] {
  const theirs = Math.max(60, Math.floor(n / 10));
  const own = Math.max(0, n - theirs - 2);
  return [
    ...Array.from({ length: own }, (_, i) => ownRow(i, FOCUS - 29 * DAY + Math.floor((i * 29 * DAY) / own))),
    row('theirs-in', FOCUS + 600 * MINUTE, { kind: 'sign_in', logSource: 'user_access', ...AWAY }),
    ...Array.from({ length: theirs }, (_, i) =>
      row(`theirs-${i}`, FOCUS + 605 * MINUTE + Math.floor((i * 50 * MINUTE) / theirs), {
        kind: 'file_download',
        target: { type: 'file', id: `F${i}`, name: i % 50 === 0 ? `payroll ${i}.xlsx` : `notes-${i}.txt` },
        channel: { id: `C${i % 40}`, private: true },
        ...AWAY,
      }),
    ),
    row('theirs-out', FOCUS + 660 * MINUTE, {
      kind: 'share',
      target: { type: 'link', id: 'F0', name: 'payroll 0.xlsx' },
      ...AWAY,
    }),
  ];
}

function ownRow(i: number, at: number): EvidenceEvent {
  const sessionId = `own-${Math.floor((at - FOCUS) / DAY)}`;
  if (i % 20 === 0) return row(`own-${i}`, at, { kind: 'sign_in', logSource: 'user_access', sessionId, ...HOME });
  const kind = ORDINARY[i % ORDINARY.length] ?? 'message';
  if (kind === 'file_download')
    return row(`own-${i}`, at, { kind, sessionId, target: { type: 'file', id: `G${i % 300}` }, ...HOME });
  return row(`own-${i}`, at, { kind, logSource: 'chat_history', channel: { id: `C${i % 25}` }, sessionId, ...HOME });
}

function row(id: string, at: number, given: Partial<EvidenceEvent> & Pick<EvidenceEvent, 'kind'>): EvidenceEvent {
  const logSource = given.logSource ?? 'file_transfer';
  const source = `slack.${logSource}`;
  return {
    id: `slack:${source}:${id}`,
    platform: 'slack',
    tenant: 'main',
    source,
    logSource,
    at: new Date(at).toISOString(),
    operation: given.kind,
    actor: 'U1',
    ...given,
  };
}
