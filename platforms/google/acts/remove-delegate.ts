import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';
import type { GoogleClient } from '../client.js';
import { listOf, OWN_LISTS, mailAccessOf, type MailAccess, type MailAccessList } from '../mail-access.js';
import { METHODS, type MethodOf } from '../methods.js';
import { addressOf } from '../people.js';

interface Removal {
  readonly method: MethodOf<'gmail'>;
  readonly send: (client: GoogleClient, email: string, address: string, signal?: AbortSignal) => Promise<void>;
}
const me = { userId: 'me' };
const REMOVALS: Readonly<Record<MailAccessList, Removal>> = {
  delegates: {
    method: METHODS.deleteDelegate,
    send: (client, email, delegateEmail, signal) =>
      client.send(
        METHODS.deleteDelegate,
        { email },
        (gmail, o) => gmail.users.settings.delegates.delete({ ...me, delegateEmail }, o),
        signal,
      ),
  },
  sendAs: {
    method: METHODS.deleteSendAs,
    send: (client, email, sendAsEmail, signal) =>
      client.send(
        METHODS.deleteSendAs,
        { email },
        (gmail, o) => gmail.users.settings.sendAs.delete({ ...me, sendAsEmail }, o),
        signal,
      ),
  },
  forwardingAddresses: {
    method: METHODS.deleteForwardingAddress,
    send: (client, email, forwardingEmail, signal) =>
      client.send(
        METHODS.deleteForwardingAddress,
        { email },
        (gmail, o) => gmail.users.settings.forwardingAddresses.delete({ ...me, forwardingEmail }, o),
        signal,
      ),
  },
};

/**
 * Takes a delegate, an address to write as or an address to forward to from a mailbox, as its owner. The target names it by a digest
 * (`mailAccessKey`); the address is looked up in the mailbox's own list and kept nowhere, so that it cannot be put back.
 */
export function removeDelegate({ client }: ActContext): ContainmentAct<'remove_delegate'> {
  async function read(
    { accountId, delegateId }: ResolvedTargetOf<'remove_delegate'>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly email: string; readonly found: MailAccess | undefined }> {
    const email = await addressOf(client, accountId, signal);
    const list = listOf(delegateId);
    const all = list === undefined ? [] : await mailAccessOf(client, email, list, OWN_LISTS[list], signal);
    return { email, found: all.find((a) => a.key === delegateId) };
  }
  return {
    kind: 'remove_delegate',
    reversible: false,
    undo: 'The person adds the delegate or the address again.',
    losses: 'Who it was: no address is kept with the case.',
    recognised: 'It is not in the mailbox’s list any more.',
    proof: 'The mailbox’s list, read again.',
    effectWithinSeconds: 60,
    capture: async (target, { signal } = {}) => ({ present: (await read(target, signal)).found !== undefined }),
    apply: async (target, _, options = {}) => {
      const { email, found } = await read(target, options.signal);
      if (!found) return [];
      const { method, send } = REMOVALS[found.list];
      const sent = sendOnce(
        write(method, `${target.accountId}/${found.key}`),
        () => send(client, email, found.address, options.signal),
        async () => (await read(target, options.signal)).found === undefined,
        options,
      );
      return (await orMissing(sent)) ?? [];
    },
    verify: async (target, _, { signal } = {}) => {
      const present = (await read(target, signal)).found !== undefined;
      return { holds: !present, state: { present } };
    },
  };
}
