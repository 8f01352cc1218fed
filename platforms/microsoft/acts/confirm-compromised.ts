import { z } from 'zod';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import type { ContainmentAct, VendorState } from '../../ports.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

const riskyUser = z.looseObject({
  riskState: z.string().nullish(),
  riskLevel: z.string().nullish(),
  isProcessing: z.boolean().nullish(),
});
type RiskyUser = z.infer<typeof riskyUser>;

const CONFIRMED = 'confirmedCompromised';

/**
 * Tells Identity Protection that the account is compromised: its risk becomes high, and risk-based Conditional Access acts.
 * An account without any risk is not in the list and answers 404; the act works for it all the same.
 */
export function confirmCompromised({ client }: ActContext): ContainmentAct<'confirm_compromised'> {
  const read = (id: string, signal: AbortSignal | undefined): Promise<RiskyUser | undefined> =>
    orMissing(client.call(OPERATIONS.riskyUser, { path: { id }, signal }, riskyUser));
  const state = (user: RiskyUser | undefined): VendorState => ({
    riskState: user?.riskState ?? 'none',
    riskLevel: user?.riskLevel ?? 'none',
  });
  return {
    kind: 'confirm_compromised',
    reversible: true,
    undo: 'The risk is dismissed; the person signs in as before.',
    losses: 'What Identity Protection had found out about the account before: dismissing sets all of it aside.',
    recognised: 'The risk state of the account is confirmedCompromised.',
    proof: 'The risk state read back is confirmedCompromised, and the vendor is done with it (isProcessing is false).',
    effectWithinSeconds: 900,
    capture: async ({ accountId }, { signal } = {}) => state(await read(accountId, signal)),
    apply: async ({ accountId: id }, _, options = {}) => {
      const { signal } = options;
      if ((await read(id, signal))?.riskState === CONFIRMED) return [];
      const send = (): Promise<void> => client.send(OPERATIONS.confirmCompromised, { body: { userIds: [id] }, signal });
      const took = async (): Promise<boolean> => (await read(id, signal))?.riskState === CONFIRMED;
      return sendOnce(write(OPERATIONS.confirmCompromised, id), send, took, options);
    },
    verify: async ({ accountId }, _, { signal } = {}) => {
      const user = await read(accountId, signal);
      return { holds: user?.riskState === CONFIRMED && user.isProcessing !== true, state: state(user) };
    },
    revert: async ({ accountId: id }, before, options = {}) => {
      const { signal } = options;
      if (before['riskState'] === CONFIRMED || (await read(id, signal))?.riskState !== CONFIRMED) return [];
      const send = (): Promise<void> => client.send(OPERATIONS.dismissRisk, { body: { userIds: [id] }, signal });
      const took = async (): Promise<boolean> => (await read(id, signal))?.riskState !== CONFIRMED;
      return sendOnce(write(OPERATIONS.dismissRisk, id), send, took, options);
    },
  };
}
