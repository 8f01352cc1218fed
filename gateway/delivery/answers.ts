import type { Client } from '@temporalio/client';
import { digest } from '../../domain/canonical.js';
import type { ContactAnswer } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { TenantRef } from '../../domain/platform.js';
import { readAnswerToken } from '../../store/answer-token.js';
import type { InboxItem } from '../../store/inbox.js';
import type { SecretKey, SigningKey } from '../../store/key-ring.js';
import { signBody } from '../../store/signing.js';
import type { SubjectRegistry } from '../../store/subject-registry.js';
import { answer } from '../case-client.js';
import { readInboxAnswer, type InboxAnswer } from '../intake/inbox-answer.js';

export interface AnswerDeps {
  readonly client: Client;
  readonly answerKey: SecretKey;
  /** Signs for whoever was asked: the holder of the link, or the person who pressed. */
  readonly decisionKey: SigningKey;
  readonly registry: Pick<SubjectRegistry, 'find' | 'canonical'>;
  readonly tenants: readonly TenantRef[];
}

/**
 * Turns an answer from a page or a chat button into a signed message to its case, and returns that case. Errors: SIGNATURE for a token that
 * is not ours or came too late, NOT_AUTHORISED for a press by somebody else than the person who was asked, and what the case refuses it for.
 */
export async function deliverAnswer(deps: AnswerDeps, item: InboxItem): Promise<string> {
  const given = readInboxAnswer(item.body);
  if (!given) throw new QuellError('ALERT_FORMAT', 'not an answer');
  const claims = readAnswerToken(given.token, deps.answerKey, new Date(item.receivedAt));
  if (!claims) throw new QuellError('SIGNATURE', 'the answer does not carry a token of ours, or came too late');
  const { caseId, askId, personId, channel } = claims;
  if (given.pressedBy && !(await isPerson(deps, personId, given.pressedBy)))
    throw new QuellError('NOT_AUTHORISED', 'somebody else than the person who was asked pressed the button');
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
  await answer(deps.client, caseId, signBody(body, deps.decisionKey));
  return caseId;
}

/** A chat message can be forwarded: the button is pressed by whoever sees it. */
async function isPerson(
  { registry, tenants }: AnswerDeps,
  personId: string,
  { platform, nativeId }: NonNullable<InboxAnswer['pressedBy']>,
): Promise<boolean> {
  const asked = await registry.canonical(personId);
  for (const { tenant } of tenants.filter((t) => t.platform === platform)) {
    const subjectId = await registry.find({ platform, tenant, nativeId });
    if (subjectId !== undefined && (await registry.canonical(subjectId)) === asked) return true;
  }
  return false;
}
