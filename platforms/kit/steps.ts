import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { CallOptions, EvidenceSource, SourcePage, SourceQuery } from '../ports.js';

/** One list walked page by page; `next` is what the page before gave. */
export type Step = (query: SourceQuery, next: string | undefined, options: CallOptions) => Promise<SourcePage>;

/** `before` is the page that led to `next`. */
const cursorShape = z.strictObject({
  step: z.int().nonnegative(),
  next: z.string().optional(),
  before: z.string().optional(),
});

/**
 * Reads several lists one after another as one source. The cursor says which list, where in it and from where, and nothing else, so that
 * a place that comes again is seen to be one. A page that leads to itself, or back to the one before it, ends its list (vendors have served
 * such links), not the source; wider circles end the source, in the collector.
 */
export function inSteps(...steps: readonly Step[]): EvidenceSource['read'] {
  return async (query, cursor, options = {}) => {
    const at = cursor === undefined ? { step: 0 } : placeIn(cursor);
    const step = steps[at.step];
    if (!step) throw new QuellError('CONFIG', 'cursor of another source');
    const { next, ...page } = await step(query, at.next, options);
    if (next === undefined) return { ...page, ...after(at.step) };
    if (next === at.next || next === at.before) return { ...page, gap: LEADS_TO_ITSELF, ...after(at.step) };
    return { ...page, next: JSON.stringify({ step: at.step, next, before: at.next }) };
  };

  function after(step: number): { readonly next?: string } {
    return step + 1 < steps.length ? { next: JSON.stringify({ step: step + 1 }) } : {};
  }
}

function placeIn(cursor: string): z.infer<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(cursor));
  } catch {
    throw new QuellError('CONFIG', 'cursor of another source');
  }
}

/** Told where a list led to the page that it came from. */
export const LEADS_TO_ITSELF = {
  code: 'VENDOR_REPLY',
  text: 'The vendor leads to the same page again and again; what was read until then is kept.',
} as const;

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
