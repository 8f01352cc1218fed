import { mailAccessKey } from '../../platforms/google/mail-access.js';
import { METHODS, type GoogleMethod } from '../../platforms/google/methods.js';
import type { MailAccess, User } from './entities.js';
import { badRequest, fail, noContent, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import type { TenantState } from './state.js';

interface Routes {
  readonly list: GoogleMethod;
  readonly remove: GoogleMethod;
  readonly parameter: string;
  readonly entity: (access: Pick<MailAccess, 'address' | 'status'>) => object;
}
const ROUTES: Readonly<Record<MailAccess['list'], Routes>> = {
  delegates: {
    list: METHODS.delegates,
    remove: METHODS.deleteDelegate,
    parameter: 'delegateEmail',
    entity: ({ address, status }) => ({ delegateEmail: address, verificationStatus: status }),
  },
  sendAs: {
    list: METHODS.sendAs,
    remove: METHODS.deleteSendAs,
    parameter: 'sendAsEmail',
    entity: ({ address, status }) => ({
      sendAsEmail: address,
      displayName: '',
      treatAsAlias: true,
      verificationStatus: status,
    }),
  },
  forwardingAddresses: {
    list: METHODS.forwardingAddresses,
    remove: METHODS.deleteForwardingAddress,
    parameter: 'forwardingEmail',
    entity: ({ address, status }) => ({ forwardingEmail: address, verificationStatus: status }),
  },
};

/** Delegates, addresses to write as and addresses to forward to, as the person in whose name the call is made has them. */
export function mailAccessRoutes(router: Router, state: TenantState): void {
  const withMailbox = (call: Call, then: (owner: User) => Reply): Reply => {
    const owner = call.subject;
    return owner?.mailbox ? then(owner) : fail('gmail', 400, 'failedPrecondition', 'Mail service not enabled');
  };
  for (const [key, { list, remove, parameter, entity }] of Object.entries(ROUTES)) {
    const of = (owner: User): readonly MailAccess[] =>
      state.visible(state.mailAccess).filter((a) => a.owner === owner.id && a.list === key);

    router.on(list, (call) =>
      withMailbox(call, (owner) => {
        const rows = [...(key === 'sendAs' ? [primary(owner)] : []), ...of(owner).map(entity)];
        return ok(rows.length === 0 ? {} : { [key]: rows });
      }),
    );
    router.on(remove, (call) =>
      withMailbox(call, (owner) => {
        const address = call.params[parameter]?.toLowerCase() ?? '';
        const found = of(owner).find((a) => a.address.toLowerCase() === address);
        if (key === 'sendAs' && address === owner.email) return badRequest('gmail', 'Cannot delete primary address');
        if (!found) return notFound('gmail', 'Requested entity was not found.');
        if (key === 'forwardingAddresses' && isForwardedTo(state, owner, address))
          return fail('gmail', 400, 'failedPrecondition', 'Mail is forwarded to this address');
        state.mailAccess = state.mailAccess.filter((a) => a !== found);
        const effect = `removed from ${key}`;
        state.acted({ operation: remove.name, targetId: `${owner.id}/${mailAccessKey(found.list, address)}`, effect });
        return noContent;
      }),
    );
  }
}

/** Whether Google then refuses or switches the forwarding off is not documented; this is the stricter of the two. */
function isForwardedTo(state: TenantState, owner: User, address: string): boolean {
  const forwarding = state.forwarding.get(owner.id);
  return forwarding?.enabled === true && forwarding.emailAddress?.toLowerCase() === address;
}

/** Every account writes as its own address, which stays. */
const primary = (owner: User): object => ({
  sendAsEmail: owner.email,
  displayName: owner.name,
  isPrimary: true,
  isDefault: true,
});
