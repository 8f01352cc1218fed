import type { ContactState, LaterAnswer } from './case.js';
import type { ContactAnswer } from './decision.js';
import type { ErrorCode } from './errors.js';

/** Answers that are kept after the first; each makes the case look again. */
const LATER_KEPT = 10;

/** Why an answer to the question is not taken, or undefined when it is. The same answer again says nothing new. */
export function refuseAnswer(contact: ContactState, body: ContactAnswer): ErrorCode | undefined {
  const { askId, outcome, later = [] } = contact;
  if (body.askId !== askId || outcome === 'not_contacted') return 'NOT_AUTHORISED';
  if (outcome === 'waiting' || outcome === 'silent') return undefined;
  const newest = later.at(-1) ?? { answer: outcome, words: contact.words };
  const saysTheSame = body.answer === newest.answer && (body.words === undefined || body.words === newest.words);
  if (saysTheSame || [contact, ...later].some((a) => a.nonce === body.nonce)) return 'DECISION_REPLAYED';
  return later.length < LATER_KEPT ? undefined : 'TOO_MUCH';
}

/** The first answer counts; another one after it is kept beside it. */
export function withAnswer(contact: ContactState, { answer, at, words, nonce }: ContactAnswer): ContactState {
  const said = words === undefined ? {} : { words };
  if (contact.outcome === 'waiting' || contact.outcome === 'silent')
    return { ...contact, outcome: answer, answeredAt: at, nonce, ...said };
  const later: LaterAnswer = { answer, at, nonce, ...said };
  return { ...contact, later: [...(contact.later ?? []), later] };
}

/** What all answers together come to: the gravest, because whoever holds one channel may take back what the person said. */
export function answerOf({ outcome, later = [] }: ContactState): ContactState['outcome'] {
  const all = [outcome, ...later.map((l) => l.answer)];
  return (['not_me', 'unsure'] as const).find((answer) => all.includes(answer)) ?? outcome;
}

/** Did an answer come after the newest decision? */
export const hasNewAnswer = ({ later = [], weighed }: ContactState): boolean =>
  later.length > 0 && later.at(-1)?.nonce !== weighed;

export function weighed(contact: ContactState): ContactState {
  const newest = contact.later?.at(-1)?.nonce;
  return newest === undefined ? contact : { ...contact, weighed: newest };
}
