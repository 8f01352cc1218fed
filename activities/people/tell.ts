import type { Platform } from '../../domain/platform.js';
import type { OutgoingMessage } from '../../platforms/ports.js';
import { cancellation } from '../context.js';
import { asQuellError } from '../errors.js';
import { isClean, mailboxOf, waysTo, type Way } from './channels.js';
import type { Contactable, PeopleDeps } from './deps.js';
import { keyOf } from './words.js';

/**
 * Tells people something that is harmless to read: a notice with a link to the console. Each on one way, a clean one where there is one.
 * Returns how many were told; throws what may come back when nobody was.
 */
export async function tell(
  deps: PeopleDeps,
  to: readonly Contactable[],
  suspect: readonly Platform[],
  message: Omit<OutgoingMessage, 'key'>,
  key: string,
): Promise<number> {
  let told = 0;
  let later: Error | undefined;
  for (const person of to) {
    try {
      if (await tellOne(deps, person, suspect, { ...message, key: keyOf(key, person.personId) })) told++;
    } catch (error) {
      const known = asQuellError(error);
      if (known?.retryable !== true) throw error;
      later = known;
    }
  }
  if (told === 0 && later) throw later;
  return told;
}

async function tellOne(
  deps: PeopleDeps,
  person: Contactable,
  suspect: readonly Platform[],
  message: OutgoingMessage,
): Promise<boolean> {
  for (const way of await waysToPerson(deps, person, suspect)) {
    try {
      await way.talk.send(way.to, message, { signal: cancellation() });
      return true;
    } catch (error) {
      const known = asQuellError(error);
      if (!known || known.retryable) throw error;
    }
  }
  return false;
}

/** Clean ways first; mail to the configured address even when no directory knows the person. */
async function waysToPerson(
  deps: PeopleDeps,
  person: Contactable,
  suspect: readonly Platform[],
): Promise<readonly Way[]> {
  const subjectId = await deps.registry.find({ mail: person.email });
  const profile = subjectId === undefined ? undefined : await deps.registry.profile(subjectId);
  const known = { mails: [person.email], accounts: profile?.accounts ?? [] };
  return [...waysTo(deps.talk, known, mailboxOf(deps.platforms, known), suspect)].sort(
    (a, b) => Number(isClean(b, suspect)) - Number(isClean(a, suspect)),
  );
}
