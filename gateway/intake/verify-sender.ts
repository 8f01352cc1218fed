import { createHmac } from 'node:crypto';
import { createRemoteJWKSet, customFetch, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { QuellError } from '../../domain/errors.js';
import { equalText } from '../../platforms/equal-text.js';
import { PLATFORMS } from '../../platforms/registry.js';
import type { SentRequest } from '../../platforms/sender-proof.js';
import { outgoing } from '../../platforms/wire/outgoing.js';

/** What any sender can do; platforms have ways of their own beside (`senderProofs`). */
export const SENDER_AUTHS = ['hmac', 'oidc', 'bearer', 'basic', 'url-secret'] as const;

/** How a sender proves itself; the strongest that its tool can do (docs/alerts.md says which tool can do what). */
export interface SenderAuth {
  readonly auth: string;
  /** `oidc` alone: who issues the token, for whom it must be, and the claims that say who called. */
  readonly oidc?: OidcSender | undefined;
}
export interface OidcSender {
  readonly issuer: string;
  readonly keysUrl: string;
  readonly audience: string;
  /** Anybody can get a token for any audience from a public issuer: only these say who called. At least one. */
  readonly claims: Readonly<Record<string, string>>;
}
export interface SenderRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly rawBody: Buffer;
}

const WINDOW_S = 300;
const ALGORITHMS = ['RS256', 'PS256', 'ES256'];

/** Signing keys of issuers by address; each set is fetched once and again when a key is unknown. */
export class IssuerKeys {
  readonly #sets = new Map<string, JWTVerifyGetKey>();

  at(url: string): JWTVerifyGetKey {
    const known = this.#sets.get(url) ?? createRemoteJWKSet(new URL(url), { [customFetch]: outgoing });
    this.#sets.set(url, known);
    return known;
  }
}

/**
 * Throws SIGNATURE unless the request comes from who holds one of the secrets (the present one, and while it is being changed the one
 * before). Compares in constant time; time windows hold to both sides; only the raw bytes count.
 */
export async function verifySender(
  sender: SenderAuth,
  secrets: readonly string[],
  request: SenderRequest,
  now: Date,
  keys: IssuerKeys,
): Promise<void> {
  if (sender.auth === 'oidc') {
    await verifyOidc(sender.oidc, request, now, keys);
    return;
  }
  // An empty secret would verify everything: a source without one is closed, not open.
  const usable = secrets.filter((s) => s !== '');
  if (usable.length === 0) throw new QuellError('SIGNATURE', 'this source has no secret configured');
  const { auth } = sender;
  if (!usable.some((secret) => isFrom(auth, secret, request, now))) throw new QuellError('SIGNATURE');
}

function isFrom(auth: string, secret: string, request: SenderRequest, now: Date): boolean {
  const header = (name: string): string => one(request.headers[name]) ?? '';
  switch (auth) {
    case 'hmac':
      return isSigned(secret, header('x-quell-timestamp'), header('x-quell-signature'), request.rawBody, now);
    case 'bearer':
      return equalText(header('authorization'), `Bearer ${secret}`);
    case 'basic':
      return equalText(header('authorization'), `Basic ${Buffer.from(`quell:${secret}`).toString('base64')}`);
    case 'url-secret':
      return typeof request.query['token'] === 'string' && equalText(request.query['token'], secret);
    default:
      return PLATFORMS.senderProofs.get(auth)?.proves(secret, singled(request), now) ?? false;
  }
}

/** Two values of one header are two claims: neither counts. */
const one = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** `v1=` and the hex HMAC-SHA256 over `<timestamp>.<body>`; what `signedHeaders` makes. */
export function hmacSignature(secret: string, timestamp: string, body: string | Buffer): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

function isSigned(secret: string, timestamp: string, given: string, body: Buffer, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1_000 - Number(timestamp)) > WINDOW_S) return false;
  return equalText(given, hmacSignature(secret, timestamp, body));
}

const singled = ({ headers, rawBody }: SenderRequest): SentRequest => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, one(value)])),
  rawBody,
});

async function verifyOidc(
  sender: OidcSender | undefined,
  { headers }: SenderRequest,
  now: Date,
  keys: IssuerKeys,
): Promise<void> {
  if (!sender || Object.keys(sender.claims).length === 0)
    throw new QuellError('SIGNATURE', 'this source does not say who may call');
  const token = /^Bearer (\S+)$/i.exec(one(headers['authorization']) ?? '')?.[1];
  if (token === undefined) throw new QuellError('SIGNATURE', 'no identity token');
  const { payload } = await jwtVerify(token, keys.at(sender.keysUrl), {
    issuer: sender.issuer,
    audience: sender.audience,
    algorithms: ALGORITHMS,
    clockTolerance: WINDOW_S / 5,
    currentDate: now,
    requiredClaims: ['exp'],
  }).catch((cause: unknown) =>
    Promise.reject(new QuellError('SIGNATURE', 'the identity token is not valid', { cause })),
  );
  const wrong = Object.entries(sender.claims).some(([name, wanted]) => payload[name] !== wanted);
  if (wrong || ('email' in sender.claims && payload['email_verified'] === false))
    throw new QuellError('SIGNATURE', 'the identity token is somebody else’s');
}
