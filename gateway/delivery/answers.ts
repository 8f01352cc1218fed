import type { Client } from '@temporalio/client';
import { digest } from '../../domain/canonical.js';
import type { ContactAnswer } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { TenantRef } from '../../domain/platform.js';
import type { EvidenceWriter } from '../../store/evidence-store.js';
import { readAnswerToken, type AnswerClaims } from '../../store/answer-token.js';
import type { InboxItem } from '../../store/inbox/message.js';
import type { SecretKey, SigningKey } from '../../store/key-ring.js';
import { signBody } from '../../store/signing.js';
import type { SubjectRegistry } from '../../store/subjects/registry.js';
import { answer, openAnswerForm } from '../case-client.js';
import { readInboxAnswer, readInboxFormPress, type InboxAnswer, type InboxFormPress } from '../intake/inbox-answer.js';
import { keepNote } from '../task-form.js';

export interface AnswerDeps {
  readonly client: Client;
  readonly answerKey: SecretKey;
  /** Signs for whoever was asked: the holder of the link, or the person who pressed. */
  readonly decisionKey: SigningKey;
  readonly registry: Pick<SubjectRegistry, 'findEach' | 'canonical'>;
  readonly tenants: readonly TenantRef[];
  /** Keeps what people add to their answers. */
  readonly dossier: EvidenceWriter;
}

/** Tells a case, or whoever opens forms, what came from a page or a chat button, and returns that case. Errors: see the two. */
export function deliverCallback(deps: AnswerDeps, item: InboxItem): Promise<string> {
  const press = readInboxFormPress(item.body);
  return press ? deliverFormPress(deps, item, press) : deliverAnswer(deps, item);
}

/**
 * Has the form opened in which whoever was asked answers in their own words. Errors: SIGNATURE for a token that is not ours or came too late,
 * NOT_AUTHORISED for a press by somebody else.
 */
async function deliverFormPress(deps: AnswerDeps, item: InboxItem, press: InboxFormPress): Promise<string> {
  const { caseId, personId } = claimsOf(deps, press.token, item);
  const { platform } = press.pressedBy;
  const tenant = await accountOf(deps, personId, press.pressedBy);
  await openAnswerForm(deps.client, { platform, tenant, token: press.token, ...press.form });
  return caseId;
}

/**
 * Turns an answer from a page or a chat button into a signed message to its case, and returns that case. Errors: SIGNATURE for a token that
 * is not ours or came too late, NOT_AUTHORISED for a press by somebody else than the person who was asked, and what the case refuses it for.
 */
async function deliverAnswer(deps: AnswerDeps, item: InboxItem): Promise<string> {
  const given = readInboxAnswer(item.body);
  if (!given) throw new QuellError('ALERT_FORMAT', 'not an answer');
  const { caseId, askId, personId, channel } = claimsOf(deps, given.token, item);
  if (given.pressedBy) await accountOf(deps, personId, given.pressedBy);
  const words = given.words === undefined ? {} : { words: await keepNote(deps.dossier, caseId, given.words) };
  const body: ContactAnswer = {
    type: 'answer',
    caseId,
    askId,
    answer: given.answer,
    ...words,
    personId,
    channel,
    at: item.receivedAt,
    nonce: digest({ askId, caseId, seq: item.seq }).slice(0, 32),
  };
  await answer(deps.client, caseId, signBody(body, deps.decisionKey));
  return caseId;
}

function claimsOf({ answerKey }: AnswerDeps, token: string, { receivedAt }: InboxItem): AnswerClaims {
  const claims = readAnswerToken(token, answerKey, new Date(receivedAt));
  if (!claims) throw new QuellError('SIGNATURE', 'the answer does not carry a token of ours, or came too late');
  return claims;
}

/** Tenant of the account that pressed. A chat message can be forwarded: the button is pressed by whoever sees it. Errors: NOT_AUTHORISED. */
async function accountOf(
  { registry, tenants }: AnswerDeps,
  personId: string,
  { platform, nativeId }: NonNullable<InboxAnswer['pressedBy']>,
): Promise<string> {
  const own = tenants.filter((t) => t.platform === platform).map(({ tenant }) => tenant);
  const [asked, holders] = await Promise.all([
    registry.canonical(personId),
    registry.findEach(own.map((tenant) => ({ platform, tenant, nativeId }))),
  ]);
  const pressed = own.find((_, i) => holders[i] === asked);
  if (pressed !== undefined) return pressed;
  throw new QuellError('NOT_AUTHORISED', 'somebody else than the person who was asked pressed the button');
}
