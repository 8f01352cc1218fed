import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { digest } from '../domain/canonical.js';
import type { ContactAnswer } from '../domain/decision.js';
import { QuellError } from '../domain/errors.js';
import { parseBlockAction } from '../platforms/slack/block-actions.js';
import { readAnswerToken } from '../store/answer-token.js';
import type { InboxItem } from '../store/inbox.js';
import type { SecretKey, SigningKey } from '../store/key-ring.js';
import { signBody } from '../store/signing.js';
import { answer } from './case-client.js';

export interface AnswerDeps {
  readonly client: Client;
  readonly answerKey: SecretKey;
  /** Signs for whoever holds the token: the person who was asked. */
  readonly decisionKey: SigningKey;
}

const answers = z.enum(['me', 'not_me', 'unsure']);
const page = z.object({ token: z.string(), answer: answers });

/** Turns a page's or a button's answer into a signed message to its case. Errors: SIGNATURE for a token that is not ours, and what the case refuses it for. */
export async function deliverAnswer({ client, answerKey, decisionKey }: AnswerDeps, item: InboxItem): Promise<string> {
  const given =
    item.source === 'slack' ? fromSlack(item) : page.parse(JSON.parse(Buffer.from(item.body).toString('utf8')));
  const claims = readAnswerToken(given.token, answerKey, new Date(item.receivedAt));
  if (!claims) throw new QuellError('SIGNATURE', 'the answer does not carry a token of ours, or came too late');
  const { caseId, askId, personId, channel } = claims;
  const body: ContactAnswer = {
    type: 'answer',
    caseId,
    askId,
    answer: given.answer,
    personId,
    channel,
    at: item.receivedAt,
    nonce: digest({ askId, caseId, seq: item.seq }).slice(0, 32),
  };
  await answer(client, caseId, signBody(body, decisionKey));
  return caseId;
}

function fromSlack(item: InboxItem): z.infer<typeof page> {
  const action = parseBlockAction(Buffer.from(item.body).toString('utf8'));
  const said = answers.safeParse(action?.actionId);
  if (!action || !said.success) throw new QuellError('ALERT_FORMAT', 'not an answer of ours');
  return { token: action.value, answer: said.data };
}
