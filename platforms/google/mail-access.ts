import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { GoogleClient } from './client.js';
import { METHODS, type MethodOf } from './methods.js';

/** Others who read and write in a mailbox, addresses it can write as, addresses it may forward to. */
export const MAIL_ACCESS_LISTS = ['delegates', 'sendAs', 'forwardingAddresses'] as const;
export type MailAccessList = (typeof MAIL_ACCESS_LISTS)[number];

/** One way into a mailbox or out of it, beside its owner's own address. */
export interface MailAccess {
  /** `list/digest`: names it without the address, which is its only id at Google. */
  readonly key: string;
  readonly list: MailAccessList;
  readonly address: string;
  /** It waits for somebody's confirmation, or that was refused: nobody has it yet. */
  readonly pending: boolean;
}

/** What a target and the report of a write name in the place of an address. */
export const mailAccessKey = (list: MailAccessList, address: string): string =>
  `${list}/${createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 32)}`;

/** The list that a key is of; undefined for any other text. */
export function listOf(key: string): MailAccessList | undefined {
  const name = /^(\w+)\/[0-9a-f]{32}$/.exec(key)?.[1];
  return MAIL_ACCESS_LISTS.find((list) => list === name);
}

/** The containment role's own reads of the lists. */
export const OWN_LISTS: Readonly<Record<MailAccessList, MethodOf<'gmail'>>> = {
  delegates: METHODS.ownDelegates,
  sendAs: METHODS.ownSendAs,
  forwardingAddresses: METHODS.ownForwardingAddresses,
};

const text = z.string().nullish();
const shapes = {
  delegates: z.looseObject({
    delegates: z.array(z.looseObject({ delegateEmail: z.string(), verificationStatus: text })).nullish(),
  }),
  sendAs: z.looseObject({
    sendAs: z
      .array(z.looseObject({ sendAsEmail: z.string(), isPrimary: z.boolean().nullish(), verificationStatus: text }))
      .nullish(),
  }),
  forwardingAddresses: z.looseObject({
    forwardingAddresses: z.array(z.looseObject({ forwardingEmail: z.string(), verificationStatus: text })).nullish(),
  }),
};

/** One list of a mailbox, read as its owner by the method that the role has for it. */
export async function mailAccessOf(
  client: GoogleClient,
  email: string,
  list: MailAccessList,
  method: MethodOf<'gmail'>,
  signal?: AbortSignal,
): Promise<readonly MailAccess[]> {
  const found = (address: string, status: string | null | undefined): MailAccess => ({
    key: mailAccessKey(list, address),
    list,
    address,
    // A send-as address that needs no confirmation has no status.
    pending: typeof status === 'string' && status !== 'accepted',
  });
  const me = { userId: 'me' };
  switch (list) {
    case 'delegates': {
      const { delegates } = await client.call(
        method,
        { email },
        (gmail, o) => gmail.users.settings.delegates.list(me, o),
        shapes.delegates,
        signal,
      );
      return (delegates ?? []).map((d) => found(d.delegateEmail, d.verificationStatus));
    }
    case 'sendAs': {
      const { sendAs } = await client.call(
        method,
        { email },
        (gmail, o) => gmail.users.settings.sendAs.list(me, o),
        shapes.sendAs,
        signal,
      );
      return (sendAs ?? []).filter((s) => s.isPrimary !== true).map((s) => found(s.sendAsEmail, s.verificationStatus));
    }
    case 'forwardingAddresses': {
      const { forwardingAddresses } = await client.call(
        method,
        { email },
        (gmail, o) => gmail.users.settings.forwardingAddresses.list(me, o),
        shapes.forwardingAddresses,
        signal,
      );
      return (forwardingAddresses ?? []).map((f) => found(f.forwardingEmail, f.verificationStatus));
    }
  }
}
