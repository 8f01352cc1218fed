import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding } from '../../domain/finding.js';
import { computeFindings, type IndicatorInput } from '../../domain/indicators/index.js';
import type { Instant } from '../../domain/platform.js';
import { defaultPolicy, event as plain, FOCUS, HOME as KNOWN } from './fixtures.js';

const MINUTE_MS = 60_000;
/** An instant so many minutes after the focus begins; negative in the past. */
export const at = (minutes: number): Instant => new Date(Date.parse(FOCUS) + minutes * MINUTE_MS).toISOString();
const DAY = 24 * 60;

/** A row of a file log by the subject, changed as given. */
export function event(change: Partial<EvidenceEvent> & Pick<EvidenceEvent, 'kind'>): EvidenceEvent {
  const platform = change.platform ?? 'slack';
  return plain({ platform, source: `${platform}.audit_logs`, logSource: 'file_transfer', ...change });
}

/** The subject's own place, and the thief's. */
export const HOME = { ...KNOWN, asn: 64_500 } as const;
export const THIEF = {
  ip: '203.0.113.7',
  asn: 64_511,
  country: 'BR',
  location: { lat: -23.5, lon: -46.6 },
  userAgent: 'python-requests',
} as const;

export const signIn = (change: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ kind: 'sign_in', logSource: 'user_access', source: 'slack.access_logs', ...change });

/** Two weeks of mornings at home: sign-in, two messages, a download. */
export function quietPast(days = 14): readonly EvidenceEvent[] {
  return Array.from({ length: days }, (_, i) => -(i + 1) * DAY + 9 * 60).flatMap((morning, i) => [
    signIn({ ...HOME, at: at(morning), sessionId: `own-${i}` }),
    ...[30, 90].map((later) =>
      event({ kind: 'message', logSource: 'chat_history', ...HOME, at: at(morning + later), sessionId: `own-${i}` }),
    ),
    event({ kind: 'file_download', ...HOME, at: at(morning + 60), sessionId: `own-${i}`, target: file(i) }),
  ]);
}

export const file = (n: number | string, name = `note-${n}.txt`): NonNullable<EvidenceEvent['target']> => ({
  type: 'file',
  id: `F${n}`,
  name,
});

/** So many downloads, a few seconds apart, in one session. */
export const downloads = (n: number, change: Partial<EvidenceEvent>, from = 605): readonly EvidenceEvent[] =>
  Array.from({ length: n }, (_, i) =>
    event({ kind: 'file_download', at: at(from + i / 10), target: file(`x${i}`), ...change }),
  );

/** A thief signs in from elsewhere, reads in bulk and shares a file to the outside. */
export function takeover(): readonly EvidenceEvent[] {
  const theirs = { ...THIEF, sessionId: 'stolen' };
  return [
    signIn({ ...theirs, at: at(600) }),
    ...downloads(30, theirs),
    event({ kind: 'share', ...theirs, at: at(620), target: { type: 'link', id: 'Fx1', name: 'payroll.xlsx' } }),
  ];
}

export const findingsOf = (
  events: readonly EvidenceEvent[],
  change: Partial<IndicatorInput> = {},
): readonly Finding[] =>
  computeFindings({ events, accounts: ['U1'], thresholds: defaultPolicy.indicators, focusFrom: FOCUS, ...change });

export const kindsOf = (findings: readonly Pick<Finding, 'kind'>[]): readonly string[] => findings.map((f) => f.kind);
