import type { Notices } from '../notice.js';
import type { Base, Wire } from '../wire.js';

/** Addresses that stand in for Microsoft's own; paths stay as they are. */
export interface MicrosoftBaseUrls {
  readonly graph: string;
  readonly login: string;
  readonly manage: string;
  /** Defender for Endpoint; by default Microsoft's own, or the host of `graph` when that is not Microsoft's. */
  readonly defender?: string;
  /** Bot Connector service URL; default as for `defender`. */
  readonly connector?: string;
}

export interface MicrosoftCredential {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Preferred in production. `thumbprintSha256`: hex, as the Entra portal shows it. */
  readonly certificate?: { readonly privateKeyPem: string; readonly thumbprintSha256: string };
  /** Workload identity: file with a token of the platform the worker runs on, read anew for each request because it is rotated. */
  readonly federatedTokenFile?: string;
}

/** What the tenant is licensed for; everything unless said. */
export interface MicrosoftLicences {
  /** Entra ID P1: sign-in log by API, Conditional Access. */
  readonly entraP1?: boolean;
  /** Entra ID P2: Identity Protection. */
  readonly entraP2?: boolean;
  /** Purview Audit (Premium): reads of messages through Graph are logged. */
  readonly auditPremium?: boolean;
  /** Defender XDR with Defender for Endpoint. */
  readonly defender?: boolean;
  readonly intune?: boolean;
}

export function licensed(licences: MicrosoftLicences = {}): Required<MicrosoftLicences> {
  return { entraP1: true, entraP2: true, auditPremium: true, defender: true, intune: true, ...licences };
}

export interface MicrosoftSettings {
  /** Alias from the configuration. */
  readonly tenant: string;
  /** Directory (tenant) id. */
  readonly tenantId: string;
  readonly credential: MicrosoftCredential;
  readonly timeoutMs: number;
  readonly wire: Wire;
  /** Whose mails are security notices. */
  readonly notices: Notices;
}

/** Microsoft's own hosts (worldwide cloud). */
export const MICROSOFT_HOSTS = {
  graph: 'https://graph.microsoft.com',
  login: 'https://login.microsoftonline.com',
  manage: 'https://manage.office.com',
  defender: 'https://api.security.microsoft.com',
  connector: 'https://smba.trafficmanager.net/teams',
} as const satisfies Required<MicrosoftBaseUrls>;

/** All hosts that may be called. What was left out follows `graph`: nothing is sent to a host that the configuration does not imply. */
export function microsoftBases(urls: MicrosoftBaseUrls = MICROSOFT_HOSTS): readonly Base[] {
  const own = new URL(urls.graph).origin === MICROSOFT_HOSTS.graph;
  const at: Required<MicrosoftBaseUrls> = {
    ...urls,
    defender: urls.defender ?? (own ? MICROSOFT_HOSTS.defender : urls.graph),
    connector: urls.connector ?? (own ? MICROSOFT_HOSTS.connector : urls.graph),
  };
  return Object.entries(MICROSOFT_HOSTS).map(([api, host]) => ({ own: host, at: at[api as keyof typeof at] }));
}
