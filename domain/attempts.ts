import type { Episode } from './attribution.js';
import type { EvidenceEvent } from './evidence.js';

/** Facts against the person that make a failed attempt somebody else's, and no wrong password on a journey. */
const STRANGE = -2.5;

/**
 * Attempts to get into the account from places where nobody ever got in, and that are nothing of the person's. Who was stopped here may
 * have got in elsewhere: a phishing page has many victims, and the alert names one.
 */
export const strangersAttempts = (episodes: readonly Episode[]): readonly EvidenceEvent[] =>
  episodes
    .filter(({ acts, attempts, score }) => acts.length === 0 && attempts.length > 0 && score <= STRANGE)
    .flatMap(({ attempts }) => attempts);
