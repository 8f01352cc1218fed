import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import type { EvidenceEvent } from '../domain/evidence.js';
import type { CallOptions, EvidenceSource, SourceQuery } from './ports.js';

interface Page {
  readonly events: readonly EvidenceEvent[];
  readonly next?: string;
}
/** One list walked page by page; `next` is what the page before gave. */
export type Step = (query: SourceQuery, next: string | undefined, options: CallOptions) => Promise<Page>;

const cursorShape = z.strictObject({
  step: z.int().nonnegative(),
  page: z.int().nonnegative(),
  next: z.string().optional(),
});
/** Vendors have served paging links that lead in circles; beyond this a list is called broken. */
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

/** A person without an account, a mailbox or a space here has no such log here: that is empty, not a failure. */
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
