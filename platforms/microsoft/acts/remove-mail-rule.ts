import { z } from 'zod';
import type { ContainmentAct, ResolvedTargetOf, VendorState, WriteOptions } from '../../ports.js';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

const rule = z.looseObject({ isEnabled: z.boolean().nullish() });
type Target = ResolvedTargetOf<'remove_mail_rule'>;

/**
 * A rule is switched off, not deleted: it stays as evidence, comes back with one switch, and its addresses and words
 * need not be copied anywhere to be restored.
 */
export function removeMailRule({ client }: ActContext): ContainmentAct<'remove_mail_rule'> {
  const path = ({ accountId, ruleId }: Target): Record<string, string> => ({ id: accountId, ruleId });
  const read = async (target: Target, signal: AbortSignal | undefined): Promise<VendorState> => {
    const found = await orMissing(client.call(OPERATIONS.mailRule, { path: path(target), signal }, rule));
    return found ? { present: true, isEnabled: found.isEnabled !== false } : { present: false, isEnabled: false };
  };
  const set = (target: Target, isEnabled: boolean, options: WriteOptions) =>
    sendOnce(
      write(OPERATIONS.setMailRule, target.ruleId),
      () => client.send(OPERATIONS.setMailRule, { path: path(target), body: { isEnabled }, signal: options.signal }),
      async () => (await read(target, options.signal))['isEnabled'] === isEnabled,
      options,
    );
  return {
    kind: 'remove_mail_rule',
    reversible: true,
    undo: 'The rule is switched on again.',
    losses: '',
    recognised: 'The rule is off, or gone.',
    proof: 'isEnabled of the rule is read back as false.',
    effectWithinSeconds: 60,
    capture: (target, { signal } = {}) => read(target, signal),
    apply: async (target, _, options = {}) =>
      (await read(target, options.signal))['isEnabled'] === true ? set(target, false, options) : [],
    verify: async (target, _, { signal } = {}) => {
      const state = await read(target, signal);
      return { holds: state['isEnabled'] === false, state };
    },
    revert: async (target, before, options = {}) => {
      const now = await read(target, options.signal);
      return before['isEnabled'] === true && now['present'] === true && now['isEnabled'] === false
        ? set(target, true, options)
        : [];
    },
  };
}
