import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { TenantRef } from '../../../domain/platform.js';
import type { CallOptions, EvidenceSource, SourceQuery } from '../../ports.js';
import type { MicrosoftClient } from '../client.js';

export interface SourceContext extends TenantRef {
  readonly platform: 'microsoft';
  readonly client: MicrosoftClient;
}
interface Page {
  readonly events: readonly EvidenceEvent[];
  readonly next?: string;
}
/** One log walked page by page; `next` is what the page before gave. */
export type Step = (query: SourceQuery, next: string | undefined, options: CallOptions) => Promise<Page>;

const cursorShape = z.strictObject({
  step: z.int().nonnegative(),
  page: z.int().nonnegative(),
  next: z.string().optional(),
});
/** Teams has served paging links that lead in circles; beyond this a step is called broken. */
const MAX_PAGES = 5000;

/** Reads several lists one after another as one source; the cursor says which list and where in it. */
export function inSteps(...steps: readonly Step[]): EvidenceSource['read'] {
  return async (query, cursor, options = {}) => {
    const at = cursor === undefined ? { step: 0, page: 0 } : cursorShape.parse(JSON.parse(cursor));
    const step = steps[at.step];
    if (!step) throw new QuellError('CONFIG', 'cursor of another source');
    if (at.page > MAX_PAGES) throw new QuellError('VENDOR_REPLY', 'paging does not end');
    const { events, next } = await step(query, at.next, options);
    const following =
      next !== undefined
        ? { step: at.step, page: at.page + 1, next }
        : at.step + 1 < steps.length
          ? { step: at.step + 1, page: 0 }
          : undefined;
    return following === undefined ? { events } : { events, next: JSON.stringify(following) };
  };
}

/** A person without mailbox or drive here has no such log here: that is empty, not a failure. */
export function emptyWhenMissing(step: Step): Step {
  return async (...args) => {
    try {
      return await step(...args);
    } catch (error) {
      if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND') return { events: [] };
      throw error;
    }
  };
}

/** UTC instant of a vendor time, which may lack its `Z` or carry seven digits of fraction; undefined when it is none. */
export function instant(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** An address without the port or brackets that audit records may put around it; undefined for anything else. */
export function address(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  const bare =
    /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text)?.[1] ?? /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.exec(text)?.[1] ?? text;
  return /^[0-9a-f:.]{3,45}$/i.test(bare) && /[.:]/.test(bare) ? bare : undefined;
}
