import type { Need } from '../needs.js';
import type { VendorRole } from '../operation.js';
import { METHODS, type GoogleApi, type GoogleMethod } from './methods.js';
import type { GoogleLicences } from './settings.js';

/** `delegation`: acting as somebody of the organisation; `own`: the service account as itself. */
export type GivenBy = 'delegation' | 'own';

export interface GoogleNeed extends Need {
  readonly operation: GoogleMethod;
  readonly of: GivenBy;
}

/** How the organisation is used. What is not said is there. */
export interface GoogleUse {
  readonly licences?: GoogleLicences | undefined;
  /** Whether mails are sent, and whether addresses are blocked by an access level. */
  readonly mail?: boolean;
  readonly blockLevel?: boolean;
}

const PLANS: Readonly<Partial<Record<GoogleApi, string>>> = {
  vault: 'Google Vault',
  cloudidentity: 'endpoint management',
  chat: 'Google Chat',
  accesscontextmanager: 'Context-Aware Access',
};

/** What a role needs of an organisation that is used so. Of the scopes that let a method only the first is ever asked for. */
export function googleNeeds(role: VendorRole, use: GoogleUse = {}): readonly GoogleNeed[] {
  return (Object.values(METHODS) as readonly GoogleMethod[])
    .filter((m) => m.roles.includes(role) && isUsed(m, role, use))
    .map((operation) => {
      const plan = PLANS[operation.api];
      return {
        operation,
        of: operation.as.includes('app') ? 'own' : 'delegation',
        scopes: operation.scopes.slice(0, 1),
        ...(plan === undefined ? {} : { plan }),
      };
    });
}

function isUsed({ api }: GoogleMethod, role: VendorRole, use: GoogleUse): boolean {
  const { vault = true, devices = true, chat = true } = use.licences ?? {};
  switch (api) {
    case 'vault':
      return vault;
    case 'cloudidentity':
      return devices;
    case 'chat':
      return chat;
    case 'gmail':
      return role !== 'people' || use.mail !== false;
    case 'accesscontextmanager':
      return use.blockLevel !== false;
    default:
      return true;
  }
}
