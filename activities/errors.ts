import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { QuellError } from '../domain/errors.js';
import { cancelled } from './context.js';
import { scrub } from './scrub.js';

/**
 * What an activity throws to Temporal. Cancellation passes untouched, so that the worker recognises it. A `QuellError` becomes an
 * `ApplicationFailure` whose type is the catalogue code; a vendor's Retry-After becomes `nextRetryDelay`. Anything else is a defect:
 * it keeps its class name alone, because its message may hold what must not be in a history.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof Error && error.name === 'AbortError' && cancelled()) return error;
  const known = asQuellError(error);
  if (known) {
    return ApplicationFailure.create({
      type: known.code,
      message: scrub(known.message),
      nonRetryable: !known.retryable,
      ...(known.retryAfterMs === undefined ? {} : { nextRetryDelay: known.retryAfterMs }),
    });
  }
  return ApplicationFailure.create({
    type: 'DEFECT',
    message: `An error that Quell does not know: ${error instanceof Error ? error.name : typeof error}.`,
    nonRetryable: false,
  });
}

/** The catalogue's view of any error; undefined for a defect. Time-outs and aborted calls of our own clients are the vendor not answering; disk errors are the store's. */
export function asQuellError(error: unknown): QuellError | undefined {
  if (error instanceof QuellError) return error;
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return new QuellError('VENDOR_DOWN', 'no answer in time', { cause: error });
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code !== 'string') return undefined;
  if (/^E(NOSPC|ROFS|ACCES|PERM|MFILE|NFILE|IO|EXIST|NOENT|ISDIR|NOTDIR)$/.test(code))
    return new QuellError('STORE', code, { cause: error });
  if (/^E(CONN\w+|PIPE|HOSTUNREACH|NETUNREACH|TIMEDOUT|AI_AGAIN)$/.test(code))
    return new QuellError('VENDOR_DOWN', code, { cause: error });
  return undefined;
}

/** Is it a cancellation of this activity, and not merely a call that was given up? */
export function isCancellation(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError' && cancelled());
}

/** Wraps every activity of a factory, so that nothing but mapped errors leaves it. The SDK logs what is thrown; there is no second line here. */
export function guarded<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    guard(run as (input: unknown) => Promise<unknown>),
  ]);
  return Object.fromEntries(wrapped) as T;
}

function guard(run: (input: unknown) => Promise<unknown>): (input: unknown) => Promise<unknown> {
  return async (input) => {
    try {
      return await run(input);
    } catch (error) {
      throw toFailure(error);
    }
  };
}
