import type { ContactState, LaterAnswer } from './case.js';
import type { ContactAnswer } from './decision.js';
import type { ErrorCode } from './errors.js';
import type { Platform } from './platform.js';
import type { ContactPolicy } from './policy.js';
import type { SubjectFacts } from './subject.js';

/** Id of the button that opens a form for an answer in the person's own words; the other buttons' ids are the answers. */
export const OWN_WORDS = 'own_words';

/** Characters that a person may add to an answer. */
export const MAX_WORDS = 2_000;

export type ContactChannel = ContactPolicy['channels'][number];

const PLATFORM_OF: Readonly<Record<ContactChannel, Platform | 'mailbox' | 'none'>> = {
  mail: 'mailbox',
  slack: 'slack',
  teams: 'microsoft',
  google_chat: 'google',
  manager: 'none',
  phone_task: 'none',
};

export interface ContactPlan {
  /** Who is asked: the subject itself, or sponsor, owner or installer. */
  readonly ask: string;
  /** Clean channels in the policy's order. */
  readonly channels: readonly ContactChannel[];
  readonly avoided: readonly { readonly channel: ContactChannel; readonly why: string }[];
}

/** Where the question may go: never through what the suspicion touches, never to an insider under covert investigation. */
export function contactPlan(input: {
  readonly subject: SubjectFacts;
  readonly suspect: readonly Platform[];
  readonly policy: ContactPolicy;
  readonly covert: boolean;
}): ContactPlan {
  const { subject, suspect, policy, covert } = input;
  const ask = subject.kind === 'person' ? subject.subjectId : (subject.sponsorId ?? subject.subjectId);
  if (covert)
    return { ask, channels: [], avoided: policy.channels.map((channel) => ({ channel, why: 'the case is covert' })) };
  const askedOther = ask !== subject.subjectId;
  const verdicts = policy.channels.map((channel) => ({ channel, why: why(channel, subject, suspect, askedOther) }));
  return {
    ask,
    channels: verdicts.filter((v) => v.why === undefined).map((v) => v.channel),
    avoided: verdicts.flatMap(({ channel, why: reason }) => (reason === undefined ? [] : [{ channel, why: reason }])),
  };
}

function why(
  channel: ContactChannel,
  subject: SubjectFacts,
  suspect: readonly Platform[],
  askedOther: boolean,
): string | undefined {
  const through = PLATFORM_OF[channel];
  if (through === 'none') return undefined;
  const platform = through === 'mailbox' ? subject.mail : through;
  if (platform === undefined) return askedOther ? undefined : 'no mailbox is known';
  if (suspect.includes(platform)) return `the suspicion touches ${platform}`;
  if (askedOther || through === 'mailbox') return undefined;
  return subject.accounts.some((a) => a.platform === platform) ? undefined : `no account on ${platform}`;
}

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
