import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { SlackClient } from './client.js';
import { maybe, someText } from '../kit/rows.js';
import { OPERATIONS, type SlackOperation } from './methods.js';

const department = maybe(z.looseObject({ department: someText }));
/** The extension for organisations has another name in each version. */
const EXTENSIONS = [
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  'urn:scim:schemas:extension:enterprise:1.0',
] as const;
const scimUser = z.looseObject({
  id: z.string(),
  active: z.boolean(),
  [EXTENSIONS[0]]: department,
  [EXTENSIONS[1]]: department,
});
type ScimUser = z.infer<typeof scimUser>;
type Version = 'v2' | 'v1';
const unsupported = (id: string) => ({ id, active: false, unsupported: true }) as const;

const body = (version: Version, active: boolean): unknown =>
  version === 'v2'
    ? {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: active }],
      }
    : { schemas: ['urn:scim:schemas:core:1.0'], active };

export interface ScimUsers {
  active(id: string, signal?: AbortSignal): Promise<boolean>;
  setActive(id: string, active: boolean, signal?: AbortSignal): Promise<boolean>;
  /** Undefined where the directory names none, knows no such member (a bot, somebody of another organisation), or is not there at all. */
  department(id: string, signal?: AbortSignal): Promise<string | undefined>;
}

/** SCIM 2, or SCIM 1.1 where this organisation has no 2. Never PUT: it blanks every attribute that is not sent. */
export function scimUsers(client: SlackClient): ScimUsers {
  async function call(
    operation: SlackOperation,
    id: string,
    active: boolean | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ScimUser> {
    for (const version of ['v2', 'v1'] as const) {
      const rest = {
        method: active === undefined ? ('GET' as const) : ('PATCH' as const),
        path: `${version}/Users/${encodeURIComponent(id)}`,
        signal,
        ...(active === undefined ? {} : { body: body(version, active) }),
      };
      const answers = version === 'v2' ? { unsupported_version: unsupported(id) } : {};
      const user = await client.rest(operation, { ...rest, answers }, scimUser);
      if (user.id !== id) throw new QuellError('VENDOR_REPLY', `${operation.name}: another account`);
      if (user['unsupported'] !== true) return user;
    }
    throw new QuellError('UNSUPPORTED', 'SCIM');
  }
  return {
    active: async (id, signal) => (await call(OPERATIONS.scimUser, id, undefined, signal)).active,
    setActive: async (id, active, signal) => (await call(OPERATIONS.scimPatchUser, id, active, signal)).active,
    async department(id, signal) {
      const user = await call(OPERATIONS.scimUser, id, undefined, signal).catch((error: unknown) => {
        if (error instanceof QuellError && (error.code === 'VENDOR_NOT_FOUND' || error.code === 'UNSUPPORTED')) return;
        throw error;
      });
      return EXTENSIONS.map((name) => user?.[name]?.department).find((name) => name) ?? undefined;
    },
  };
}
