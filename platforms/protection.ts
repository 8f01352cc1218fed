import { QuellError } from '../domain/errors.js';
import type { ProtectedBecause } from '../domain/subject.js';

/**
 * A target whose protection cannot be read counts as protected, and no approval overrides that. What may pass by itself (an
 * outage, a vendor that is busy, a worker that is stopped) is thrown instead: the step is tried again, not refused for good.
 */
export function unreadable(error: unknown, signal: AbortSignal | undefined): readonly ProtectedBecause[] {
  if (signal?.aborted || (error instanceof QuellError && error.retryable)) throw error;
  return ['unknown'];
}
