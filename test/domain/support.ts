import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding } from '../../domain/finding.js';
import { computeFindings, type IndicatorInput } from '../../domain/indicators/index.js';
import type { Instant } from '../../domain/platform.js';
import type { Policy } from '../../domain/policy.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { PolicySchema } from '../../store/policy-schema.js';

/** The policy that ships: the tests hold the decisions against the numbers people get. */
export const POLICY: Policy = PolicySchema.parse(
  parse(readFileSync(new URL('../../policy/default.yaml', import.meta.url), 'utf8')),
);

/** Rows before it are the subject's own past. */
export const FOCUS: Instant = '2026-03-02T00:00:00.000Z';

const MINUTE_MS = 60_000;
/** An instant so many minutes after the focus begins; negative in the past. */
export const at = (minutes: number): Instant => new Date(Date.parse(FOCUS) + minutes * MINUTE_MS).toISOString();
const DAY = 24 * 60;

let rows = 0;
/** A row of a Slack audit log by the subject, changed as given. */
export function event(change: Partial<EvidenceEvent> & Pick<EvidenceEvent, 'kind'>): EvidenceEvent {
  const platform = change.platform ?? 'slack';
  const source = change.source ?? `${platform}.audit_logs`;
  return {
    id: `${platform}:${source}:${rows++}`,
    platform,
    tenant: 'main',
    source,
    logSource: 'file_transfer',
    at: at(600),
    operation: change.kind,
    actor: 'U1',
    ...change,
  };
}

/** The subject's own place and the thief's: addresses of documentation networks. */
export const HOME = {
  ip: '192.0.2.10',
  asn: 64500,
  country: 'DE',
  location: { lat: 52.5, lon: 13.4 },
  userAgent: 'Slack/Mac',
} as const;
export const THIEF = {
  ip: '203.0.113.7',
  asn: 64511,
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
  computeFindings({ events, accounts: ['U1'], thresholds: POLICY.indicators, focusFrom: FOCUS, ...change });

export const kindsOf = (findings: readonly Pick<Finding, 'kind'>[]): readonly string[] => findings.map((f) => f.kind);

export const SUBJECT: SubjectFacts = {
  subjectId: 's-1',
  kind: 'person',
  vip: false,
  authority: 'slack',
  accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }],
  protectedBecause: [],
  readAt: at(0),
};
