import { contactPlan, OWN_WORDS, type ContactChannel } from '../../domain/contact.js';
import type { Platform } from '../../domain/platform.js';
import type { SubjectFacts } from '../../domain/subject.js';
import type { OutgoingMessage } from '../../platforms/ports.js';
import { mintAnswerToken } from '../../store/answer-token.js';
import type { SubjectProfile } from '../../store/subjects/profile.js';
import { cancellation, instant } from '../context.js';
import type { PeopleActivities } from '../contract.js';
import { asQuellError } from '../errors.js';
import { isClean, mailboxOf, waysTo, type Way } from './channels.js';
import type { PeopleDeps } from './deps.js';
import { ANSWERS, keyOf, NO_PASSWORD, TITLE, utc } from './words.js';

type Input = Parameters<PeopleActivities['contactSubject']>[0];
type Contacted = Awaited<ReturnType<PeopleActivities['contactSubject']>>;

/**
 * Asks whom the contact plan names (the subject; for apps, guests and shared accounts their sponsor), on its first clean channel that works.
 * `avoided` names the channels that were passed over, with the reason. A channel that fails for good is passed over too; one that may come
 * back is thrown. The same question is never posted twice (look before send, by key).
 */
export async function contactSubject(
  deps: PeopleDeps,
  { caseId, subject, askId, suspect, deadline, covert = false }: Input,
): Promise<Contacted> {
  const { policy } = await deps.policies.current();
  const chats = deps.platforms.channels;
  const plan = contactPlan({ subject, suspect, policy: policy.contact, covert, chats });
  const avoided = plan.avoided.map(({ channel, why }) => `${channel}: ${why}`);
  for (const channel of plan.channels) {
    if (channel === 'phone_task') return { channel, avoided, sentAt: instant(deps.clock) };
    const person = await personFor(deps, channel, plan.ask, subject);
    const way = person && wayBy(deps, channel, person, suspect);
    if (!person || !way || !isClean(way, suspect)) {
      avoided.push(`${channel}: ${way ? 'it may be read by whom the case suspects' : 'nobody can be reached there'}`);
      continue;
    }
    const token = mintAnswerToken(
      { caseId, askId, personId: person.subjectId, channel, expiresAt: deadline },
      deps.answerKey,
    );
    const message = question(deps, token, { suspect, deadline, channel, key: `${caseId}:${askId}:${channel}` });
    try {
      await way.talk.send(way.to, message, { signal: cancellation() });
      const on = chats.get(channel);
      return { channel, ...(on === undefined ? {} : { on }), avoided, sentAt: instant(deps.clock) };
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

/** The one who is asked, or for channel `manager` the manager. The subject's mailbox is what the evidence role found; others' follow from their accounts. */
async function personFor(
  deps: PeopleDeps,
  channel: ContactChannel,
  ask: string,
  subject: SubjectFacts,
): Promise<Person | undefined> {
  const asked = await deps.registry.profile(ask);
  if (channel === 'manager') {
    const profile = asked?.managerId === undefined ? undefined : await deps.registry.profile(asked.managerId);
    return profile && { subjectId: profile.subjectId, profile, mailbox: mailboxOf(deps.platforms, profile) };
  }
  return (
    asked && {
      subjectId: ask,
      profile: asked,
      mailbox: ask === subject.subjectId ? subject.mail : mailboxOf(deps.platforms, asked),
    }
  );
}

function wayBy(
  deps: PeopleDeps,
  channel: ContactChannel,
  person: Person,
  suspect: readonly Platform[],
): Way | undefined {
  const wanted = channel === 'manager' ? 'mail' : channel;
  return waysTo(deps.talk, person.profile, person.mailbox, suspect).find((w) => w.channel === wanted);
}

interface Question {
  readonly suspect: readonly Platform[];
  readonly deadline: string;
  readonly channel: ContactChannel;
  readonly key: string;
}

function question(deps: PeopleDeps, token: string, { suspect, deadline, channel, key }: Question): OutgoingMessage {
  const where = suspect.map((p) => deps.platforms.nameOf(p)).join(' and ') || 'work';
  const ask =
    channel === 'manager'
      ? `The security team noticed unusual activity in the ${where} account of somebody who reports to you and could not reach them safely. Please ask them in person or by phone whether it was them, and answer for them by ${utc(deadline)}.`
      : `The security team noticed unusual activity in your ${where} account during the last days. Was that you? Please answer by ${utc(deadline)}. You are not in trouble for answering; if you are not sure, say so.`;
  const buttons = ANSWERS.map((a) => ({ ...a, value: token }));
  const byMail = channel === 'mail' || channel === 'manager';
  return {
    key: keyOf(key),
    title: TITLE,
    text: `${ask}\n\n${NO_PASSWORD}`,
    ...(byMail ? {} : { buttons, form: { id: OWN_WORDS, label: 'Answer in your own words', value: token } }),
    link: { label: 'Answer the security team', url: `${deps.answersUrl.replace(/\/$/, '')}/answers/${token}` },
  };
}
