import type { ActionKind } from '../../domain/plan.js';
import type { ProtectedBecause } from '../../domain/subject.js';
import type { ContainmentAct, ContainmentPort, ReadProtection } from '../ports.js';
import { unreadable } from '../protection.js';
import type { ActContext } from './acts/act.js';
import { disableAccount, endSessions, resetCredentials } from './acts/account.js';
import { findApp, removeApp, revokeTokens } from './acts/apps.js';
import { quarantineDevice } from './acts/device.js';
import { removeFile } from './acts/file.js';
import { retireDevice } from './acts/intune.js';
import { blockIp, isTrustedAddress } from './acts/ip-block.js';
import { blockIpByIndicator } from './acts/ip-indicator.js';
import { removeMailRule } from './acts/mail-rule.js';
import { confirmCompromised } from './acts/risk.js';
import { revokeShare } from './acts/share.js';
import { createMicrosoftClient } from './client.js';
import { containmentLimits } from './limits.js';
import { isLastGlobalAdmin, rolesOf } from './roles.js';
import { licensed, type MicrosoftLicences, type MicrosoftSettings } from './settings.js';
import { MICROSOFT_ORDER } from './stopping-order.js';

/** Tenant that owns Microsoft's own apps: switching one of those off hits everybody. */
const MICROSOFT_APPS_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

export interface MicrosoftContainmentSettings extends MicrosoftSettings {
  /** Client ids of all of Quell's app registrations here; the one of this credential is always among them. */
  readonly ownAppIds?: readonly string[];
  /** Display name of the Conditional Access location for blocked addresses. */
  readonly blockedLocation?: string;
  readonly licences?: MicrosoftLicences;
}

/** Everything the containment role does at a Microsoft tenant. Needs the permissions of role `containment`, and the directory role User Administrator for password resets. */
export function createMicrosoftContainment(settings: MicrosoftContainmentSettings): ContainmentPort {
  const has = licensed(settings.licences);
  const context: ActContext = {
    client: createMicrosoftClient(settings),
    has,
    ownAppIds: [settings.credential.clientId, ...(settings.ownAppIds ?? [])],
    blockedLocation: settings.blockedLocation ?? 'Quell blocked addresses',
  };
  const acts: Partial<Record<ActionKind, ContainmentAct>> = {
    end_sessions: endSessions(context),
    revoke_tokens: revokeTokens(context),
    disable_account: disableAccount(context),
    reset_credentials: resetCredentials(context),
    remove_app: removeApp(context),
    revoke_share: revokeShare(context),
    remove_mail_rule: removeMailRule(context),
    remove_file: removeFile(context),
    ...(has.entraP2 ? { confirm_compromised: confirmCompromised(context) } : {}),
    // Sign-ins from the address are what matters; keeping managed devices from it is what is left without Conditional Access.
    ...(has.entraP1 ? { block_ip: blockIp(context) } : has.defender ? { block_ip: blockIpByIndicator(context) } : {}),
    ...(has.defender || has.intune ? { quarantine_device: quarantineDevice(context) } : {}),
    ...(has.intune ? { retire_device: retireDevice(context) } : {}),
  };
  return {
    platform: 'microsoft',
    tenant: settings.tenant,
    acts,
    order: MICROSOFT_ORDER,
    limitations: containmentLimits(has),
    protection: protection(context),
  };
}

function protection(context: ActContext): ReadProtection {
  return async (target, { signal } = {}) => {
    try {
      switch (target.type) {
        case 'account':
          return await ofAccount(context, target.id, signal);
        case 'app': {
          if (context.ownAppIds.includes(target.id)) return ['own_app'];
          const app = await findApp(context.client, target.id, signal);
          return app && app.appOwnerOrganizationId !== MICROSOFT_APPS_TENANT ? [] : ['unknown'];
        }
        case 'ip':
          // Locations are a part of Conditional Access: without it there is no trusted one.
          return context.has.entraP1 && (await isTrustedAddress(context.client, target.id, signal)) ? ['unknown'] : [];
        case 'device':
        case 'link':
        case 'mail_rule':
          return [];
      }
    } catch (error) {
      return unreadable(error, signal);
    }
  };
}

async function ofAccount(
  { client }: ActContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<readonly ProtectedBecause[]> {
  const roles = await rolesOf(client, id, signal);
  if (roles.length === 0) return [];
  return (await isLastGlobalAdmin(client, id, roles, signal)) ? ['admin_role', 'last_admin'] : ['admin_role'];
}
