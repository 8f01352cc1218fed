import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gaxios, IdentityPoolClient, JWT, type Credentials, type JWTOptions } from 'google-auth-library';
import { StsCredentials } from 'google-auth-library/build/src/auth/stscredentials.js';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { fromGoogleError } from './errors.js';
import { fetchBy } from './sdk-fetch.js';
import type { GoogleFederation } from './service-account.js';
import type { GoogleSettings } from './settings.js';

/** Journals and faults name the requests so. */
const OPERATIONS = {
  token: 'oauth.token',
  exchange: 'sts.token',
  sign: 'iamcredentials.projects.serviceAccounts.signJwt',
} as const;
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const EXCHANGE_URL = 'https://sts.googleapis.com/v1/token';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** What the exchanged token may do at all; what it may do for real is the role on the service account. */
const CLOUD = 'https://www.googleapis.com/auth/cloud-platform';
/** An assertion may last an hour at most. */
const ASSERTION_SECONDS = 3600;

/** A token for one scope as one subject: the one that is kept, or a new one. Those who ask at the same time share one request. */
export type TokenSource = () => Promise<string>;

/**
 * Access tokens by Google's own library: the assertion (RFC 7523, with domain-wide delegation), its signature, when a token is renewed and
 * who shares a request are its work. It goes out by the wire; its repeats, proxy and log are off; its errors are of the catalogue. This module
 * loads the library; it is loaded with the first call.
 */
export function tokenSources(settings: GoogleSettings): (subject: string | undefined, scope: string) => TokenSource {
  const { serviceAccount } = settings;
  const proof =
    'federation' in serviceAccount
      ? { signed: signedByGoogle(settings, serviceAccount.federation) }
      : { key: rsaKey(serviceAccount.privateKey) };
  return (subject, scope) => {
    const options = {
      email: serviceAccount.email,
      scopes: [scope],
      ...(subject === undefined ? {} : { subject }),
      ...tamed(settings, OPERATIONS.token, [scope]),
    };
    const client = 'key' in proof ? new JWT({ ...options, ...proof }) : new KeylessJwt(options, proof.signed);
    return async () => {
      const { token } = await told(OPERATIONS.token, client.getAccessToken());
      if (!token || !client.credentials.expiry_date) throw unexpected(OPERATIONS.token);
      return token;
    };
  };
}

/** What signs the claims of an assertion. */
type Signed = (claims: Readonly<Record<string, string | number | undefined>>) => Promise<string>;

/** As the library's client, for an account whose key nobody holds; it has none that delegates without a key. */
class KeylessJwt extends JWT {
  constructor(
    options: JWTOptions,
    private readonly signed: Signed,
  ) {
    super(options);
  }

  protected override async refreshTokenNoCache(): Promise<{ tokens: Credentials; res: null }> {
    const now = Math.floor(Date.now() / 1000);
    const assertion = await this.signed({
      ...{ iss: this.email, sub: this.subject, aud: TOKEN_URL, scope: [this.scopes].flat().join(' ') },
      ...{ iat: now, exp: now + ASSERTION_SECONDS },
    });
    const { data } = await this.transporter.request<unknown>({
      ...{ method: 'POST', url: TOKEN_URL, responseType: 'json' },
      data: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }),
    });
    const { access_token, expires_in } = answered(OPERATIONS.token, grant, data);
    return { tokens: { access_token, expiry_date: (now + expires_in) * 1000 }, res: null };
  }
}
const grant = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Without a key at hand Google signs: for whom the platform's own token proves, if that one may sign as the service account. */
function signedByGoogle(settings: GoogleSettings, federation: GoogleFederation): Signed {
  const pool = new Pool(settings, federation);
  const email = encodeURIComponent(settings.serviceAccount.email);
  const url = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:signJwt`;
  return async (claims) => {
    const { token } = await told(OPERATIONS.exchange, pool.getAccessToken());
    if (!token) throw unexpected(OPERATIONS.exchange);
    const data = { payload: JSON.stringify(claims) };
    const answer = await told(
      OPERATIONS.sign,
      pool.request<unknown>({ method: 'POST', url, data, responseType: 'json' }),
    );
    return answered(OPERATIONS.sign, z.looseObject({ signedJwt: z.string().min(1) }), answer.data).signedJwt;
  };
}

/** The pool that knows the platform which the process runs on. A token of it that is refused is exchanged anew, once. */
class Pool extends IdentityPoolClient {
  constructor(settings: GoogleSettings, federation: GoogleFederation) {
    super({
      type: 'external_account',
      audience: federation.audience,
      subject_token_type: federation.subjectTokenType,
      subject_token_supplier: { getSubjectToken: () => platformToken(federation) },
      token_url: EXCHANGE_URL,
      scopes: [CLOUD],
      forceRefreshOnFailure: true,
      ...tamed(settings, OPERATIONS.sign, [CLOUD]),
    });
    // The library gives the exchange a way out of its own, past the wire.
    const { transporter } = tamed(settings, OPERATIONS.exchange, [CLOUD]);
    this.stsCredential = new StsCredentials({ tokenExchangeEndpoint: EXCHANGE_URL, transporter });
  }
}

async function platformToken({ tokenFile, tokenField }: GoogleFederation): Promise<string> {
  try {
    const text = (await readFile(tokenFile, 'utf8')).trim();
    if (tokenField === undefined) return z.string().min(1).parse(text);
    return z.looseObject({ [tokenField]: z.string().min(1) }).parse(JSON.parse(text))[tokenField] as string;
  } catch {
    throw new QuellError('CONFIG', 'the token of the workload identity cannot be read from its file');
  }
}

function rsaKey(pem: string): string {
  try {
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return pem;
  } catch {
    // said below
  }
  throw new QuellError('CONFIG', 'the private key of the service account cannot be read');
}

/** The library's settings: out by the wire alone, nothing tried again by itself, no proxy and no log of its own. */
function tamed(settings: GoogleSettings, operation: string, scopes: readonly string[]) {
  const transporter = new gaxios.Gaxios({
    fetchImplementation: fetchBy(settings.wire, { operation, scopes }, settings.timeoutMs),
    retryConfig: { retry: 0 },
    noProxy: [/^/],
  });
  return { transporter, useAuthRequestParameters: false } as const;
}

async function told<T>(operation: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // An error without a request in it: the library could make nothing of what was answered.
    const sent = error instanceof QuellError || (error instanceof Error && 'config' in error);
    throw sent ? fromGoogleError(operation, error) : unexpected(operation);
  }
}

function answered<T>(operation: string, shape: z.ZodType<T>, body: unknown): T {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw unexpected(operation);
  return parsed.data;
}

const unexpected = (operation: string): QuellError => new QuellError('VENDOR_REPLY', `${operation}: unexpected shape`);
