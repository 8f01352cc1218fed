import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { VendorWrite } from '../../domain/plan.js';
import type { CallOptions, ResolvedTargetOf, VendorState, WriteOptions } from '../ports.js';
import { sendOnce } from '../kit/writes.js';
import { write, type ActContext } from './act-context.js';
import type { MailRuleActs } from './mail-filters.js';
import { METHODS } from './methods.js';
import { addressOf } from './people.js';

/** Id by which evidence names the forwarding of all mail, which is no filter. */
export const AUTO_FORWARDING = 'autoForwarding';

export const ownForwarding = z.looseObject({
  enabled: z.boolean().nullish(),
  emailAddress: z.string().nullish(),
  disposition: z.string().nullish(),
});

type Target = ResolvedTargetOf<'remove_mail_rule'>;

/** Switching the forwarding of all mail off and on again. */
export function forwardingActs({ client }: ActContext): MailRuleActs {
  const read = async (email: string, signal: AbortSignal | undefined) =>
    client.call(
      METHODS.ownForwarding,
      { email },
      (gmail, o) => gmail.users.settings.getAutoForwarding({ userId: 'me' }, o),
      ownForwarding,
      signal,
    );
  const owner = ({ accountId }: Target, signal: AbortSignal | undefined): Promise<string> =>
    addressOf(client, accountId, signal);
  async function capture(target: Target, { signal }: CallOptions = {}): Promise<VendorState> {
    return { forwarding: (await read(await owner(target, signal), signal)).enabled === true };
  }
  async function set(target: Target, enabled: boolean, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const email = await owner(target, signal);
    const now = await read(email, signal);
    if ((now.enabled === true) === enabled) return [];
    // Gmail keeps the address while forwarding is off; without one there is nothing to switch on again.
    if (enabled && !now.emailAddress) throw new QuellError('UNSUPPORTED', 'Gmail no longer holds the address');
    const requestBody = enabled
      ? { enabled, emailAddress: now.emailAddress ?? null, disposition: now.disposition ?? 'leaveInInbox' }
      : { enabled };
    return sendOnce(
      write(METHODS.setForwarding, target.accountId),
      () =>
        client.send(
          METHODS.setForwarding,
          { email },
          (gmail, o) => gmail.users.settings.updateAutoForwarding({ userId: 'me', requestBody }, o),
          signal,
        ),
      async () => ((await read(email, signal)).enabled === true) === enabled,
      options,
    );
  }
  return {
    capture,
    apply: (target, _, options = {}) => set(target, false, options),
    verify: async (target, _, options) => {
      const state = await capture(target, options);
      return { holds: state['forwarding'] === false, state };
    },
    revert: async (target, before, options = {}) => (before['forwarding'] === true ? set(target, true, options) : []),
    verifyUndone: async (target, _, options) => {
      const state = await capture(target, options);
      return { holds: state['forwarding'] === false, state };
    },
  };
}
