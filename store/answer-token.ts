import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../domain/platform.js';
import type { SecretKey } from './key-ring.js';

/** Whom we asked what: the only thing that the holder of the link can answer. Opaque ids alone. */
export interface AnswerClaims {
  readonly caseId: string;
  readonly askId: string;
  /** Subject id of the person who was asked. */
  readonly personId: string;
  readonly channel: string;
  readonly expiresAt: Instant;
}

const ClaimsSchema: z.ZodType<AnswerClaims> = z.strictObject({
  caseId: z.string(),
  askId: z.string(),
  personId: z.string(),
  channel: z.string(),
  expiresAt: z.iso.datetime(),
});
const MAX_LENGTH = 1000;

/**
 * Token of the answer page and of the chat buttons, minted by the people role and read by the console, both with the key `answer`.
 * The same question gives the same token, so that a repeated attempt sends the same message; the case takes one answer to a question.
 */
export function mintAnswerToken(claims: AnswerClaims, key: SecretKey): string {
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${mac(body, key).toString('base64url')}`;
}

/** The claims, or undefined for a token that is not ours, was changed, or has expired. */
export function readAnswerToken(token: string, key: SecretKey, now: Date): AnswerClaims | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const [body = '', tag = '', ...rest] = token.split('.');
  const given = Buffer.from(tag, 'base64url');
  const wanted = mac(body, key);
  if (rest.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const parsed = ClaimsSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return parsed.success && Date.parse(parsed.data.expiresAt) > now.getTime() ? parsed.data : undefined;
}

function mac(body: string, key: SecretKey): Buffer {
  return createHmac('sha256', key.bytes).update(`quell answer v1\0${body}`).digest();
}
