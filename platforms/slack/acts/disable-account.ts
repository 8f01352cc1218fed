import type { ContainmentAct } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { scimUsers } from '../scim.js';
import { sendOnce, type ActContext } from './act.js';

/**
 * Deactivates by SCIM: signed out everywhere, tokens of the member revoked; messages and files stay. Apps the member installed can survive
 * it. Slack answers 429 to a second write while the first one runs, and a read may show the old state for some seconds.
 */
export function disableAccount({ client }: ActContext): ContainmentAct<'disable_account'> {
  const users = scimUsers(client);
  return {
    kind: 'disable_account',
    reversible: true,
    undo: 'The account is activated again; the person signs in as before.',
    losses: 'Memberships in channels, and the tokens of the member: apps and bots get new ones.',
    recognised: 'SCIM says that the account is not active.',
    proof: 'SCIM says `active: false`; the audit log holds `user_deactivated`.',
    effectWithinSeconds: 60,
    capture: async ({ accountId }, { signal } = {}) => ({ active: await users.active(accountId, signal) }),
    apply: async ({ accountId }, _, options = {}) => {
      const { signal } = options;
      if (!(await users.active(accountId, signal))) return [];
      const send = () => users.setActive(accountId, false, signal);
      const took = async () => !(await users.active(accountId, signal));
      return [await sendOnce(OPERATIONS.scimPatchUser, accountId, send, took, options)];
    },
    verify: async ({ accountId }, _, { signal } = {}) => {
      const active = await users.active(accountId, signal);
      return { holds: !active, state: { active } };
    },
    revert: async ({ accountId }, before, options = {}) => {
      const { signal } = options;
      if (before['active'] !== true || (await users.active(accountId, signal))) return [];
      const send = () => users.setActive(accountId, true, signal);
      return [
        await sendOnce(OPERATIONS.scimPatchUser, accountId, send, () => users.active(accountId, signal), options),
      ];
    },
  };
}
