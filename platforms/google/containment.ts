import type { ContainmentPort, Limitation } from '../ports.js';
import type { ActContext } from './act-context.js';
import { blockDevices } from './acts/block-devices.js';
import { blockIp } from './acts/block-ip.js';
import { disableAccount } from './acts/disable-account.js';
import { endSessions } from './acts/end-sessions.js';
import { holdData } from './acts/hold-data.js';
import { removeApp } from './acts/remove-app.js';
import { removeAuthMethod } from './acts/remove-auth-method.js';
import { removeDelegate } from './acts/remove-delegate.js';
import { removeFile } from './acts/remove-file.js';
import { removeMailRule } from './acts/remove-mail-rule.js';
import { resetCredentials } from './acts/reset-credentials.js';
import { revokeShare } from './acts/revoke-share.js';
import { revokeTokens } from './acts/revoke-tokens.js';
import { createGoogleClient } from './client.js';
import { googleResolvers } from './resolve/index.js';
import type { GoogleSettings } from './settings.js';
import { GOOGLE_ORDER } from './stopping-order.js';

export interface GoogleContainmentSettings extends GoogleSettings {
  /**
   * Access level that keeps addresses out, `accessPolicies/{number}/accessLevels/{name}`; without it addresses are
   * blocked by people. The service account needs the role Access Context Manager Editor.
   */
  readonly blockLevel?: string;
}

/** Everything the containment role does at a Google tenant. Needs the scopes of role `containment` in `methods.ts`. */
export function createGoogleContainment(settings: GoogleContainmentSettings): ContainmentPort {
  const context: ActContext = { client: createGoogleClient(settings), settings };
  const has = { vault: true, devices: true, ...settings.licences };
  return {
    platform: 'google',
    tenant: settings.tenant,
    acts: {
      ...(has.vault ? { hold_data: holdData(context) } : {}),
      revoke_share: revokeShare(context),
      remove_file: removeFile(context),
      remove_mail_rule: removeMailRule(context),
      remove_delegate: removeDelegate(context),
      revoke_tokens: revokeTokens(context),
      remove_app: removeApp(context),
      reset_credentials: resetCredentials(context),
      remove_auth_method: removeAuthMethod(context),
      end_sessions: endSessions(context),
      ...(has.devices ? { block_devices: blockDevices(context) } : {}),
      disable_account: disableAccount(context),
      ...(settings.blockLevel === undefined ? {} : { block_ip: blockIp(context, settings.blockLevel) }),
    },
    order: GOOGLE_ORDER,
    limitations: [
      settings.blockLevel === undefined ? NO_DENY_LIST : UNPROVEN_DENY_LIST,
      ...(has.vault ? [] : [NO_VAULT]),
      ...(has.devices ? [] : [NO_DEVICES]),
      ...LIMITATIONS,
    ],
    resolvers: googleResolvers(context, settings.blockLevel),
  };
}

const NO_DENY_LIST: Limitation = {
  what: 'block_ip',
  why: 'Workspace has no call that blocks an address; no access level for it is configured (editions with Context-Aware Access only).',
  instead:
    'An administrator adds the address to the deny level or the firewall; proof: the name of the level or the rule id.',
};
const UNPROVEN_DENY_LIST: Limitation = {
  what: 'proof that the deny list is in force',
  why: 'Which apps ask for an access level is set and shown in the Admin console alone; only the list itself is read back.',
  instead:
    'An administrator checks under Context-Aware Access that Chat, Gmail and Drive ask for the level; proof: the time of the check.',
};
const NO_VAULT: Limitation = {
  what: 'hold_data',
  why: 'Google Vault is not part of this organisation’s licences; without it nothing keeps what a person deletes.',
  instead:
    'An administrator exports the account (Data export, or Takeout as the person) before it is changed; proof: the export’s id.',
};
const NO_DEVICES: Limitation = {
  what: 'block_devices',
  why: 'Devices are not managed by Google here.',
  instead: 'The device team blocks the account in its own management; proof: the ticket.',
};
const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'telling Google that an account is compromised',
    why: 'Google takes no verdict on an account from outside.',
    instead: 'An administrator marks the alert in the Alert Center; proof: the alert’s id.',
  },
  {
    what: 'second factors that were added by somebody else',
    why: 'Keys, passkeys and phones of an account cannot be listed; the only call takes all of them away, also the person’s own, and is refused where 2-Step Verification is enforced.',
    instead:
      'An administrator goes through the account’s security page with the person and removes what is not theirs; proof: the time of the check.',
  },
  {
    what: 'recovery addresses and phones that were set by somebody else',
    why: 'Google’s log does not say which address or number was set, so that the person’s own could be cleared in its place.',
    instead:
      'An administrator compares both with the person in the account’s security settings and clears what is not theirs; proof: the time of the check.',
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
