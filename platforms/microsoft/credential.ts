import type { TenantCredentials } from '../define.js';
import type { MicrosoftCredential } from './settings.js';

/** File with a token of the platform that the process runs on (workload identity), as its environment names it. */
export const federatedTokenFile = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  env['AZURE_FEDERATED_TOKEN_FILE'] || undefined;

/**
 * What an app registration proves itself with: its certificate, else the platform's own token (unless a secret was handed over), else a
 * secret. CONFIG when there is none.
 */
export function microsoftCredential(
  clientId: string,
  credentials: TenantCredentials,
  tokenFile = federatedTokenFile(process.env),
): MicrosoftCredential {
  const secret = credentials.maybe('secret');
  if (credentials.maybe('certificate') === undefined) {
    if (secret !== undefined) return { clientId, clientSecret: secret };
    if (tokenFile !== undefined) return { clientId, federatedTokenFile: tokenFile };
  }
  const privateKeyPem = credentials.need('certificate');
  return { clientId, certificate: { privateKeyPem, thumbprintSha256: credentials.need('thumbprint') } };
}
