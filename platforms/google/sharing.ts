import { mailOf } from '../../domain/account-names.js';
import { isOwnDomain, type GoogleSettings } from './settings.js';

/** Of a Drive permission what tells whom it lets in. */
export interface Permission {
  readonly type: string;
  readonly role?: string | null | undefined;
  readonly emailAddress?: string | null | undefined;
  readonly domain?: string | null | undefined;
}

/** True when it lets in anybody with the link, or people or a domain outside the organisation. The owner is never meant. */
export function reachesOutside(settings: GoogleSettings, p: Permission): boolean {
  if (p.role === 'owner') return false;
  if (p.type === 'anyone') return true;
  const mail = p.emailAddress ? (mailOf(p.emailAddress) ?? p.emailAddress) : undefined;
  const domain = p.domain ?? mail?.split('@').at(-1);
  return domain !== undefined && domain !== '' && !isOwnDomain(settings, domain);
}
