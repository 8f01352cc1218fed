import type { Platform } from './platform.js';
import type { ContactPolicy } from './policy.js';
import type { SubjectFacts } from './subject.js';

/** Id of the button that opens a form for an answer in the person's own words; the other buttons' ids are the answers. */
export const OWN_WORDS = 'own_words';

/** Characters that a person may add to an answer. */
export const MAX_WORDS = 2_000;

/** Ways to a person that are no platform's own: everybody has them. */
export const OWN_WAYS = ['mail', 'manager', 'phone_task'] as const;

/** One of `OWN_WAYS`, or a platform's channel of talk. */
export type ContactChannel = ContactPolicy['channels'][number];

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
  /** Platform of each channel of talk. */
  readonly chats: ReadonlyMap<ContactChannel, Platform>;
}): ContactPlan {
  const { subject, suspect, policy, covert, chats } = input;
  const ask = subject.kind === 'person' ? subject.subjectId : (subject.sponsorId ?? subject.subjectId);
  if (covert)
    return { ask, channels: [], avoided: policy.channels.map((channel) => ({ channel, why: 'the case is covert' })) };
  const askedOther = ask !== subject.subjectId;
  const verdicts = policy.channels.map((channel) => ({
    channel,
    why:
      channel === 'mail'
        ? whyNoMail(subject, suspect, askedOther)
        : isOwnWay(channel)
          ? undefined
          : whyNoChat(chats.get(channel), subject, suspect, askedOther),
  }));
  return {
    ask,
    channels: verdicts.filter((v) => v.why === undefined).map((v) => v.channel),
    avoided: verdicts.flatMap(({ channel, why: reason }) => (reason === undefined ? [] : [{ channel, why: reason }])),
  };
}

const isOwnWay = (channel: ContactChannel): boolean => OWN_WAYS.some((way) => way === channel);

function whyNoMail({ mail }: SubjectFacts, suspect: readonly Platform[], askedOther: boolean): string | undefined {
  if (mail === undefined) return askedOther ? undefined : 'no mailbox is known';
  return suspect.includes(mail) ? `the suspicion touches ${mail}` : undefined;
}

function whyNoChat(
  platform: Platform | undefined,
  { accounts }: SubjectFacts,
  suspect: readonly Platform[],
  askedOther: boolean,
): string | undefined {
  if (platform === undefined) return 'no platform has this channel';
  if (suspect.includes(platform)) return `the suspicion touches ${platform}`;
  return askedOther || accounts.some((a) => a.platform === platform) ? undefined : `no account on ${platform}`;
}
