import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding } from '../../domain/finding.js';
import type { IndicatorInput } from '../../domain/indicators/index.js';
import type { Policy } from '../../domain/policy.js';
import { PolicySchema } from '../../store/policy-schema.js';

/** The policy as it is shipped, validated like at load. */
export const defaultPolicy: Policy = PolicySchema.parse(
  parse(readFileSync(new URL('../../policy/default.yaml', import.meta.url), 'utf8')),
);

/** What is older is the subject's past. */
export const FOCUS = '2026-03-10T00:00:00.000Z';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** An instant so many milliseconds after the focus begins (before it, when negative). */
export const after = (ms: number): string => new Date(Date.parse(FOCUS) + ms).toISOString();

let rows = 0;

/** One row; everything that is not given is what a plain Slack message has. */
export function event(given: Partial<EvidenceEvent> = {}): EvidenceEvent {
  rows += 1;
  return {
    id: `slack:slack.audit_logs:${rows}`,
    kind: 'message',
    platform: 'slack',
    tenant: 'main',
    source: 'slack.audit_logs',
    logSource: 'chat_history',
    at: after(10 * HOUR),
    operation: given.kind ?? 'message',
    actor: 'U1',
    ...given,
  };
}

/** So many rows alike, a second apart. */
export const series = (n: number, given: Partial<EvidenceEvent> = {}): EvidenceEvent[] =>
  Array.from({ length: n }, (_, i) =>
    event({ ...given, at: new Date(Date.parse(given.at ?? after(10 * HOUR)) + i * 1000).toISOString() }),
  );

/** The subject at home: a known laptop, address and network. */
export const HOME = {
  ip: '192.0.2.10',
  asn: 64_496,
  country: 'DE',
  userAgent: 'home-laptop',
  location: { lat: 52.52, lon: 13.4 },
} as const;
/** Somebody else: new address, network, country and client. */
export const AWAY = {
  ip: '198.51.100.7',
  asn: 64_511,
  country: 'BR',
  userAgent: 'python-requests/2.31',
  location: { lat: -23.55, lon: -46.63 },
} as const;

/** Enough sign-ins from home for the past to be known. */
export const homePast = (days = 5): EvidenceEvent[] =>
  Array.from({ length: days }, (_, i) =>
    event({ kind: 'sign_in', logSource: 'user_access', at: after(-(i + 1) * DAY + 8 * HOUR), ...HOME }),
  );

export const input = (events: readonly EvidenceEvent[], given: Partial<IndicatorInput> = {}): IndicatorInput => ({
  events,
  accounts: ['U1'],
  thresholds: defaultPolicy.indicators,
  focusFrom: FOCUS,
  ...given,
});

let findings = 0;

/** A finding over some rows; medium and of somebody else's session when nothing else is given. */
export function finding(given: Partial<Finding> = {}): Finding {
  findings += 1;
  return {
    id: `f-${findings}`,
    kind: 'bulk_collection',
    platform: 'slack',
    confidence: 'medium',
    measures: [],
    events: [],
    logSources: ['file_transfer'],
    attack: ['T1213.005'],
    firstAt: after(10 * HOUR),
    lastAt: after(11 * HOUR),
    inSession: true,
    ownSession: false,
    text: 'as seen',
    ...given,
  };
}
