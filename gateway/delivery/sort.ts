import type { Alert, AlertRef } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { TenantRef } from '../../domain/platform.js';
import type { CaseIndex } from '../../store/cases/case-index.js';
import type { InboxItem } from '../../store/inbox/message.js';
import type { InboxOutcome } from '../../store/inbox/outcome.js';
import type { SubjectRegistry } from '../../store/subjects/registry.js';
import { parseBody } from '../alerts/kit/body.js';
import type { Alias } from '../../store/subjects/alias.js';
import { readAlerts } from '../alerts/index.js';
import type { AlertContext } from '../alerts/kit/parser.js';
import { CaseBound, type CaseBoundDeps } from './case-bound.js';
import { homeOf, type Homes } from './home.js';

export interface SortDeps extends Homes, CaseBoundDeps {
  readonly sources: readonly (Pick<AlertContext, 'format' | 'parser'> & { readonly name: string })[];
  readonly registry: Pick<SubjectRegistry, 'resolve' | 'findEach'>;
  readonly index: Pick<CaseIndex, 'holds' | 'running'>;
}

/** One message in hand and how far it is. */
export interface Entry {
  readonly seq: number;
  /** Joins that are still to come. */
  waiting: number;
  joined: number;
  readonly alertIds: Set<string>;
  readonly caseIds: Set<string>;
  /** Why part of it, or all, could not be delivered. */
  readonly problems: string[];
  /** Why nothing is to be done, when nothing is. */
  idle: string;
}

/** What one subject's case is to be told. */
export interface Fold {
  readonly subjectId: string;
  readonly caseId: string;
  readonly home: TenantRef;
  readonly source: string;
  readonly joins: { readonly alert: Alert; readonly raw: unknown; readonly ref: AlertRef; readonly entry: Entry }[];
}

/** Alerts that were joined lately, before the case index knows of them. */
export class Recent {
  readonly #seen = new Map<string, true>();

  has(alertId: string, subjectId: string): boolean {
    return this.#seen.has(`${alertId} ${subjectId}`);
  }

  add(alertId: string, subjectId: string): void {
    this.#seen.set(`${alertId} ${subjectId}`, true);
    if (this.#seen.size > RECENT_KEPT) this.#seen.delete(this.#seen.keys().next().value ?? '');
  }
}
const RECENT_KEPT = 50_000;

/** Parses a message and adds its alerts to the folds of their subjects; repeats and what is closed at its source are left out. */
export async function sortMessage(
  deps: SortDeps,
  item: InboxItem,
  recent: Recent,
  folds: Map<string, Fold>,
): Promise<Entry> {
  const entry: Entry = {
    seq: item.seq,
    waiting: 0,
    joined: 0,
    alertIds: new Set(),
    caseIds: new Set(),
    problems: [],
    idle: 'holds nothing that asks for a case',
  };
  const source = deps.sources.find((s) => s.name === item.source);
  if (!source) {
    entry.problems.push('its source is no longer configured');
    return entry;
  }
  const { alerts, problems } = readBody(item, source);
  entry.problems.push(...problems.map((p) => p.message));
  for (const { alert, raw } of alerts) {
    entry.alertIds.add(alert.alertId);
    if (alert.state === 'closed') {
      entry.idle = 'closed at its source';
      continue;
    }
    const bound = await CaseBound.of(deps, alert, item);
    for (const subject of alert.subjects) {
      try {
        const { home, aliases } = homeOf(deps, alert, subject);
        const subjectId =
          bound?.isFull === true ? await known(deps, aliases) : (await deps.registry.resolve(aliases)).subjectId;
        if (bound?.admits(subjectId && `case-${subjectId}`) === false || subjectId === undefined) continue;
        const caseId = `case-${subjectId}`;
        if (recent.has(alert.alertId, subjectId) || (await deps.index.holds(alert.alertId, subjectId))) {
          entry.idle = 'the case has this alert';
          entry.caseIds.add(caseId);
          continue;
        }
        const fold = folds.get(subjectId) ?? { subjectId, caseId, home, source: source.name, joins: [] };
        folds.set(subjectId, fold);
        if (fold.joins.some((j) => j.entry === entry && j.alert.alertId === alert.alertId)) continue;
        fold.joins.push({ alert, raw, ref: refOf(alert, item), entry });
        entry.waiting += 1;
      } catch (error) {
        if (!(error instanceof QuellError) || error.retryable) throw error;
        entry.problems.push(error.message);
      }
    }
    // In front of what else is wrong: it is the reason that a person can do something about.
    if (bound && bound.left > 0) entry.problems.unshift(bound.reasonFor(alert));
  }
  return entry;
}

/** What became of a message of which nothing is left to do. */
export function outcomeOf(entry: Entry): InboxOutcome & { readonly seq: number } {
  const { seq, problems, idle, joined } = entry;
  const alertIds = [...entry.alertIds];
  const caseIds = [...entry.caseIds];
  if (problems.length > 0) {
    const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const part = caseIds.length > 0 ? 'delivered in part; ' : '';
    return { seq, status: 'dead_letter', text: `${part}${problems[0] ?? ''}${rest}` };
  }
  if (joined > 0) return { seq, status: 'delivered', alertIds, caseIds };
  return { seq, status: caseIds.length > 0 ? 'duplicate' : 'ignored', alertIds, caseIds, text: idle };
}

/** Whom the registry has under one of the aliases; nobody is registered by it. */
export async function known(
  { registry }: Pick<SortDeps, 'registry'>,
  aliases: readonly Alias[],
): Promise<string | undefined> {
  return (await registry.findEach(aliases)).find((id) => id !== undefined);
}

/** The alerts of a message, and why others are none. */
export function readBody(item: InboxItem, source: SortDeps['sources'][number]): ReturnType<typeof readAlerts> {
  try {
    return readAlerts(parseBody(item.body), {
      source: source.name,
      format: source.format,
      parser: source.parser,
      receivedAt: item.receivedAt,
      ...(item.named === undefined ? {} : { named: { email: item.named } }),
    });
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    return { alerts: [], problems: [error] };
  }
}

function refOf(alert: Alert, item: InboxItem): AlertRef {
  return {
    alertId: alert.alertId,
    source: alert.source,
    severity: alert.severity,
    occurredAt: alert.occurredAt,
    receivedAt: item.receivedAt,
    ...(alert.platform === undefined ? {} : { platform: alert.platform }),
  };
}
