import { isIP } from 'node:net';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EvidenceEvent, LogSource } from '../../../domain/evidence.js';
import type { Instant } from '../../../domain/platform.js';
import { compact } from '../../compact.js';
import type { CallOptions, SourceQuery } from '../../ports.js';
import type { SlackClient } from '../client.js';
import type { SlackPlan } from '../settings.js';

export interface SourceContext {
  readonly tenant: string;
  readonly client: SlackClient;
  readonly teamIds: readonly string[];
  readonly plan: SlackPlan;
  /** Whether the token that reads the access and integration logs was given. */
  readonly hasLogs: boolean;
}
export interface Page {
  readonly events: readonly EvidenceEvent[];
  readonly next?: string;
}
export type Read = (query: SourceQuery, cursor: string | undefined, options?: CallOptions) => Promise<Page>;
/** One list of the vendor; `next` is what the page before gave. */
export type Step = (query: SourceQuery, next: string | undefined, options: CallOptions) => Promise<Page>;

/** Which source a row came from, for `eventOf`. */
export interface Origin {
  readonly source: string;
  readonly logSource: LogSource;
}

/** App ids begin with A. An app is no actor in a log: its entries are of the account whose token it uses. */
export const isApp = (nativeId: string): boolean => nativeId.startsWith('A');

const cursorShape = z.strictObject({ step: z.int().nonnegative(), next: z.string().optional() });

/** Reads lists one after another as one source; the cursor says which list and where in it, and nothing else is remembered. */
export function inSteps(steps: readonly Step[]): Read {
  return async (query, cursor, options = {}) => {
    const at = parseCursor(cursorShape, cursor) ?? { step: 0 };
    const step = steps[at.step];
    if (!step) return { events: [] };
    const { events, next } = await step(query, at.next, options);
    const following =
      next !== undefined ? { step: at.step, next } : at.step + 1 < steps.length ? { step: at.step + 1 } : undefined;
    return { events: distinct(events), ...(following === undefined ? {} : { next: JSON.stringify(following) }) };
  };
}

/** One step for each workspace; a person who is not in one has no such log there. */
export function perTeam({ teamIds }: SourceContext, step: (teamId: string) => Step): Read {
  return inSteps(
    teamIds.map((teamId): Step => async (...args) => {
      try {
        return await step(teamId)(...args);
      } catch (error) {
        if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND') return { events: [] };
        throw error;
      }
    }),
  );
}

/** Undefined for no cursor; CONFIG when it is not one of this source. */
export function parseCursor<T>(shape: z.ZodType<T>, cursor: string | undefined): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(cursor));
  } catch {
    throw new QuellError('CONFIG', 'cursor of another source');
  }
}

/** Rows may repeat inside a page (Slack gives more than the limit when entries share a time). */
function distinct(events: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  return [...new Map(events.map((e) => [e.id, e])).values()];
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
  return compact({
    ...fields,
    id: `slack:${source}:${rowId}`,
    platform: 'slack' as const,
    tenant: context.tenant,
    source,
    logSource,
  });
}

/** Next cursor of the Web API: empty or absent at the end. */
export const metadata = z.looseObject({ next_cursor: z.string().nullish() }).nullish();
export function nextOf(meta: z.infer<typeof metadata>): { readonly next?: string } {
  return meta?.next_cursor ? { next: meta.next_cursor } : {};
}

/** Rows that have at least what `shape` asks for; one strange row never costs the page. */
export function lenient<T>(rows: readonly unknown[], shape: z.ZodType<T>): readonly T[] {
  return rows.flatMap((row) => {
    const parsed = shape.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

export function instantOf(unixSeconds: number): Instant {
  return new Date(unixSeconds * 1000).toISOString();
}

/** Whole seconds that cover the window: both ends are inclusive at Slack. */
export function seconds(instant: Instant, round: 'down' | 'up' = 'down'): number {
  const s = Date.parse(instant) / 1000;
  return round === 'down' ? Math.floor(s) : Math.ceil(s);
}

/** Undefined for what is no address: Slack's own samples hold some. */
export function addressOf(text: string | null | undefined): string | undefined {
  return text && isIP(text) !== 0 ? text : undefined;
}

/** True when a time is inside the window, whole seconds counted as Slack does. */
export function within(query: SourceQuery, unixSeconds: number): boolean {
  return unixSeconds >= seconds(query.from) && unixSeconds <= seconds(query.to, 'up');
}
