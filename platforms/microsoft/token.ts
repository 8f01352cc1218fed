import { createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { answerError } from './errors.js';
import type { MicrosoftApi } from './operations.js';
import type { MicrosoftCredential } from './settings.js';

/** Resource of each API's tokens. */
const SCOPES: Record<MicrosoftApi, string> = {
  graph: 'https://graph.microsoft.com/.default',
  manage: 'https://manage.office.com/.default',
  defender: 'https://api.securitycenter.microsoft.com/.default',
  connector: 'https://api.botframework.com/.default',
};
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** A token is renewed this long before it ends. */
const EARLY_MS = 120_000;

const granted = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const refused = z.looseObject({ error: z.string() });

interface Tokens {
  get(api: MicrosoftApi, signal?: AbortSignal): Promise<string>;
  /** Forgets the token of an API, after the vendor refused it. */
  drop(api: MicrosoftApi): void;
}

/**
 * Client-credential tokens of one app registration, one per API, shared by calls in flight.
 * A plain POST (v2.0 token endpoint): the login base stays configurable, also to plain http on loopback, which MSAL refuses.
 */
export function createTokens(options: {
  readonly login: string;
  readonly tenantId: string;
  readonly credential: MicrosoftCredential;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}): Tokens {
  const cache = new Map<MicrosoftApi, { readonly token: Promise<string>; until: number }>();
  const endpoint = `${options.login}/${options.tenantId}/oauth2/v2.0/token`;

  async function request(api: MicrosoftApi): Promise<{ token: string; expiresMs: number }> {
    const body = new URLSearchParams({
      client_id: options.credential.clientId,
      grant_type: 'client_credentials',
      scope: SCOPES[api],
      ...(await proof(options.credential, endpoint)),
    });
    const response = await options
      .fetch(endpoint, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(options.timeoutMs) })
      .catch(() => Promise.reject(new QuellError('VENDOR_DOWN', 'token endpoint')));
    const answer: unknown = await response.json().catch(() => undefined);
    const good = granted.safeParse(answer);
    if (response.ok && good.success) return { token: good.data.access_token, expiresMs: good.data.expires_in * 1000 };
    const code = refused.safeParse(answer).data?.error;
    // A 400 or 401 here is about the credential (invalid_client, unauthorized_client), not about the request.
    throw answerError(
      'token endpoint',
      response.status === 400 ? 401 : response.status,
      code,
      response.headers.get('retry-after'),
    );
  }

  return {
    get(api, signal) {
      signal?.throwIfAborted();
      const known = cache.get(api);
      if (known && known.until > Date.now()) return known.token;
      const pending = request(api);
      const entry = { token: pending.then((t) => t.token), until: Number.POSITIVE_INFINITY };
      cache.set(api, entry);
      pending.then(
        (t) => (entry.until = Date.now() + t.expiresMs - EARLY_MS),
        () => cache.delete(api),
      );
      return entry.token;
    },
    drop: (api) => cache.delete(api),
  };
}

/** Secret, or an assertion signed with the certificate's key (PS256, `x5t#S256`; learn.microsoft.com/entra certificate-credentials). */
async function proof(credential: MicrosoftCredential, audience: string): Promise<Record<string, string>> {
  if (credential.certificate) {
    const { privateKeyPem, thumbprintSha256 } = credential.certificate;
    const assertion = await new SignJWT()
      .setProtectedHeader({
        alg: 'PS256',
        typ: 'JWT',
        'x5t#S256': Buffer.from(thumbprintSha256, 'hex').toString('base64url'),
      })
      .setIssuer(credential.clientId)
      .setSubject(credential.clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('5m')
      .sign(createPrivateKey(privateKeyPem));
    return { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  }
  if (credential.clientSecret === undefined)
    throw new QuellError('CONFIG', 'Microsoft credential has neither certificate nor secret');
  return { client_secret: credential.clientSecret };
}
