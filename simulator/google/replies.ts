import type { GoogleApi } from '../../platforms/google/methods.js';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const noContent: Reply = { status: 204 };
export const ok = (body: unknown): Reply => ({ status: 200, body });

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** The words that stand in `status` themselves. */
const WORDS = new Set([...Object.values(STATUS), 'ABORTED']);

const NEWER = new Set<GoogleApi>(['chat', 'alertcenter', 'accesscontextmanager', 'cloudidentity', 'vault']);
export const isNewer = (api: GoogleApi): boolean => NEWER.has(api);

/** Error as each family words it: the newer APIs by AIP-193, the older ones with `errors[]`. */
export function fail(
  api: GoogleApi,
  status: number,
  reason: string,
  message: string = reason,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const canonical = isNewer(api) && WORDS.has(reason);
  const word = canonical ? reason : (STATUS[status] ?? 'UNKNOWN');
  const common = { code: status, message, status: word };
  const error = isNewer(api)
    ? {
        ...common,
        ...(!canonical && /^[A-Z_]+$/.test(reason)
          ? { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }] }
          : {}),
      }
    : { ...common, errors: [{ domain: /LimitExceeded$/.test(reason) ? 'usageLimits' : 'global', reason, message }] };
  return { status, headers, body: { error } };
}

export const notFound = (api: GoogleApi, message = 'Resource Not Found'): Reply => fail(api, 404, 'notFound', message);
export const badRequest = (api: GoogleApi, message: string): Reply => fail(api, 400, 'invalid', message);
export const unauthenticated = (api: GoogleApi): Reply => fail(api, 401, 'authError', 'Invalid Credentials');

/** A token whose scopes do not include one that the method takes. */
export const denied = (api: GoogleApi): Reply =>
  fail(
    api,
    403,
    isNewer(api) ? 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' : 'insufficientPermissions',
    'Request had insufficient authentication scopes.',
  );
/** A subject who is not the one the method needs. */
export const notAuthorized = (api: GoogleApi): Reply =>
  fail(api, 403, 'forbidden', 'Not Authorized to access this resource/api');
