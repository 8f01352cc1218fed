import type { ActionKind } from '../../domain/plan.js';
import type { ProtectedBecause } from '../../domain/subject.js';
import type { ContainmentAct, ContainmentPort, Limitation, ReadProtection } from '../ports.js';
import type { ActContext } from './acts/act.js';
import { disableAccount, endSessions, resetCredentials } from './acts/account.js';
import { findApp, removeApp, revokeTokens } from './acts/apps.js';
import { quarantineDevice } from './acts/device.js';
import { blockIp, isTrustedAddress } from './acts/ip-block.js';
import { removeMailRule } from './acts/mail-rule.js';
import { revokeShare } from './acts/share.js';
import { createMicrosoftClient } from './client.js';
import { isLastGlobalAdmin, rolesOf } from './roles.js';
import type { MicrosoftSettings } from './settings.js';
import { MICROSOFT_ORDER } from './stopping-order.js';

/** Tenant that owns Microsoft's own apps: switching one of those off hits everybody. */
const MICROSOFT_APPS_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

export interface MicrosoftContainmentSettings extends MicrosoftSettings {
  /** Client ids of all of Quell's app registrations here; the one of this credential is always among them. */
  readonly ownAppIds?: readonly string[];
  /** Display name of the Conditional Access location for blocked addresses. */
  readonly blockedLocation?: string;
  readonly licences?: { readonly entraP1?: boolean; readonly defender?: boolean };
}

/** Everything the containment role does at a Microsoft tenant. Needs the permissions of role `containment`, and the directory role User Administrator for password resets. */
export function createMicrosoftContainment(settings: MicrosoftContainmentSettings): ContainmentPort {
  const context: ActContext = {
    client: createMicrosoftClient(settings),
    ownAppIds: [settings.credential.clientId, ...(settings.ownAppIds ?? [])],
    blockedLocation: settings.blockedLocation ?? 'Quell blocked addresses',
  };
  const has = { entraP1: true, defender: true, ...settings.licences };
  const acts: Partial<Record<ActionKind, ContainmentAct>> = {
    end_sessions: endSessions(context),
    revoke_tokens: revokeTokens(context),
    disable_account: disableAccount(context),
    reset_credentials: resetCredentials(context),
    remove_app: removeApp(context),
    revoke_share: revokeShare(context),
    remove_mail_rule: removeMailRule(context),
    ...(has.entraP1 ? { block_ip: blockIp(context) } : {}),
    ...(has.defender ? { quarantine_device: quarantineDevice(context) } : {}),
  };
  return {
    platform: 'microsoft',
    tenant: settings.tenant,
    acts,
    order: MICROSOFT_ORDER,
    limitations: limitations(has),
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
          return (await isTrustedAddress(context.client, target.id, signal)) ? ['unknown'] : [];
        case 'device':
        case 'link':
        case 'mail_rule':
          return [];
      }
    } catch {
      return ['unknown'];
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

function limitations(has: { readonly entraP1: boolean; readonly defender: boolean }): readonly Limitation[] {
  return [
    {
      what: 'accounts mastered in on-premises Active Directory',
      why: 'Entra refuses to disable or reset an account that is synchronised from on-premises.',
      instead: 'An Active Directory administrator disables the account there; proof: the time and the ticket.',
    },
    {
      what: 'sessions of guests',
      why: 'A guest signs in at the home tenant; revoking here has no effect there.',
      instead: 'The home organisation is asked to end the sessions; the guest account here is disabled.',
    },
    {
      what: 'access tokens already issued',
      why: 'They stay valid until they expire, about an hour, except in apps with continuous access evaluation.',
      instead: 'Sign-ins are watched for 90 minutes after containment.',
    },
    ...(has.entraP1
      ? []
      : [
          {
            what: 'block_ip',
            why: 'Conditional Access needs Entra ID P1.',
            instead: 'The network team blocks the address at the firewall; proof: the rule id.',
          },
        ]),
    ...(has.defender
      ? []
      : [
          {
            what: 'quarantine_device',
            why: 'Isolation needs Defender for Endpoint.',
            instead: 'The device team takes the device off the network; proof: the ticket.',
          },
        ]),
  ];
}
