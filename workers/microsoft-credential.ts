import type { MicrosoftCredential } from '../platforms/microsoft/settings.js';
import type { Credentials } from './credentials.js';

/**
 * What an app registration proves itself with: its certificate, else the platform's own token (workload identity: the file
 * that `AZURE_FEDERATED_TOKEN_FILE` names, unless a secret was handed over), else a secret. CONFIG when there is none.
 */
export function microsoftCredential(
  tenant: string,
  clientId: string,
  credentials: Credentials,
  federatedTokenFile = process.env['AZURE_FEDERATED_TOKEN_FILE'],
): MicrosoftCredential {
  const name = `microsoft.${tenant}`;
  const secret = credentials.maybe(`${name}.secret`);
  if (credentials.maybe(`${name}.certificate`) === undefined) {
    if (secret !== undefined) return { clientId, clientSecret: secret };
    if (federatedTokenFile) return { clientId, federatedTokenFile };
  }
  const privateKeyPem = credentials.need(`${name}.certificate`);
  return { clientId, certificate: { privateKeyPem, thumbprintSha256: credentials.need(`${name}.thumbprint`) } };
}
