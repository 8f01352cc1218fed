import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct } from '../../ports.js';
import { OPERATIONS, type SlackOperation } from '../methods.js';
import { accountOf, sendOnce, type ActContext } from './act.js';

const scimUser = z.looseObject({ id: z.string(), active: z.boolean() });
type Version = 'v2' | 'v1';
const UNSUPPORTED = { id: '', active: false, unsupported: true } as const;

const body = (version: Version, active: boolean): unknown =>
  version === 'v2'
    ? {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: active }],
      }
    : { schemas: ['urn:scim:schemas:core:1.0'], active };

/** SCIM 2, or SCIM 1.1 where this organisation has no 2. Never PUT: it blanks every attribute that is not sent. */
function scim({ client }: ActContext) {
  async function call(
    operation: SlackOperation,
    id: string,
    active: boolean | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    for (const version of ['v2', 'v1'] as const) {
      const rest = {
        method: active === undefined ? ('GET' as const) : ('PATCH' as const),
        path: `${version}/Users/${encodeURIComponent(id)}`,
        signal,
        ...(active === undefined ? {} : { body: body(version, active) }),
      };
      const user = await client.rest(
        operation,
        { ...rest, answers: version === 'v2' ? { unsupported_version: UNSUPPORTED } : {} },
        scimUser,
      );
      if (user['unsupported'] !== true) return user.active;
    }
    throw new QuellError('UNSUPPORTED', 'SCIM');
  }
  return {
    active: (id: string, signal?: AbortSignal) => call(OPERATIONS.scimUser, id, undefined, signal),
    set: (id: string, active: boolean, signal?: AbortSignal) => call(OPERATIONS.scimPatchUser, id, active, signal),
  };
}

/**
 * Deactivates by SCIM: signed out everywhere, tokens of the member revoked; messages and files stay. Apps the member installed can survive
 * it. Slack answers 429 to a second write while the first one runs, and a read may show the old state for some seconds.
 */
export function disableAccount(context: ActContext): ContainmentAct {
  const users = scim(context);
  return {
    kind: 'disable_account',
    reversible: true,
    d3fend: 'D3-AL',
    undo: 'The account is activated again; the person signs in as before.',
    losses: 'Memberships in channels, and the tokens of the member: apps and bots get new ones.',
    recognised: 'SCIM says that the account is not active.',
    proof: 'SCIM says `active: false`; the audit log holds `user_deactivated`.',
    effectWithinSeconds: 60,
    capture: async (target, { signal } = {}) => ({ active: await users.active(accountOf(target), signal) }),
    apply: async (target, _, options = {}) => {
      const id = accountOf(target);
      if (!(await users.active(id, options.signal))) return [];
      return [
        await sendOnce(
          OPERATIONS.scimPatchUser,
          id,
          () => users.set(id, false, options.signal),
          async () => !(await users.active(id, options.signal)),
          options,
        ),
      ];
    },
    verify: async (target, _, { signal } = {}) => {
      const active = await users.active(accountOf(target), signal);
      return { holds: !active, state: { active } };
    },
    revert: async (target, before, options = {}) => {
      const id = accountOf(target);
      if (before['active'] !== true || (await users.active(id, options.signal))) return [];
      return [
        await sendOnce(
          OPERATIONS.scimPatchUser,
          id,
          () => users.set(id, true, options.signal),
          () => users.active(id, options.signal),
          options,
        ),
      ];
    },
  };
}
