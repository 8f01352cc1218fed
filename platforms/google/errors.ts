import { z } from 'zod';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { codeOfStatus, codeWord } from '../kit/status.js';
import { retryAfterMs } from '../kit/replies.js';

/** 403 is also how the older APIs say "slow down". Source: Admin SDK, Drive and Gmail error references. */
const BUSY_REASONS = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'dailyLimitExceededUnreg',
  'sharingRateLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
]);
/** The limit of a day: Google names no time, and asking every minute does not bring it nearer. */
const LONG_REASONS = new Set(['dailyLimitExceeded', 'dailyLimitExceededUnreg']);
const LONG_WAIT_MS = 3_600_000;
/** 403 for what this file or permission does not allow to anybody of this standing: no scope would help. */
const REFUSED_REASONS = new Set([
  'insufficientFilePermissions',
  'cannotRemoveOwner',
  'cannotDeletePermission',
  'cannotDeleteInheritedPermission',
  'adminCannotUnsuspend',
]);
/** Gmail or Chat is not part of the person's licence, or switched off. */
const PLAN_REASONS = new Set(['serviceDisabled', 'notLicensed', 'SERVICE_NOT_AVAILABLE']);

/** Errors of the token endpoint (RFC 6749, section 5.2, and Google's own). */
const TOKEN_ERRORS: Readonly<Record<string, ErrorCode>> = {
  unauthorized_client: 'VENDOR_SCOPE', // a scope is not in the domain-wide delegation, or not yet: up to 24 hours
  invalid_scope: 'VENDOR_SCOPE',
  access_denied: 'VENDOR_SCOPE',
  invalid_grant: 'VENDOR_AUTH',
  invalid_client: 'VENDOR_AUTH',
  invalid_request: 'VENDOR_AUTH',
  internal_failure: 'VENDOR_DOWN',
};

const apiError = z.looseObject({
  error: z.looseObject({
    status: z.string().optional(),
    errors: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
    details: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
  }),
});
const tokenError = z.looseObject({ error: z.string() });
/** Two copies of gaxios are loaded, so its errors are told by what they carry, not by class. */
const failed = z.object({
  response: z.object({
    status: z.number(),
    data: z.unknown(),
    headers: z.custom<Headers>((h) => typeof (h as Headers | undefined)?.get === 'function').optional(),
  }),
});

/**
 * What the SDK threw, as an error of the catalogue; the caller's own cancellation is passed on as it is. The original is
 * dropped: it carries the request with its body.
 */
export function fromGoogleError(method: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  const own = error instanceof Error && error.cause instanceof QuellError ? error.cause : error;
  if (own instanceof QuellError) return own;
  const { data } = failed.safeParse(error);
  return data ? refused(method, data.response.status, data.response.data, data.response.headers) : noAnswer(method);
}

/** No connection, no answer in time, or one that broke off. */
export const noAnswer = (method: string): QuellError => new QuellError('VENDOR_DOWN', `${method}: no usable answer`);

/** An answer that is not a success. `body`: parsed JSON, or anything else. */
export function refused(method: string, status: number, body: unknown, headers: Headers | undefined): QuellError {
  const asked = retryAfterMs(headers?.get('retry-after'));
  const token = tokenError.safeParse(body).data?.error;
  if (token !== undefined)
    return new QuellError(
      status === 429 ? 'VENDOR_BUSY' : (TOKEN_ERRORS[token] ?? (status >= 500 ? 'VENDOR_DOWN' : 'VENDOR_AUTH')),
      `${method}: token refused${codeWord(token)}`,
      asked === undefined ? {} : { retryAfterMs: asked },
    );
  const said = apiError.safeParse(body).data?.error;
  const reasons = reasonsOf(body);
  const wait = asked ?? (reasons.some((r) => LONG_REASONS.has(r)) ? LONG_WAIT_MS : undefined);
  return new QuellError(
    isDeletedAccount(method, status, reasons) ? 'VENDOR_NOT_FOUND' : codeOf(status, said?.status ?? '', reasons),
    `${method}: HTTP ${String(status)}${codeWord(reasons.find((r) => r !== '') ?? said?.status)}`,
    wait === undefined ? {} : { retryAfterMs: wait },
  );
}

/**
 * An account that was deleted less than twenty days ago, and could be undeleted: the Directory answers 412 in the place of 404. No call of
 * ours there sets a condition that could fail otherwise.
 */
const isDeletedAccount = (method: string, status: number, reasons: readonly string[]): boolean =>
  status === 412 && method.startsWith('directory.') && reasons.includes('conditionNotMet');

/** Whether an answer that is no 429 asks to slow down: the older APIs say it with a 403 and a reason. */
export async function asksToSlowDown(answer: Response): Promise<boolean> {
  if (answer.status !== 403) return false;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return reasonsOf(body).some((reason) => BUSY_REASONS.has(reason));
}

function reasonsOf(body: unknown): readonly string[] {
  const said = apiError.safeParse(body).data?.error;
  return [...(said?.errors ?? []), ...(said?.details ?? [])].map((e) => e.reason ?? '');
}

function codeOf(status: number, word: string, reasons: readonly string[]): ErrorCode {
  if (status === 429 || reasons.some((r) => BUSY_REASONS.has(r))) return 'VENDOR_BUSY';
  if (reasons.some((r) => PLAN_REASONS.has(r))) return 'VENDOR_PLAN';
  if (reasons.some((r) => REFUSED_REASONS.has(r))) return 'VENDOR_REFUSED';
  return word === 'ABORTED' ? 'VENDOR_DOWN' : codeOfStatus(status);
}
