import { succeeded, type EvidenceEvent, type EventKind } from '../../domain/evidence.js';
import type { Finding } from '../../domain/finding.js';
import type { Dossier, HourVolume } from '../dossier.js';

const SENT: readonly EventKind[] = ['message', 'share', 'file_upload'];
const RECEIVED: readonly EventKind[] = [
  'message_received',
  'conversation_read',
  'file_download',
  'file_view',
  'export',
];
const FILES: readonly EventKind[] = ['file_upload', 'file_download', 'file_view'];

/** Numbers for the report's pictures: volumes by the hour, sign-ins in time. */
export function seriesOf(events: readonly EvidenceEvent[], findings: readonly Finding[]): Dossier['series'] {
  const hours = new Map<string, { sent: number; received: number; files: number }>();
  for (const event of events) {
    if (![...SENT, ...RECEIVED].includes(event.kind) || !succeeded(event)) continue;
    const hour = `${event.at.slice(0, 13)}:00:00.000Z`;
    const sums = hours.get(hour) ?? { sent: 0, received: 0, files: 0 };
    const n = event.count ?? 1;
    if (SENT.includes(event.kind)) sums.sent += n;
    else sums.received += n;
    if (FILES.includes(event.kind)) sums.files += n;
    hours.set(hour, sums);
  }
  const cited = new Set(
    findings.filter((f) => f.kind === 'unusual_sign_in' || f.kind === 'session_reuse').flatMap((f) => f.events),
  );
  const volumes: HourVolume[] = [...hours]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, sums]) => ({ hour, ...sums }));
  const signIns = events
    .filter((e) => e.kind === 'sign_in' || e.kind === 'sign_in_failed')
    .map((e) => ({
      at: e.at,
      platform: e.platform,
      failed: e.kind === 'sign_in_failed',
      suspicious: cited.has(e.id),
      ...(e.ip === undefined ? {} : { ip: e.ip }),
      ...(e.country === undefined ? {} : { country: e.country }),
      ...(e.asName === undefined ? {} : { asName: e.asName }),
    }));
  return { volumes, signIns };
}
