import type { ExposureSummary, HumanTask } from './case.js';
import { succeeded, type EvidenceEvent, type Gap } from './evidence.js';
import type { Finding, FindingKind } from './finding.js';
import { foreignRows } from './foreign.js';
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

/** The exposure with what the owners of its secrets said in the tasks of their rotation: an owner's word confirms a leak that no log shows. */
export function withOwnersAnswers(exposure: ExposureSummary, tasks: readonly HumanTask[]): ExposureSummary {
  return {
    ...exposure,
    secrets: exposure.secrets.map((secret) => {
      const rotation = tasks.find((t) => t.kind === 'rotate_secret' && t.about === secret.fingerprint);
      const said = rotation?.status === 'done' ? rotation.result?.['live'] : undefined;
      // What was logged stands: an owner who says "no" cannot take a use back.
      return secret.live === 'unknown' && (said === 'yes' || said === 'no') ? { ...secret, live: said } : secret;
    }),
  };
}

/** What was read or taken: the rows of the findings, and everything else the same foreign sessions touched. What logs can't show is a gap, never nothing. */
export function ledgerOf(input: {
  readonly findings: readonly Finding[];
  readonly events: readonly EvidenceEvent[];
  readonly secrets: readonly SecretHit[];
  readonly critical: CriticalData;
  readonly gaps: readonly Gap[];
}): Ledger {
  const cited = new Set(input.findings.filter((f) => TAKING.includes(f.kind)).flatMap((f) => f.events));
  const sessions = new Set(foreignRows(input.findings, input.events).flatMap((e) => e.sessionId ?? []));
  const taken = input.events.filter(
    (e) =>
      WHAT[e.kind] !== undefined &&
      succeeded(e) &&
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

function merge(events: readonly EvidenceEvent[], critical: CriticalData): readonly LedgerItem[] {
  const things = new Map<string, EvidenceEvent[]>();
  for (const e of [...events].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1))) {
    const key = `${e.platform}:${WHAT[e.kind] ?? ''}:${thingOf(e)}`;
    const rows = things.get(key);
    if (rows) rows.push(e);
    else things.set(key, [e]);
  }
  return [...things.values()].flatMap((rows) => itemOf(rows, critical) ?? []);
}

const thingOf = (e: EvidenceEvent): string => e.target?.id ?? e.channel?.id ?? e.id;

/** One thing from all the rows about it, which are sorted by time. */
function itemOf(rows: readonly EvidenceEvent[], critical: CriticalData): LedgerItem | undefined {
  const [first] = rows;
  const last = rows.at(-1);
  const what = first && WHAT[first.kind];
  if (!first || !last || what === undefined) return undefined;
  const name = rows.map((e) => e.target?.name ?? e.channel?.name).findLast((n) => n !== undefined);
  return {
    what,
    id: thingOf(first),
    ...(name === undefined ? {} : { name }),
    how: [...new Set(rows.map((e) => e.operation))].join(', '),
    firstAt: first.at,
    lastAt: last.at,
    critical: rows.some((e) => isCritical(e, critical)),
    outside: rows.some((e) => e.kind === 'share' || (e.externalRecipients ?? []).length > 0),
    events: rows.map((e) => e.id),
  };
}
