import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { orAborted } from '../kit/or-aborted.js';
import { answerError } from './errors.js';
import type { MicrosoftApi } from './operations.js';
import { MICROSOFT_HOSTS, type MicrosoftCredential, type MicrosoftSettings } from './settings.js';

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
  /** Errors: VENDOR_AUTH when the credential is refused; VENDOR_DOWN, VENDOR_BUSY; CONFIG when there is no credential. */
  get(api: MicrosoftApi, signal?: AbortSignal): Promise<string>;
  /** Forgets the token of an API, after the vendor refused it. */
  drop(api: MicrosoftApi, token: string): void;
}

/**
 * Client-credential tokens of one app registration, one per API, shared by calls in flight: one caller that gives up does
 * not take the token from the others.
 * A plain POST (v2.0 token endpoint): the login base stays configurable, also to plain http on loopback, which MSAL refuses.
 */
export function createTokens({ tenantId, credential, timeoutMs, wire }: MicrosoftSettings): Tokens {
  const cache = new Map<MicrosoftApi, { readonly token: Promise<string>; value?: string; until: number }>();
  const endpoint = `${MICROSOFT_HOSTS.login}/${tenantId}/oauth2/v2.0/token`;

  async function request(api: MicrosoftApi): Promise<{ token: string; expiresMs: number }> {
    const body = new URLSearchParams({
      client_id: credential.clientId,
      grant_type: 'client_credentials',
      scope: SCOPES[api],
      ...(await proof(credential, endpoint)),
    });
    const { response, answer } = await post(body, [SCOPES[api]]);
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

  async function post(
    body: URLSearchParams,
    scopes: readonly string[],
  ): Promise<{ readonly response: Response; readonly answer: unknown }> {
    try {
      const init = { method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) };
      const response = await wire.send({ operation: 'POST /oauth2/v2.0/token', scopes }, endpoint, init);
      const text = await response.text();
      return { response, answer: jsonOf(text) };
    } catch (error) {
      throw error instanceof QuellError ? error : new QuellError('VENDOR_DOWN', 'token endpoint');
    }
  }

  return {
    async get(api, signal) {
      signal?.throwIfAborted();
      const known = cache.get(api);
      if (known && known.until > Date.now()) return await orAborted(known.token, signal);
      const pending = request(api);
      const entry: { readonly token: Promise<string>; value?: string; until: number } = {
        token: pending.then((t) => t.token),
        until: Number.POSITIVE_INFINITY,
      };
      cache.set(api, entry);
      pending.then(
        (t) => {
          entry.value = t.token;
          entry.until = Date.now() + t.expiresMs - EARLY_MS;
        },
        () => cache.delete(api),
      );
      return await orAborted(entry.token, signal);
    },
    drop: (api, token) => {
      if (cache.get(api)?.value === token) cache.delete(api); // else another call has a new one already
    },
  };
}

/**
 * A secret, an assertion signed with the certificate's key (PS256, `x5t#S256`; learn.microsoft.com/entra certificate-credentials), or
 * the platform's own token as an assertion (workload identity federation).
 */
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
      .sign(keyOf(privateKeyPem));
    return { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  }
  if (credential.federatedTokenFile !== undefined) {
    const assertion = await readFile(credential.federatedTokenFile, 'utf8').catch(() => '');
    if (assertion.trim() === '') throw new QuellError('CONFIG', 'the file of the federated token is missing or empty');
    return { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion.trim() };
  }
  if (credential.clientSecret === undefined)
    throw new QuellError('CONFIG', 'Microsoft credential has neither certificate, federated token nor secret');
  return { client_secret: credential.clientSecret };
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new QuellError('CONFIG', 'the certificate of the Microsoft credential is not a private key in PEM form');
  }
}
