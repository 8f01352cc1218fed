import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { SecretKey } from '../../store/key-ring.js';

const HOURS_8 = 8 * 3_600_000;

export interface Session {
  readonly personId: string;
  readonly until: number;
  readonly id: string;
}

/** Signed cookies of signed-in people and the tokens of their forms; nothing is kept on the server. */
export class Sessions {
  constructor(
    readonly key: SecretKey,
    readonly now: () => number = Date.now,
  ) {}

  open(personId: string): string {
    return this.#seal({ personId, until: this.now() + HOURS_8, id: randomBytes(12).toString('base64url') });
  }

  /** The session of a cookie; undefined when it is not ours, changed or over. */
  read(cookie: string | undefined): Session | undefined {
    const [body = '', mac = ''] = (cookie ?? '').split('.');
    if (body === '' || !equal(mac, this.#mac(`session:${body}`))) return undefined;
    const session = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Session;
    return session.until > this.now() ? session : undefined;
  }

  /** Token that a form of this session must carry. */
  formToken(session: Session): string {
    return this.#mac(`form:${session.id}`);
  }

  isFormToken(session: Session, token: unknown): boolean {
    return typeof token === 'string' && equal(token, this.formToken(session));
  }

  #seal(session: Session): string {
    const body = Buffer.from(JSON.stringify(session)).toString('base64url');
    return `${body}.${this.#mac(`session:${body}`)}`;
  }

  #mac(text: string): string {
    return createHmac('sha256', this.key.bytes).update(text).digest('base64url');
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const SCRYPT = { N: 16_384, r: 8, p: 1 } as const;

/** `salt:hash` of a password, both base64url. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}:${scryptSync(password, salt, 32, SCRYPT).toString('base64url')}`;
}

export function checkPassword(password: string, stored: string): boolean {
  const [salt = '', hash = ''] = stored.split(':');
  return equal(scryptSync(password, Buffer.from(salt, 'base64url'), 32, SCRYPT).toString('base64url'), hash);
}
