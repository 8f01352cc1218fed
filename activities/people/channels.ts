import type { ContactPolicy } from '../../domain/policy.js';
import type { Platform } from '../../domain/platform.js';
import type { Talk, TalkPort } from '../../platforms/ports.js';
import type { SubjectProfile } from '../../store/subject-registry.js';

export type Channel = ContactPolicy['channels'][number];

/** Where a chat channel lives: somebody who holds an account there reads what is sent there. */
export const PLATFORM_OF = { slack: 'slack', teams: 'microsoft', google_chat: 'google' } as const satisfies Partial<
  Record<Channel, Platform>
>;

/** One way to one person: the sender and the address in its words. */
export interface Way {
  readonly channel: Talk['channel'];
  readonly talk: Talk;
  readonly to: string;
  /** Platforms that can read along: the recipient's mailbox or chat. */
  readonly on: Platform | undefined;
}

/** All configured ways to a person, in the order mail, chat. `mailbox` is the platform that hosts the person's mail, where known. */
export function waysTo(
  ports: readonly TalkPort[],
  profile: Pick<SubjectProfile, 'mails' | 'accounts'>,
  mailbox: Platform | undefined,
): readonly Way[] {
  const ways: Way[] = [];
  const [mail] = profile.mails;
  for (const port of ports) {
    for (const talk of port.talk) {
      if (talk.channel === 'mail') {
        if (mail !== undefined) ways.push({ channel: 'mail', talk, to: mail, on: mailbox });
        continue;
      }
      const account = profile.accounts.find((a) => a.platform === port.platform && a.tenant === port.tenant);
      if (account) ways.push({ channel: talk.channel, talk, to: account.nativeId, on: port.platform });
    }
  }
  return ways.sort((a, b) => Number(a.channel !== 'mail') - Number(b.channel !== 'mail'));
}

/** Free of the suspicion. Mail of an unknown host is not: it may be the very mailbox. */
export function isClean(way: Pick<Way, 'on'>, suspect: readonly Platform[]): boolean {
  return way.on !== undefined && !suspect.includes(way.on);
}
