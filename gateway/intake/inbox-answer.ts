import { z } from 'zod';
import type { InboxMessage } from '../../store/inbox.js';
import { readAnswerToken } from '../../store/answer-token.js';
import type { SecretKey } from '../../store/key-ring.js';
import { PLATFORMS } from '../../domain/platform.js';

export const ANSWERS = ['me', 'not_me', 'unsure'] as const;

const InboxAnswer = z.strictObject({
  token: z.string(),
  answer: z.enum(ANSWERS),
  /** Who pressed, where the chat vendor vouches for it; a page is open to whoever holds its link. */
  pressedBy: z.strictObject({ platform: z.enum(PLATFORMS), nativeId: z.string() }).optional(),
});

/** An answer to the contact question as it lies in the inbox, whatever way it came. */
export type InboxAnswer = z.infer<typeof InboxAnswer>;

/** The inbox message of an answer; undefined when it carries no open question of ours, so that strangers cannot fill the inbox. */
export function answerMessage(
  channel: 'page' | 'slack' | 'teams' | 'google_chat',
  given: {
    readonly token: string | undefined;
    readonly answer: unknown;
    readonly pressedBy?: InboxAnswer['pressedBy'];
  },
  key: SecretKey,
  now: Date,
): InboxMessage | undefined {
  const parsed = InboxAnswer.safeParse(given);
  if (!parsed.success || !readAnswerToken(parsed.data.token, key, now)) return undefined;
  const body = JSON.stringify(parsed.data);
  return {
    kind: 'callback',
    source: channel,
    dedupeKey: body,
    receivedAt: now.toISOString(),
    contentType: 'application/json',
    body: Buffer.from(body),
  };
}

/** Undefined for what is no answer of ours. */
export function readInboxAnswer(body: Uint8Array): InboxAnswer | undefined {
  try {
    return InboxAnswer.safeParse(JSON.parse(Buffer.from(body).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
