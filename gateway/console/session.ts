import { createHmac, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { SecretKey } from '../../store/key-ring.js';

const HOURS_8 = 8 * 3_600_000;

const Session = z.strictObject({ personId: z.string(), until: z.number(), id: z.string() });
export type Session = z.infer<typeof Session>;

/** What is kept about sessions: those that people ended before their time (`store/ended-sessions.ts`). */
export interface EndedSessions {
  /** Kept for good when it resolves. */
  end(session: Session): Promise<void>;
  has(session: Session): Promise<boolean>;
}

/** Signed cookies of signed-in people and the tokens of their forms. Only a session that was ended is kept on the server. */
export class Sessions {
  constructor(
    readonly key: SecretKey,
    readonly ended: EndedSessions,
    readonly now: () => number = Date.now,
  ) {}

  open(personId: string): string {
    return this.#seal({ personId, until: this.now() + HOURS_8, id: randomBytes(12).toString('base64url') });
  }

  /** The session of a cookie; undefined when it is not ours, changed, over or ended. Errors: those of what keeps ended sessions. */
  async read(cookie: string | undefined): Promise<Session | undefined> {
    const [body = '', mac = '', ...rest] = (cookie ?? '').split('.');
    if (body === '' || rest.length > 0 || !sameText(mac, this.#mac(`session:${body}`))) return undefined;
    const session = Session.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))).data;
    if (session === undefined || session.until <= this.now()) return undefined;
    return (await this.ended.has(session)) ? undefined : session;
  }

  /** Every copy of its cookie is dead when it resolves. */
  async end(session: Session): Promise<void> {
    await this.ended.end(session);
  }

  /** Token that a form of this session must carry. */
  formToken(session: Session): string {
    return this.#mac(`form:${session.id}`);
  }

  isFormToken(session: Session, token: unknown): boolean {
    return typeof token === 'string' && sameText(token, this.formToken(session));
  }

  #seal(session: Session): string {
    const body = Buffer.from(JSON.stringify(session)).toString('base64url');
    return `${body}.${this.#mac(`session:${body}`)}`;
  }

  #mac(text: string): string {
    return createHmac('sha256', this.key.bytes).update(text).digest('base64url');
  }
}

/** In constant time for texts of the same length. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const SCRYPT = { N: 16_384, r: 8, p: 1 } as const;
const HASH_BYTES = 32;

/** `salt:hash` of a password, both base64url. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}:${scryptSync(password, salt, HASH_BYTES, SCRYPT).toString('base64url')}`;
}

export async function checkPassword(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split(':');
  const derived = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, Buffer.from(salt, 'base64url'), HASH_BYTES, SCRYPT, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
  return sameText(derived.toString('base64url'), hash);
}
