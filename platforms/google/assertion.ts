import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { noAnswer, refused } from './errors.js';
import type { GoogleFederation } from './service-account.js';
import type { GoogleSettings } from './settings.js';

/** An assertion may last an hour at most. */
const ASSERTION_SECONDS = 3600;
const EXCHANGE = { operation: 'sts.token', url: 'https://sts.googleapis.com/v1/token' } as const;
const SIGN = {
  operation: 'iamcredentials.projects.serviceAccounts.signJwt',
  url: (email: string) =>
    `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:signJwt`,
} as const;
/** What the exchanged token may do at all; what it may do for real is the role on the service account. */
const CLOUD = 'https://www.googleapis.com/auth/cloud-platform';

/** A signed statement that the service account asks for a token (RFC 7523). */
export async function signedAssertion(
  settings: GoogleSettings,
  audience: string,
  claims: Readonly<Record<string, string>>,
): Promise<string> {
  const { serviceAccount } = settings;
  const now = Math.floor(Date.now() / 1000);
  const all = { ...claims, iss: serviceAccount.email, aud: audience, iat: now, exp: now + ASSERTION_SECONDS };
  if ('federation' in serviceAccount) return signedByGoogle(settings, serviceAccount.federation, all);
  try {
    return await new SignJWT(all)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(createPrivateKey(serviceAccount.privateKey));
  } catch {
    throw new QuellError('CONFIG', 'the private key of the service account cannot be read');
  }
}

/** Without a key at hand Google signs: for whom the platform's own token proves, if that one may sign as the service account. */
async function signedByGoogle(
  settings: GoogleSettings,
  federation: GoogleFederation,
  claims: Readonly<Record<string, string | number>>,
): Promise<string> {
  const { access_token } = await post(
    settings,
    EXCHANGE.operation,
    EXCHANGE.url,
    {
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        audience: federation.audience,
        scope: CLOUD,
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token_type: federation.subjectTokenType,
        subject_token: await platformToken(federation),
      }),
    },
    z.looseObject({ access_token: z.string().min(1) }),
  );
  const { signedJwt } = await post(
    settings,
    SIGN.operation,
    SIGN.url(settings.serviceAccount.email),
    {
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ payload: JSON.stringify(claims) }),
    },
    z.looseObject({ signedJwt: z.string().min(1) }),
  );
  return signedJwt;
}

async function platformToken({ tokenFile, tokenField }: GoogleFederation): Promise<string> {
  try {
    const text = (await readFile(tokenFile, 'utf8')).trim();
    return tokenField === undefined
      ? text
      : z
          .record(z.string(), z.unknown())
          .transform((o) => String(o[tokenField]))
          .parse(JSON.parse(text));
  } catch {
    throw new QuellError('CONFIG', 'the token of the workload identity cannot be read from its file');
  }
}

/** One request without the SDK: a time-out over the body too, nothing tried again, no text of the vendor in an error. */
export async function post<T>(
  { wire, timeoutMs }: GoogleSettings,
  operation: string,
  url: string,
  init: { readonly headers?: Record<string, string>; readonly body: string | URLSearchParams },
  answer: z.ZodType<T>,
  scopes: readonly string[] = [CLOUD],
): Promise<T> {
  try {
    const response = await wire.send({ operation, scopes }, url, {
      method: 'POST',
      ...init,
      headers: { accept: 'application/json', ...init.headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw refused(operation, response.status, parsed(text), response.headers);
    const { data } = answer.safeParse(parsed(text));
    if (data === undefined) throw new QuellError('VENDOR_REPLY', `${operation}: unexpected shape`);
    return data;
  } catch (error) {
    throw error instanceof QuellError ? error : noAnswer(operation);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
