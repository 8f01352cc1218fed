import type { Notices } from '../notice.js';
import { mailOf } from '../../domain/account-names.js';
import type { Base, Wire } from '../wire.js';
import type { GoogleServiceAccount } from './service-account.js';

/** What the organisation's editions and add-ons give its people; all of it when not said otherwise. */
export interface GoogleLicences {
  /** Business Plus, Enterprise, Education, or the add-on. */
  readonly vault?: boolean;
  /** Endpoint management; off where devices are managed elsewhere. */
  readonly devices?: boolean;
  /** Google Chat; off where it is switched off or not used. */
  readonly chat?: boolean;
  /** Drive log events: not in Business Starter and Frontline Starter. */
  readonly driveLog?: boolean;
  /** Data loss prevention and its rule log: Enterprise and Education Standard or Plus. */
  readonly dlp?: boolean;
}

export interface GoogleSettings {
  /** Alias from the configuration. */
  readonly tenant: string;
  /** `C…`. */
  readonly customerId: string;
  /** Address of the administrator as whom directory, reports and alerts are read and acts are done. */
  readonly adminSubject: string;
  readonly serviceAccount: GoogleServiceAccount;
  readonly timeoutMs: number;
  readonly wire: Wire;
  /** Whose mails are security notices. */
  readonly notices: Notices;
  readonly licences?: GoogleLicences;
  /** Client ids of Quell's own service accounts: their calls are no findings, and their grants are not taken away. */
  readonly ownAppIds?: readonly string[];
  /** Mail domains of the organisation; by default that of `adminSubject`. */
  readonly domains?: readonly string[];
}

/** The hosts that are called at all. */
const GOOGLE_HOSTS: readonly string[] = [
  'accesscontextmanager.googleapis.com',
  'admin.googleapis.com',
  'alertcenter.googleapis.com',
  'chat.googleapis.com',
  'cloudidentity.googleapis.com',
  'gmail.googleapis.com',
  'iamcredentials.googleapis.com',
  'oauth2.googleapis.com',
  'sts.googleapis.com',
  'vault.googleapis.com',
  'www.googleapis.com',
];

/** Google's hosts; with `baseUrl` one address stands in for all of them, paths stay as they are. */
export function googleBases(baseUrl?: string): readonly Base[] {
  return GOOGLE_HOSTS.map((host) => ({ own: `https://${host}/`, at: baseUrl ?? `https://${host}/` }));
}

/** True for a mail domain of the organisation, in Unicode or in punycode. */
export function isOwnDomain(settings: GoogleSettings, domain: string): boolean {
  const own = settings.domains ?? [settings.adminSubject.split('@').at(-1) ?? ''];
  // A domain is read as that of an address: the same rules of equality.
  const oneForm = (d: string): string => mailOf(`x@${d}`)?.slice(2) ?? d.toLowerCase();
  return own.some((d) => oneForm(d) === oneForm(domain));
}

/** True for what was done as the administrator that Quell acts as. */
export function isOwnCall(settings: GoogleSettings, actorEmail: string | undefined): boolean {
  return actorEmail?.toLowerCase() === settings.adminSubject.toLowerCase();
}
