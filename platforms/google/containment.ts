import type { ProtectedBecause } from '../../domain/subject.js';
import type { ContainmentPort, Limitation, ReadProtection } from '../ports.js';
import { disableAccount, endSessions, resetCredentials } from './acts/account.js';
import type { ActContext } from './acts/act.js';
import { removeMailRule } from './acts/mail-rule.js';
import { revokeShare } from './acts/share.js';
import { removeApp, revokeTokens } from './acts/tokens.js';
import { createGoogleClient } from './client.js';
import { isLastAdmin } from './directory.js';
import { readUser } from './people.js';
import { isOwnCall, type GoogleSettings } from './settings.js';

export interface GoogleContainmentSettings extends GoogleSettings {
  /** OAuth client ids of Quell's own service accounts. */
  readonly ownAppIds?: readonly string[];
}

/** Everything the containment role does at a Google tenant. Needs the scopes of role `containment` in `methods.ts`. */
export function createGoogleContainment(settings: GoogleContainmentSettings): ContainmentPort {
  const context: ActContext = { client: createGoogleClient(settings), settings };
  return {
    platform: 'google',
    tenant: settings.tenant,
    acts: {
      revoke_share: revokeShare(context),
      remove_mail_rule: removeMailRule(context),
      revoke_tokens: revokeTokens(context),
      remove_app: removeApp(context),
      reset_credentials: resetCredentials(context),
      end_sessions: endSessions(context),
      disable_account: disableAccount(context),
    },
    limitations: LIMITATIONS,
    protection: protection(context, settings.ownAppIds ?? []),
  };
}

function protection(context: ActContext, ownAppIds: readonly string[]): ReadProtection {
  return async (target, { signal } = {}) => {
    if (target.type === 'app') return ownAppIds.includes(target.id) ? ['own_app'] : [];
    if (target.type === 'link' || target.type === 'mail_rule') return [];
    if (target.type !== 'account') return ['unknown']; // addresses and devices cannot be looked up here
    try {
      return await ofAccount(context, target.id, signal);
    } catch {
      return ['unknown'];
    }
  };
}

async function ofAccount(
  { client, settings }: ActContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<readonly ProtectedBecause[]> {
  const user = await readUser(client, id, signal);
  const admin = user.isAdmin === true || user.isDelegatedAdmin === true;
  return [
    ...(admin ? (['admin_role'] as const) : []),
    ...((await isLastAdmin(settings, client, user, signal)) ? (['last_admin'] as const) : []),
    // Without this account Quell itself could do nothing more here.
    ...(isOwnCall(settings, user.primaryEmail) ? (['own_app'] as const) : []),
  ];
}

const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'block_ip',
    why: 'Workspace has no call that blocks an address; a Context-Aware Access level is assigned to Chat only in the Admin console.',
    instead:
      'An administrator adds the address to the deny level or the firewall; proof: the name of the level or the rule id.',
  },
  {
    what: 'quarantine_device',
    why: 'Google’s sign-in logs name no device that could be tied to a session.',
    instead: 'The device team finds the device and takes it off the network; proof: the ticket.',
  },
  {
    what: 'blocking an app for everybody',
    why: 'App access control has no public API; only the grants of single accounts can be taken away.',
    instead: 'An administrator blocks the client id under API controls; proof: the time of the change.',
  },
  {
    what: 'accounts that sign in through another identity provider',
    why: 'A new Google password does not stop sign-ins through single sign-on.',
    instead: 'The identity provider’s administrator resets the credentials there; proof: the ticket.',
  },
  {
    what: 'proof that sessions ended and a password changed',
    why: 'Google shows neither in the account; both are proven by the admin audit log, some minutes late.',
    instead: 'Until the row is there the step counts as not verified.',
  },
];
