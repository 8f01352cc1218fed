import { QuellError } from '../../domain/errors.js';
import { codeOfStatus, codeWord } from '../kit/status.js';
import { retryAfterMs } from '../kit/replies.js';

/** Codes that say "your licence does not include this", whatever the status. Source: Entra sign-in API, Graph error reference. */
const PLAN_CODES = new Set(['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'PaymentRequired', 'AF20010']);

/** Error of a vendor's answer by status and typed code; the vendor's message text is never used or kept. */
export function answerError(
  operation: string,
  status: number,
  code: string | null | undefined,
  retryAfter?: string | null,
): QuellError {
  const wait = retryAfterMs(retryAfter);
  return new QuellError(
    PLAN_CODES.has(code ?? '') ? 'VENDOR_PLAN' : codeOfStatus(status),
    `${operation}: HTTP ${String(status)}${codeWord(code)}`,
    wait === undefined ? {} : { retryAfterMs: wait },
  );
}

/** What ended a call, as an error of the catalogue; the caller's own cancellation is passed on as it is. */
export function fromFailedCall(operation: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  return error instanceof QuellError ? error : new QuellError('VENDOR_DOWN', operation);
}
