import type { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EvidenceEvent, LogSource } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { Instant } from '../../../domain/platform.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource, SourcePage, SourceQuery } from '../../ports.js';
import type { Mapped } from '../../kit/rows.js';
import { emptyWhenMissing, inSteps, type Step } from '../../kit/steps.js';
import type { SlackClient } from '../client.js';
import { isRefusal } from '../errors.js';
import type { SlackPlan } from '../settings.js';

export interface SourceContext {
  readonly tenant: string;
  readonly client: SlackClient;
  readonly teamIds: readonly string[];
  readonly plan: SlackPlan;
  /** Whether the token that reads the access and integration logs was given. */
  readonly hasLogs: boolean;
  /** Ids of Quell's own apps: what they did is nobody else's act. */
  readonly ownAppIds: readonly string[];
}

/** Which source a row came from, for `eventOf`. */
export interface Origin {
  readonly source: string;
  readonly logSource: LogSource;
}

/** App ids begin with A. An app is no actor in a log: its entries are of the account whose token it uses. */
export const isApp = (nativeId: string): boolean => nativeId.startsWith('A');

/**
 * One step for each workspace; a person who is not in one has no such log there. A workspace of several that refuses (the app was taken
 * out there, or is not approved) is a gap that names it, and the others are read. Where there is only one, its refusal is the source's.
 */
export function perTeam({ teamIds }: SourceContext, step: (teamId: string) => Step): EvidenceSource['read'] {
  return inSteps(
    ...teamIds.map((teamId): Step => {
      const read = emptyWhenMissing(step(teamId));
      if (teamIds.length === 1) return read;
      return async (query, next, options) => {
        try {
          return await read(query, next, options);
        } catch (error) {
          if (!isRefusal(error, next)) throw error;
          return { events: [], gap: { code: error.code, text: `Workspace ${teamId} was not read. ${error.message}` } };
        }
      };
    }),
  );
}

/** What is kept of a walk within one list. Undefined for none; CONFIG when it is not one of this source. */
export function stateOf<T>(shape: z.ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(cursor));
  } catch {
    throw new QuellError('CONFIG', 'cursor of another source');
  }
}

/** A page of a source: what was read, each row once (Slack gives more than the limit when entries share a time), and what could not be. */
export function pageOf({ values, odd }: Mapped<EvidenceEvent>, next: { readonly next?: string } = {}): SourcePage {
  const events = [...new Map(values.map((e) => [e.id, e])).values()];
  return { events, ...next, ...(odd.length > 0 ? { odd } : {}) };
}

/** An event with everything the vendor did not say left out. */
export function eventOf(
  context: SourceContext,
  { source, logSource }: Origin,
  rowId: string,
  fields: { readonly kind: EvidenceEvent['kind']; readonly at: Instant; readonly operation: string } & {
    readonly [K in keyof EvidenceEvent]?: EvidenceEvent[K] | null | undefined;
  },
): EvidenceEvent {
  return Object.assign(compact(fields), {
    id: `slack:${source}:${rowId}`,
    platform: 'slack' as const,
    tenant: context.tenant,
    source,
    logSource,
  });
}

/** Whole seconds that cover the window: both ends are inclusive at Slack. */
export function seconds(instant: Instant, round: 'down' | 'up' = 'down'): number {
  const s = Date.parse(instant) / 1000;
  return round === 'down' ? Math.floor(s) : Math.ceil(s);
}

/** Slack's times are seconds, as numbers or texts; undefined for what is no time. */
export function unixOf(value: unknown): number | undefined {
  const at = instantOf(value);
  return at === undefined ? undefined : Date.parse(at) / 1000;
}

/** The instant of unix seconds that are one. */
export const atUnix = (unix: number): Instant => new Date(unix * 1000).toISOString();

/** True when a time is inside the window, whole seconds counted as Slack does. */
export function within({ from, to }: Pick<SourceQuery, 'from' | 'to'>, unixSeconds: number): boolean {
  return unixSeconds >= seconds(from) && unixSeconds <= seconds(to, 'up');
}

/** A count by the log's own number; what is no whole number counts nothing. */
export const wholeOf = (count: number | undefined): number | undefined =>
  Number.isSafeInteger(count) && (count ?? -1) >= 0 ? count : undefined;
