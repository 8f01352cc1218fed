import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { mapRows, someFlag, someList, someText, type Mapped } from '../kit/rows.js';
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

const status = { verificationStatus: someText };
export const MAIL_ACCESS_SHAPES = {
  delegates: z.looseObject({ delegateEmail: z.string().min(1), ...status }),
  sendAs: z.looseObject({ sendAsEmail: z.string().min(1), isPrimary: someFlag, ...status }),
  forwardingAddresses: z.looseObject({ forwardingEmail: z.string().min(1), ...status }),
} as const;
export const mailAccessPage = z.looseObject({
  delegates: someList(z.unknown()),
  sendAs: someList(z.unknown()),
  forwardingAddresses: someList(z.unknown()),
});

/** One list of a mailbox as Gmail gives it, read as its owner by the method that the role has for it. */
export async function mailAccessRows(
  client: GoogleClient,
  email: string,
  list: MailAccessList,
  method: MethodOf<'gmail'>,
  signal?: AbortSignal,
): Promise<readonly unknown[]> {
  const answer = await client.call(
    method,
    { email },
    ({ users: { settings } }, o) => settings[list].list({ userId: 'me' }, o),
    mailAccessPage,
    signal,
  );
  return answer[list];
}

/** The owner's own address to write as is nobody else's. */
export function accessesIn(list: MailAccessList, rows: readonly unknown[]): Mapped<MailAccess> {
  const found = (address: string, verified: string | undefined): readonly MailAccess[] => {
    // A send-as address that needs no confirmation has no status.
    const pending = verified !== undefined && verified !== 'accepted';
    return [{ key: mailAccessKey(list, address), list, address, pending }];
  };
  switch (list) {
    case 'delegates':
      return mapRows(rows, MAIL_ACCESS_SHAPES[list], (d) => found(d.delegateEmail, d.verificationStatus));
    case 'sendAs':
      return mapRows(rows, MAIL_ACCESS_SHAPES[list], (s) =>
        s.isPrimary === true ? [] : found(s.sendAsEmail, s.verificationStatus),
      );
    case 'forwardingAddresses':
      return mapRows(rows, MAIL_ACCESS_SHAPES[list], (f) => found(f.forwardingEmail, f.verificationStatus));
  }
}

/** One list of a mailbox, whole: an act or a gate that looks for one entry in it must not miss it. Throws VENDOR_REPLY when a row is odd. */
export async function mailAccessOf(
  client: GoogleClient,
  email: string,
  list: MailAccessList,
  method: MethodOf<'gmail'>,
  signal?: AbortSignal,
): Promise<readonly MailAccess[]> {
  const { values, odd } = accessesIn(list, await mailAccessRows(client, email, list, method, signal));
  if (odd.length > 0) throw new QuellError('VENDOR_REPLY', `${method.name}: an unexpected row`);
  return values;
}
