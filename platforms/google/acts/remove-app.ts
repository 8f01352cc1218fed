import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { grantsOf, removeGrants } from '../grants.js';

/** Takes one app's grant from the account; the app itself can be blocked for all only in the Admin console. */
export function removeApp(context: ActContext): ContainmentAct<'remove_app'> {
  const grants = async (
    { accountId, appId }: ResolvedTargetOf<'remove_app'>,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> => (await grantsOf(context, accountId, signal)).filter((id) => id === appId);
  return {
    kind: 'remove_app',
    reversible: false,
    undo: 'The person allows the app again.',
    losses: 'The app’s grant.',
    recognised: 'The account holds no grant of the app.',
    proof: 'The account’s list of grants, read again.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => ({ grants: (await grants(target, signal)).length }),
    apply: async (target, _, options = {}) =>
      removeGrants(context, target.accountId, await grants(target, options.signal), options),
    verify: async (target, _, { signal } = {}) => {
      const left = (await grants(target, signal)).length;
      return { holds: left === 0, state: { grants: left } };
    },
  };
}
