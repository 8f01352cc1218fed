import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { retryAfterMs } from '../replies.js';

/** Codes that say "your licence does not include this", whatever the status. Source: Entra sign-in API, Graph error reference. */
const PLAN_CODES = new Set(['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'PaymentRequired', 'AF20010']);

/** Error of a vendor's answer by status and typed code; the vendor's message text is never used or kept. */
export function answerError(
  operation: string,
  status: number,
  code: string | null | undefined,
  retryAfter?: string | null,
): QuellError {
  const safeCode = code !== null && code !== undefined && /^[\w.-]{1,80}$/.test(code) ? ` ${code}` : '';
  const wait = retryAfterMs(retryAfter);
  return new QuellError(
    codeOf(status, code ?? ''),
    `${operation}: HTTP ${String(status)}${safeCode}`,
    wait === undefined ? {} : { retryAfterMs: wait },
  );
}

function codeOf(status: number, code: string): ErrorCode {
  if (PLAN_CODES.has(code)) return 'VENDOR_PLAN';
  if (status === 401) return 'VENDOR_AUTH';
  if (status === 402) return 'VENDOR_PLAN';
  if (status === 403) return 'VENDOR_SCOPE';
  if (status === 404 || status === 410) return 'VENDOR_NOT_FOUND';
  if (status === 429) return 'VENDOR_BUSY';
  if (status >= 500 || status === 408) return 'VENDOR_DOWN';
  if (status >= 200 && status < 400) return 'VENDOR_REPLY';
  return 'VENDOR_REFUSED';
}

/** What ended a call, as an error of the catalogue; the caller's own cancellation is passed on as it is. */
export function fromFailedCall(operation: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  return error instanceof QuellError ? error : new QuellError('VENDOR_DOWN', operation);
}
