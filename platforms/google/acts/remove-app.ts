import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { grantsOf, removeGrants } from '../grants.js';
import { noneLeft, SUSPENDED, waysIn } from '../ways-in.js';

/** Takes one app's grant from the account; the app itself can be blocked for all only in the Admin console. */
export function removeApp(context: ActContext): ContainmentAct<'remove_app'> {
  const grants = ({ accountId, appId }: ResolvedTargetOf<'remove_app'>, signal: AbortSignal | undefined) =>
    waysIn(context.client, accountId, signal, async () =>
      (await grantsOf(context, accountId, signal)).filter((id) => id === appId),
    );
  const read = async (target: ResolvedTargetOf<'remove_app'>, signal: AbortSignal | undefined) => {
    const held = await grants(target, signal);
    return noneLeft(held === SUSPENDED ? SUSPENDED : { grants: held.length });
  };
  return {
    kind: 'remove_app',
    reversible: false,
    undo: 'The person allows the app again.',
    losses: 'The app’s grant.',
    recognised: 'The account holds no grant of the app, or is suspended.',
    proof:
      'The account’s list of grants, read again. Of a suspended account Google shows none: then its own record, until it is active again.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => (await read(target, signal)).state,
    apply: async (target, _, options = {}) => {
      const held = await grants(target, options.signal);
      return held === SUSPENDED ? [] : removeGrants(context, target.accountId, held, options);
    },
    verify: (target, _, { signal } = {}) => read(target, signal),
  };
}
