import type { Platform } from '../../domain/platform.js';
import type { Talk, TalkPort } from '../../platforms/ports.js';
import type { Registry } from '../../platforms/registry.js';
import type { SubjectProfile } from '../../store/subjects/profile.js';

/** One way to one person: the sender and the address in its words. */
export interface Way {
  readonly channel: Talk['channel'];
  readonly talk: Talk;
  readonly to: string;
  /** Platform that sends it. */
  readonly from: Platform;
  /** Platform where it is read: the recipient's mailbox or chat; undefined when nobody knows who hosts the mailbox. */
  readonly on: Platform | undefined;
}

/** All configured ways to a person: mail before chat, senders free of the suspicion before others. `mailbox` is the platform that hosts the person's mail, where known. */
export function waysTo(
  ports: readonly TalkPort[],
  profile: Pick<SubjectProfile, 'mails' | 'accounts'>,
  mailbox: Platform | undefined,
  suspect: readonly Platform[],
): readonly Way[] {
  const ways: Way[] = [];
  const [mail] = profile.mails;
  for (const port of ports) {
    for (const talk of port.talk) {
      if (talk.channel === 'mail') {
        if (mail !== undefined) ways.push({ channel: 'mail', talk, to: mail, from: port.platform, on: mailbox });
        continue;
      }
      const account = profile.accounts.find((a) => a.platform === port.platform && a.tenant === port.tenant);
      if (account)
        ways.push({ channel: talk.channel, talk, to: account.nativeId, from: port.platform, on: port.platform });
    }
  }
  const rank = (w: Way): number => 2 * Number(w.channel !== 'mail') + Number(suspect.includes(w.from));
  return ways.sort((a, b) => rank(a) - rank(b));
}

/** Free of the suspicion. Mail of an unknown host is not: it may be the very mailbox. */
export function isClean(way: Pick<Way, 'on'>, suspect: readonly Platform[]): boolean {
  return way.on !== undefined && !suspect.includes(way.on);
}

/** The first that hosts mailboxes and has an account, as the evidence role decides it for subjects. */
export function mailboxOf(platforms: Registry, { accounts }: Pick<SubjectProfile, 'accounts'>): Platform | undefined {
  return platforms.hosting('mailbox').find((p) => accounts.some((a) => a.platform === p));
}
