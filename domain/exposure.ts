import type { EvidenceEvent, Gap } from './evidence.js';
import type { Finding, FindingKind } from './finding.js';
import { isCritical } from './impact.js';
import type { SecretHit } from './indicators/view.js';
import type { CriticalData } from './policy.js';
import type { Instant } from './platform.js';

/** One thing that was read or taken. Personal data: evidence store only. */
export interface LedgerItem {
  readonly what: 'channel' | 'message' | 'file' | 'link' | 'export';
  readonly id: string;
  readonly name?: string;
  readonly how: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly critical: boolean;
  readonly outside: boolean;
  readonly events: readonly string[];
}
export interface Ledger {
  readonly items: readonly LedgerItem[];
  readonly secrets: readonly SecretHit[];
  readonly people: readonly string[];
  readonly dataClasses: readonly string[];
  readonly confidence: 'low' | 'medium' | 'high';
  readonly gaps: readonly Gap[];
}

const WHAT: Readonly<Partial<Record<EvidenceEvent['kind'], LedgerItem['what']>>> = {
  conversation_read: 'channel',
  message: 'message',
  message_received: 'message',
  file_download: 'file',
  file_upload: 'file',
  share: 'link',
  export: 'export',
};
const TAKING: readonly FindingKind[] = [
  'bulk_collection',
  'external_share',
  'sensitive_uploads',
  'unusual_chat_activity',
  'unmatched_activity',
  'baseline_deviation',
  'volume_surge',
];

/** What was read or taken: the rows of the findings, and everything else the same foreign sessions touched. What logs can't show is a gap, never nothing. */
export function ledgerOf(input: {
  readonly findings: readonly Finding[];
  readonly events: readonly EvidenceEvent[];
  readonly secrets: readonly SecretHit[];
  readonly critical: CriticalData;
  readonly gaps: readonly Gap[];
}): Ledger {
  const cited = new Set(input.findings.filter((f) => TAKING.includes(f.kind)).flatMap((f) => f.events));
  const sessions = new Set(
    input.events.filter((e) => e.sessionId !== undefined && foreignlyCited(input.findings, e)).map((e) => e.sessionId),
  );
  const taken = input.events.filter(
    (e) =>
      WHAT[e.kind] !== undefined &&
      e.outcome !== 'blocked' &&
      (cited.has(e.id) || (e.sessionId !== undefined && sessions.has(e.sessionId))),
  );
  // Where a platform logs no reading, a secret in reach of a foreign session has to count as seen.
  const intruded = input.findings.some((f) => !f.ownSession && f.confidence !== 'low' && TAKING.includes(f.kind));
  const secrets = input.secrets.filter((s) => intruded || taken.some((e) => e.id === s.eventId));
  const items = merge(taken, input.critical);
  return {
    items,
    secrets: [...new Map(secrets.map((s) => [s.fingerprint, s])).values()],
    people: [
      ...new Set(
        taken
          .flatMap((e) => [
            e.actor,
            e.target?.type === 'user' ? e.target.id : undefined,
            ...(e.externalRecipients ?? []),
          ])
          .filter((p) => p !== undefined),
      ),
    ].sort(),
    dataClasses: [
      ...new Set([
        ...taken.flatMap((e) => e.labels ?? []),
        ...secrets.map((s) => `secret:${s.kind}`),
        ...(items.some((i) => i.critical) ? ['critical business data'] : []),
      ]),
    ]
      .filter((l) => l !== 'attachment' && l !== 'outside')
      .sort(),
    confidence: input.gaps.length === 0 ? 'high' : input.gaps.length <= 2 ? 'medium' : 'low',
    gaps: input.gaps,
  };
}

const foreignlyCited = (findings: readonly Finding[], event: EvidenceEvent): boolean =>
  findings.some((f) => !f.ownSession && f.confidence !== 'low' && f.events.includes(event.id));

function merge(events: readonly EvidenceEvent[], critical: CriticalData): readonly LedgerItem[] {
  const items = new Map<string, LedgerItem>();
  for (const e of [...events].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const what = WHAT[e.kind];
    const id = e.target?.id ?? e.channel?.id ?? e.id;
    if (what === undefined) continue;
    const known = items.get(`${what}:${id}`);
    const name = e.target?.name ?? e.channel?.name;
    items.set(`${what}:${id}`, {
      what,
      id,
      ...(name === undefined ? {} : { name }),
      how: known && known.how !== e.operation ? `${known.how}, ${e.operation}` : e.operation,
      firstAt: known?.firstAt ?? e.at,
      lastAt: e.at,
      critical: (known?.critical ?? false) || isCritical(e, critical),
      outside: (known?.outside ?? false) || e.kind === 'share' || (e.externalRecipients ?? []).length > 0,
      events: [...(known?.events ?? []), e.id],
    });
  }
  return [...items.values()];
}
