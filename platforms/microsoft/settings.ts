/** Where a Microsoft tenant is reached and with which credential. */
interface MicrosoftBaseUrls {
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
}

export interface MicrosoftSettings {
  /** Alias from the configuration. */
  readonly tenant: string;
  /** Directory (tenant) id. */
  readonly tenantId: string;
  readonly baseUrls: MicrosoftBaseUrls;
  readonly credential: MicrosoftCredential;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

/** Microsoft's own hosts (worldwide cloud). */
export const MICROSOFT_HOSTS = {
  graph: 'https://graph.microsoft.com',
  login: 'https://login.microsoftonline.com',
  manage: 'https://manage.office.com',
  defender: 'https://api.securitycenter.microsoft.com',
  connector: 'https://smba.trafficmanager.net/teams',
} as const satisfies Required<MicrosoftBaseUrls>;

/** Fills in the addresses that were left out; nothing is ever sent to a host that the configuration does not imply. */
export function allBaseUrls(urls: MicrosoftBaseUrls): Required<MicrosoftBaseUrls> {
  const own = new URL(urls.graph).origin === MICROSOFT_HOSTS.graph;
  const trim = (url: string): string => url.replace(/\/+$/, '');
  return {
    graph: trim(urls.graph),
    login: trim(urls.login),
    manage: trim(urls.manage),
    defender: trim(urls.defender ?? (own ? MICROSOFT_HOSTS.defender : urls.graph)),
    connector: trim(urls.connector ?? (own ? MICROSOFT_HOSTS.connector : urls.graph)),
  };
}
