import type { Instant } from '../../../domain/platform.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState } from '../../ports.js';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import { authMethodsOf, type AuthMethod } from '../auth-methods.js';
import { notBefore, write, type ActContext } from './act.js';

type Target = ResolvedTargetOf<'remove_auth_method'>;

interface Factors {
  /** The one of the target. */
  readonly factor: AuthMethod | undefined;
  /** How many the person can sign in with beside it; a recovery address is none of them. */
  readonly others: number;
}

/**
 * Deletes one factor of a person, and nothing else of theirs. Some ids come again with the next factor of the kind: what is registered
 * after the step was begun is another one and stays.
 */
export function removeAuthMethod({ client }: ActContext): ContainmentAct<'remove_auth_method'> {
  async function read(
    { accountId, methodId }: Target,
    since: Instant | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Factors> {
    const methods = await authMethodsOf(client, accountId, signal);
    const found = methods.find((m) => m.key === methodId);
    const isNewer = since !== undefined && notBefore(found?.createdAt, since);
    const factor = isNewer ? undefined : found;
    const others = methods.filter((m) => m !== found && !m.key.startsWith('emailMethods/')).length;
    return { factor, others };
  }
  const state = ({ factor, others }: Factors): VendorState => ({ present: factor !== undefined, others });
  return {
    kind: 'remove_auth_method',
    reversible: false,
    undo: 'The person registers it again.',
    losses:
      'The registration. When no other factor is left, the person needs a temporary access pass from the help desk to register one.',
    recognised: 'The person has no factor of that id, or one that was registered after this step was begun.',
    proof: 'The list of the person’s factors is read back without it; how many others there are is told.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => state(await read(target, undefined, signal)),
    apply: async (target, { since }, options = {}) => {
      const { signal } = options;
      const { factor } = await read(target, since, signal);
      if (!factor) return [];
      const { accountId, methodId } = target;
      const path = { id: accountId, factorId: factor.id };
      const send = (): Promise<void> => client.send(factor.remove, { path, signal });
      const gone = async (): Promise<boolean> => (await read(target, since, signal)).factor === undefined;
      const done = write(factor.remove, `${accountId}/${methodId}`);
      return (await orMissing(sendOnce(done, send, gone, options))) ?? [];
    },
    verify: async (target, { since }, { signal } = {}) => {
      const now = await read(target, since, signal);
      return { holds: now.factor === undefined, state: state(now) };
    },
  };
}
