import { createHash } from 'node:crypto';
import type { Platform } from '../../domain/platform.js';
import type { SubjectFacts } from '../../domain/subject.js';
import type { OutgoingMessage } from '../../platforms/ports.js';
import { mintAnswerToken } from '../../store/answer-token.js';
import type { SubjectProfile } from '../../store/subject-registry.js';
import { cancellation, instant } from '../context.js';
import type { PeopleActivities } from '../contract.js';
import { asQuellError } from '../errors.js';
import { isClean, PLATFORM_OF, waysTo, type Channel, type Way } from './channels.js';
import type { PeopleDeps } from './deps.js';

type Input = Parameters<PeopleActivities['contactSubject']>[0];
type Contacted = Awaited<ReturnType<PeopleActivities['contactSubject']>>;

/** Words for people, not for machines. */
const NAMES: Readonly<Record<Platform, string>> = {
  slack: 'Slack',
  microsoft: 'Microsoft 365',
  google: 'Google Workspace',
};

/**
 * Asks the subject, or for apps, guests and shared accounts their sponsor, on the first channel of the policy's ladder that the suspicion
 * does not touch. `avoided` names the channels that were passed over, with the reason. A channel that fails for good is passed over too;
 * one that may come back is thrown. The same question is never posted twice (look before send, by key).
 */
export async function contactSubject(
  deps: PeopleDeps,
  { caseId, subject, askId, suspect, deadline }: Input,
): Promise<Contacted> {
  const { policy } = await deps.policies.current();
  const asked = await whomToAsk(deps, subject);
  const avoided: string[] = [];
  for (const channel of policy.contact.channels) {
    if (channel === 'phone_task') return { channel, avoided, sentAt: instant(deps.clock) };
    const person = channel === 'manager' ? await managerOf(deps, asked?.profile) : asked;
    const way = person && wayBy(deps, channel, person);
    if (!way || !person) {
      avoided.push(`${channel}: nobody to reach there`);
      continue;
    }
    if (!isClean(way, suspect)) {
      avoided.push(`${channel}: ${way.on === undefined ? 'it is not known who can read it' : 'under suspicion'}`);
      continue;
    }
    const claims = { caseId, askId, personId: person.subjectId, channel, expiresAt: deadline };
    const message = question(
      deps,
      mintAnswerToken(claims, deps.answerKey),
      suspect,
      deadline,
      channel === 'manager',
      `${caseId}:${askId}:${channel}`,
    );
    try {
      await way.talk.send(way.to, way.channel === 'mail' ? withoutButtons(message) : message, {
        signal: cancellation(),
      });
      return { channel, avoided, sentAt: instant(deps.clock) };
    } catch (error) {
      const known = asQuellError(error);
      if (!known || known.retryable) throw error;
      avoided.push(`${channel}: ${known.code}`);
    }
  }
  return { channel: 'none', avoided, sentAt: instant(deps.clock) };
}

interface Person {
  readonly subjectId: string;
  readonly profile: SubjectProfile;
  readonly mailbox: Platform | undefined;
}

async function whomToAsk(deps: PeopleDeps, subject: SubjectFacts): Promise<Person | undefined> {
  if (subject.kind === 'person') {
    const profile = await deps.registry.profile(subject.subjectId);
    return profile && { subjectId: subject.subjectId, profile, mailbox: subject.mail };
  }
  return subject.sponsorId === undefined ? undefined : await personOf(deps, subject.sponsorId);
}

async function managerOf(deps: PeopleDeps, profile: SubjectProfile | undefined): Promise<Person | undefined> {
  return profile?.managerId === undefined ? undefined : await personOf(deps, profile.managerId);
}

async function personOf(deps: PeopleDeps, subjectId: string): Promise<Person | undefined> {
  const profile = await deps.registry.profile(subjectId);
  return profile && { subjectId, profile, mailbox: mailboxOf(profile) };
}

/** Microsoft before Google, as the evidence role decides it for subjects. */
export function mailboxOf(profile: Pick<SubjectProfile, 'accounts'>): Platform | undefined {
  return (['microsoft', 'google'] as const).find((p) => profile.accounts.some((a) => a.platform === p));
}

function wayBy(deps: PeopleDeps, channel: Exclude<Channel, 'phone_task'>, person: Person): Way | undefined {
  const ways = waysTo(deps.talk, person.profile, person.mailbox);
  if (channel === 'manager' || channel === 'mail') return ways.find((w) => w.channel === 'mail');
  return ways.find((w) => w.channel === channel && w.on === PLATFORM_OF[channel]);
}

function question(
  deps: PeopleDeps,
  token: string,
  suspect: readonly Platform[],
  deadline: string,
  toManager: boolean,
  key: string,
): OutgoingMessage {
  const where = suspect.map((p) => NAMES[p]).join(' and ') || 'your work account';
  const until = `${deadline.slice(0, 16).replace('T', ' ')} UTC`;
  const ask = toManager
    ? `The security team noticed unusual activity in the ${where} account of somebody who reports to you and could not reach them safely. Please ask them in person or by phone whether it was them, and answer for them by ${until}.`
    : `The security team noticed unusual activity in your ${where} account during the last days. Was that you? Please answer by ${until}. You are not in trouble for answering; if you are not sure, say so.`;
  return {
    key: createHash('sha256').update(key).digest('hex').slice(0, 32),
    title: 'Security: was this you?',
    text: `${ask}\n\nWe will never ask you for a password or a code.`,
    buttons: [
      { id: 'me', label: 'Yes, that was me', value: token },
      { id: 'not_me', label: 'No, that was not me', value: token },
      { id: 'unsure', label: 'I am not sure', value: token },
    ],
    link: { label: 'Answer the security team', url: `${deps.answersUrl.replace(/\/$/, '')}/answers/${token}` },
  };
}

function withoutButtons({ buttons: _buttons, ...message }: OutgoingMessage): OutgoingMessage {
  return message;
}
