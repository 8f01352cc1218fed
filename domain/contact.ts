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
