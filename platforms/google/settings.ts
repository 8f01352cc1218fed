/** A service account of Google Cloud; its domain-wide delegation names the scopes of one role. */
export interface GoogleServiceAccount {
  readonly email: string;
  /** PKCS#8, PEM. */
  readonly privateKey: string;
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
  /** One address that stands in for all of Google's hosts; paths stay. Google's own hosts when absent. */
  readonly baseUrl?: string;
  /** Mail domains of the organisation; by default that of `adminSubject`. */
  readonly domains?: readonly string[];
}

/** Where tokens are given out. */
export const TOKEN_HOST = 'oauth2.googleapis.com';

/** The hosts that are called at all; a request to any other is refused before it is sent. */
export const GOOGLE_HOSTS: readonly string[] = [
  'accesscontextmanager.googleapis.com',
  'admin.googleapis.com',
  'alertcenter.googleapis.com',
  'chat.googleapis.com',
  'cloudidentity.googleapis.com',
  'gmail.googleapis.com',
  TOKEN_HOST,
  'www.googleapis.com',
];

/** True for a mail domain of the organisation. */
export function isOwnDomain(settings: GoogleSettings, domain: string): boolean {
  const own = settings.domains ?? [settings.adminSubject.split('@').at(-1) ?? ''];
  return own.some((d) => d.toLowerCase() === domain.toLowerCase());
}

/** True for what was done as the administrator that Quell acts as. */
export function isOwnCall(settings: GoogleSettings, actorEmail: string | undefined): boolean {
  return actorEmail?.toLowerCase() === settings.adminSubject.toLowerCase();
}
