import { z } from 'zod';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { codeOfStatus } from '../kit/status.js';
import { retryAfterMs } from '../kit/replies.js';

const TOO_FAST: readonly string[] = ['ratelimited', 'rate_limited', 'too_many_requests'];

/** Slack's typed codes by what they mean to us. Web API, Audit Logs API and SCIM spell some of them differently. */
const CODES: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  VENDOR_AUTH: [
    'invalid_auth',
    'not_authed',
    'token_revoked',
    'token_expired',
    'account_inactive',
    'not_bearer_token',
    'invalid_authentication',
    'missing_authentication',
  ],
  VENDOR_SCOPE: [
    ...[
      'missing_scope',
      'not_allowed_token_type',
      'no_permission',
      'not_an_admin',
      'restricted_action',
      'access_denied',
      'accesslimited',
      'permission_denied',
      'invalid_permissions',
    ],
    ...[
      'user_not_authorized',
      'team_not_authorized',
      'team_access_not_granted',
      'org_login_required',
      'two_factor_setup_required',
      'ekm_access_denied',
      'app_access_restricted',
    ],
    ...['app_management_app_not_installed_on_org', 'not_in_channel'],
  ],
  VENDOR_PLAN: [
    'feature_not_enabled',
    'paid_only',
    'plus_teams_only',
    'non_org_teams_only',
    'not_an_enterprise',
    'enterprise_is_restricted',
    'restricted_plan_level',
    'admin_analytics_disabled',
  ],
  VENDOR_NOT_FOUND: [
    ...[
      'user_not_found',
      'users_not_found',
      'user_not_visible',
      'no_such_user',
      'unknown_user',
      'cannot_decode_user_id',
      'channel_not_found',
      'thread_not_found',
      'message_not_found',
    ],
    ...['file_not_found', 'file_deleted', 'not_visible', 'app_not_found', 'invalid_app_id'],
  ],
  VENDOR_BUSY: [...TOO_FAST, 'resource_locked'],
  VENDOR_DOWN: [
    // The first two may have had their effect all the same: who writes reads the state before the next try.
    ...[
      'internal_error',
      'fatal_error',
      'service_unavailable',
      'request_timeout',
      'team_added_to_org',
      'endpoint_unavailable',
    ],
    ...['user_session_reset_failed', 'session_invalidation_failed'],
  ],
};
const MEANING = new Map(
  Object.entries(CODES).flatMap(([code, names]) => names.map((n) => [n, code as ErrorCode] as const)),
);
/** Slack sent none: wait as long as its one-minute windows make sensible. */
const BUSY_MS = 30_000;

/** False for what a proxy's page, a broken body or a sentence gives in place of a typed code. */
export function isCode(text: string): boolean {
  return /^[a-z][a-z0-9_.]{1,79}$/.test(text);
}

/** Error of a typed code of Slack. The code goes into the detail; Slack's texts never do. Anything that is no code is VENDOR_REPLY. */
export function codeError(operation: string, code: string, wait = BUSY_MS): QuellError {
  if (!isCode(code)) return new QuellError('VENDOR_REPLY', operation);
  const meaning = MEANING.get(code) ?? 'VENDOR_REFUSED';
  return new QuellError(meaning, `${operation}: ${code}`, meaning === 'VENDOR_BUSY' ? { retryAfterMs: wait } : {});
}

/**
 * Whether a workspace, or another part of what is asked, does not let our token in, which trying again does not change. A cursor that ran
 * out is refused too: then the list is to be read once more.
 */
export function isRefusal(error: unknown, cursor?: string): error is QuellError {
  if (!(error instanceof QuellError)) return false;
  return (
    ['VENDOR_AUTH', 'VENDOR_SCOPE', 'VENDOR_PLAN'].includes(error.code) ||
    (error.code === 'VENDOR_REFUSED' && cursor === undefined)
  );
}

/** Slack says no in fewer bytes; what is longer is an answer, and is for its reader alone. */
const REFUSAL_BYTES = 4_096;

/** Whether an answer that is no 429 asks to slow down: some methods say it with status 200 and a code. */
export async function asksToSlowDown(answer: Response): Promise<boolean> {
  const body: ReadableStream<Uint8Array> | null = answer.ok ? answer.clone().body : null;
  const reader = body?.getReader();
  if (!reader) return false;
  let text = '';
  try {
    for (const decoder = new TextDecoder(); text.length <= REFUSAL_BYTES;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    const said = refusal.safeParse(JSON.parse(text));
    return said.success && TOO_FAST.includes(said.data.error);
  } catch {
    return false; // no code; and what broke off breaks off for its reader too
  } finally {
    void reader.cancel().catch(() => undefined); // settles only when the answer itself was read
  }
}
const refusal = z.looseObject({ ok: z.literal(false), error: z.string() });

/** Error of an HTTP status where no typed code came with it. */
export function statusError(operation: string, status: number, retryAfter?: string | null): QuellError {
  const code = codeOfStatus(status);
  const wait = code === 'VENDOR_BUSY' ? { retryAfterMs: busyMs(retryAfter) } : {};
  return new QuellError(code, `${operation}: HTTP ${String(status)}`, wait);
}

/** Milliseconds of a Retry-After header; the usual wait when it is missing or none. */
export const busyMs = (header: string | null | undefined): number => retryAfterMs(header) ?? BUSY_MS;
