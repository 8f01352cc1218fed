import type { EvidenceEvent } from './evidence.js';
import type { Finding, FindingKind } from './finding.js';
import { foreignRows } from './foreign.js';
import { isAct } from './indicators/view.js';
import type { Instant, TenantRef } from './platform.js';

/** What acted at one tenant: the rows that the ledger is made of, and the window in which a log would have to show more. */
export interface ActingContext extends TenantRef {
  readonly from: Instant;
  readonly to: Instant;
  /** Somebody else's, or an app's: what lay in its reach may have been read, also where no log shows reading. */
  readonly foreign: boolean;
  /** Ids of its rows. */
  readonly events: readonly string[];
}

/** Findings whose rows are a reading or a taking themselves. */
export const TAKING: readonly FindingKind[] = [
  'bulk_collection',
  'external_share',
  'sensitive_uploads',
  'unusual_chat_activity',
  'unmatched_activity',
  'baseline_deviation',
  'volume_surge',
];

/**
 * The contexts that findings tell of: the rows that strong findings show outside the subject's own sessions with everything else of the
 * same sessions and of the apps that were let in there; and what findings of taking cite in the subject's own sessions.
 */
export function contextsOf(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly ActingContext[] {
  const strong = foreignRows(findings, events).filter(isAct);
  const ids = new Set(strong.map((e) => e.id));
  const sessions = new Set(strong.flatMap((e) => keyOf(e, e.sessionId)));
  const apps = new Set(
    strong.filter((e) => e.kind === 'app_grant').flatMap((e) => keyOf(e, e.app?.id ?? e.target?.id)),
  );
  const isForeign = (e: EvidenceEvent): boolean =>
    ids.has(e.id) ||
    keyOf(e, e.sessionId).some((key) => sessions.has(key)) ||
    keyOf(e, e.app?.id).some((key) => apps.has(key));
  const cited = new Set(findings.filter((f) => TAKING.includes(f.kind)).flatMap((f) => f.events));
  const rows = new Map<string, EvidenceEvent[]>();
  for (const e of events) {
    const foreign = isForeign(e);
    if (!foreign && !cited.has(e.id)) continue;
    const key = JSON.stringify([e.platform, e.tenant, foreign]);
    const known = rows.get(key);
    if (known) known.push(e);
    else rows.set(key, [e]);
  }
  return [...rows.entries()].flatMap(([key, of]) => {
    const at = of.map((e) => e.at).sort();
    const [first, from, to] = [of[0], at[0], at.at(-1)];
    if (!first || from === undefined || to === undefined) return [];
    const { platform, tenant } = first;
    return { platform, tenant, from, to, foreign: key.endsWith('true]'), events: of.map((e) => e.id).sort() };
  });
}

const keyOf = ({ platform, tenant }: EvidenceEvent, id: string | undefined): readonly string[] =>
  id === undefined ? [] : [`${platform}:${tenant}:${id}`];
