import type { Acts, ContainmentPort } from '../ports.js';
import type { ActContext } from './acts/act.js';
import { blockIpByIndicator } from './acts/block-ip-by-indicator.js';
import { blockIp } from './acts/block-ip.js';
import { confirmCompromised } from './acts/confirm-compromised.js';
import { disableAccount } from './acts/disable-account.js';
import { disableDevice } from './acts/disable-device.js';
import { endSessions } from './acts/end-sessions.js';
import { quarantineDevice } from './acts/quarantine-device.js';
import { removeApp } from './acts/remove-app.js';
import { removeAuthMethod } from './acts/remove-auth-method.js';
import { removeFile } from './acts/remove-file.js';
import { removeMailRule } from './acts/remove-mail-rule.js';
import { resetCredentials } from './acts/reset-credentials.js';
import { retireDevice } from './acts/retire-device.js';
import { revokeShare } from './acts/revoke-share.js';
import { revokeTokens } from './acts/revoke-tokens.js';
import { createMicrosoftClient } from './client.js';
import { containmentLimits } from './limits.js';
import { microsoftResolvers } from './resolve/index.js';
import { licensed, type MicrosoftLicences, type MicrosoftSettings } from './settings.js';
import { MICROSOFT_ORDER } from './stopping-order.js';

export interface MicrosoftContainmentSettings extends MicrosoftSettings {
  /** Client ids of all of Quell's app registrations here; the one of this credential is always among them. */
  readonly ownAppIds?: readonly string[];
  /** Display name of the Conditional Access location for blocked addresses. */
  readonly blockedLocation?: string;
  readonly licences?: MicrosoftLicences;
}

/** Everything the containment role does at a Microsoft tenant. Needs the permissions of role `containment`, and the directory role User Administrator for password resets. */
export function createMicrosoftContainment(settings: MicrosoftContainmentSettings): ContainmentPort {
  const { tenant, tenantId, credential, ownAppIds = [] } = settings;
  const has = licensed(settings.licences);
  const context: ActContext = {
    client: createMicrosoftClient(settings),
    has,
    blockedLocation: settings.blockedLocation ?? 'Quell blocked addresses',
  };
  const acts: Acts = {
    end_sessions: endSessions(context),
    revoke_tokens: revokeTokens(context),
    disable_account: disableAccount(context),
    reset_credentials: resetCredentials(context),
    remove_auth_method: removeAuthMethod(context),
    remove_app: removeApp(context),
    revoke_share: revokeShare(context),
    remove_mail_rule: removeMailRule(context),
    remove_file: removeFile(context),
    disable_device: disableDevice(context),
    ...(has.entraP2 ? { confirm_compromised: confirmCompromised(context) } : {}),
    // Sign-ins from the address are what matters; keeping managed devices from it is what is left without Conditional Access.
    ...(has.entraP1 ? { block_ip: blockIp(context) } : has.defender ? { block_ip: blockIpByIndicator(context) } : {}),
    ...(has.defender || has.intune ? { quarantine_device: quarantineDevice(context) } : {}),
    ...(has.intune ? { retire_device: retireDevice(context) } : {}),
  };
  return {
    platform: 'microsoft',
    tenant,
    acts,
    order: MICROSOFT_ORDER,
    limitations: containmentLimits(has),
    resolvers: microsoftResolvers({ ...context, tenantId, ownAppIds: [credential.clientId, ...ownAppIds] }),
  };
}
