import { z } from 'zod';
import { MAX_WORDS } from '../../domain/contact.js';
import type { InboxMessage } from '../../store/inbox/message.js';
import { readAnswerToken } from '../../store/answer-token.js';
import type { SecretKey } from '../../store/key-ring.js';
import { isPlatform } from '../../domain/platform.js';

export const ANSWERS = ['me', 'not_me', 'unsure'] as const;

const InboxAnswer = z.strictObject({
  token: z.string(),
  answer: z.enum(ANSWERS),
  /** What the person added. */
  words: z.string().min(1).max(MAX_WORDS).optional(),
  /** Who pressed, where the chat vendor vouches for it; a page is open to whoever holds its link. */
  pressedBy: z.strictObject({ platform: z.string().refine(isPlatform), nativeId: z.string() }).optional(),
});

/** An answer to the contact question as it lies in the inbox, whatever way it came. */
export type InboxAnswer = z.infer<typeof InboxAnswer>;

/** The inbox message of an answer; undefined when it carries no open question of ours, so that strangers cannot fill the inbox. */
export function answerMessage(
  channel: string,
  given: {
    readonly token: string | undefined;
    readonly answer: unknown;
    readonly words?: string | undefined;
    readonly pressedBy?: InboxAnswer['pressedBy'];
  },
  key: SecretKey,
  now: Date,
): InboxMessage | undefined {
  const words = given.words?.trim().slice(0, MAX_WORDS);
  const parsed = InboxAnswer.safeParse({ ...given, words: words === '' ? undefined : words });
  return parsed.success && readAnswerToken(parsed.data.token, key, now)
    ? callback(channel, parsed.data, now)
    : undefined;
}

/** Undefined for what is no answer of ours. */
export const readInboxAnswer = (body: Uint8Array): InboxAnswer | undefined => InboxAnswer.safeParse(jsonOf(body)).data;

const InboxFormPress = z.strictObject({
  token: z.string(),
  form: z.strictObject({ trigger: z.string().max(500), replyTo: z.string().max(2_000).optional() }),
  pressedBy: z.strictObject({ platform: z.string().refine(isPlatform), nativeId: z.string() }),
});

/** A press of the button that opens the form for an answer, as it lies in the inbox. */
export type InboxFormPress = z.infer<typeof InboxFormPress>;

/** The inbox message of such a press; undefined when it carries no open question of ours. */
export function formPressMessage(given: unknown, key: SecretKey, now: Date): InboxMessage | undefined {
  const parsed = InboxFormPress.safeParse(given);
  return parsed.success && readAnswerToken(parsed.data.token, key, now)
    ? callback(parsed.data.pressedBy.platform, parsed.data, now)
    : undefined;
}

/** Undefined for what is no press of that button. */
export const readInboxFormPress = (body: Uint8Array): InboxFormPress | undefined =>
  InboxFormPress.safeParse(jsonOf(body)).data;

function callback(source: string, kept: InboxAnswer | InboxFormPress, now: Date): InboxMessage {
  const body = JSON.stringify(kept);
  return {
    kind: 'callback',
    source,
    dedupeKey: body,
    receivedAt: now.toISOString(),
    contentType: 'application/json',
    body: Buffer.from(body),
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
