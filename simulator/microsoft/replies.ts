import { randomUUID } from 'node:crypto';
import type { MicrosoftApi } from '../../platforms/microsoft/operations.js';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const noContent: Reply = { status: 204 };
export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });

/** Error as each API words it: Graph with innerError, the others flat. */
export function fail(
  status: number,
  code: string,
  message = code,
  api: MicrosoftApi = 'graph',
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const id = randomUUID();
  const inner =
    api === 'graph'
      ? { innerError: { date: new Date().toISOString().slice(0, 19), 'request-id': id, 'client-request-id': '' } }
      : {};
  return { status, headers: { 'request-id': id, ...headers }, body: { error: { code, message, ...inner } } };
}

export const notFound = (message = 'Resource does not exist'): Reply => fail(404, 'Request_ResourceNotFound', message);
export const badRequest = (message: string): Reply => fail(400, 'Request_BadRequest', message);

/** What a caller without the permission gets. */
export function denied(api: MicrosoftApi): Reply {
  if (api === 'manage')
    return fail(
      403,
      'AF10001',
      'The permission set sent in the request does not include the expected permission.',
      api,
    );
  if (api === 'defender')
    return fail(403, 'Forbidden', 'The application does not have any of the required application permissions.', api);
  if (api === 'connector') return fail(403, 'Forbidden', 'Forbidden', api);
  return fail(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

export function unauthenticated(api: MicrosoftApi): Reply {
  return fail(
    401,
    api === 'graph' ? 'InvalidAuthenticationToken' : 'Unauthorized',
    'Access token is missing, expired or for another audience.',
    api,
  );
}
