import { createHmac, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { QuellError } from '../domain/errors.js';

/** How a sender proves itself; the strongest that its tool can do. */
export interface SenderAuth {
  readonly auth: 'hmac' | 'bearer' | 'basic' | 'url-secret' | 'slack' | 'graph-client-state' | 'oidc';
  readonly audience?: string | undefined;
}
export interface SenderRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
}

const WINDOW_S = 300;
const GOOGLE_KEYS = createRemoteJWKSet(new URL('https://www.googleapis.com/oauth2/v3/certs'));

/** Throws SIGNATURE unless the request comes from who holds the secret. Compares in constant time; time windows hold to both sides. */
export async function verifySender(
  { auth, audience }: SenderAuth,
  secret: string | undefined,
  request: SenderRequest,
  now: Date,
): Promise<void> {
  if (auth === 'oidc') {
    await verifyOidc(request, audience);
    return;
  }
  // An empty secret verifies everything: a source without one is closed, not open.
  if (secret === undefined || secret === '') throw new QuellError('SIGNATURE', 'this source has no secret configured');
  if (!isFrom(auth, secret, request, now)) throw new QuellError('SIGNATURE');
}

function isFrom(auth: Exclude<SenderAuth['auth'], 'oidc'>, secret: string, request: SenderRequest, now: Date): boolean {
  const header = (name: string): string => String(request.headers[name] ?? '');
  switch (auth) {
    case 'hmac':
      return signed(
        secret,
        header('x-quell-timestamp'),
        header('x-quell-signature'),
        'v1=',
        (ts) => `${ts}.`,
        request.rawBody,
        now,
      );
    case 'slack':
      return signed(
        secret,
        header('x-slack-request-timestamp'),
        header('x-slack-signature'),
        'v0=',
        (ts) => `v0:${ts}:`,
        request.rawBody,
        now,
      );
    case 'bearer':
      return equal(header('authorization'), `Bearer ${secret}`);
    case 'basic':
      return equal(header('authorization'), `Basic ${Buffer.from(`quell:${secret}`).toString('base64')}`);
    case 'url-secret':
      return equal(request.query['token'] ?? '', secret);
    case 'graph-client-state':
      return (
        equal(header('authorization'), `Bearer ${secret}`) ||
        clientStates(request.rawBody).some((state) => equal(state, secret))
      );
  }
}

function signed(
  secret: string,
  timestamp: string,
  given: string,
  mark: string,
  before: (timestamp: string) => string,
  body: Buffer,
  now: Date,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1_000 - Number(timestamp)) > WINDOW_S) return false;
  const wanted = mark + createHmac('sha256', secret).update(before(timestamp)).update(body).digest('hex');
  return equal(given, wanted);
}

/** Every notification of a Graph subscription carries the state that was agreed; all must be right. */
function clientStates(body: Buffer): readonly string[] {
  try {
    const { value } = JSON.parse(body.toString('utf8')) as { value?: readonly { clientState?: unknown }[] };
    const states = (value ?? []).map((v) => v.clientState);
    return states.length > 0 && states.every((s) => s === states[0]) ? [String(states[0])] : [];
  } catch {
    return [];
  }
}

async function verifyOidc(request: SenderRequest, audience: string | undefined): Promise<void> {
  const token = String(request.headers['authorization'] ?? '').replace(/^Bearer /, '');
  if (audience === undefined) throw new QuellError('SIGNATURE', 'this source has no audience configured');
  try {
    await jwtVerify(token, GOOGLE_KEYS, { audience, issuer: ['https://accounts.google.com', 'accounts.google.com'] });
  } catch (error) {
    throw new QuellError('SIGNATURE', 'the identity token is not valid', { cause: error });
  }
}

export function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
