// Reads what 0.2.0 kept; goes with the release after this one.
import { namesIn } from '../verify-check.js';
import { insert, type Part, type Target } from './rows.js';

const NAME = /^(\d{1,15})\.([A-Za-z0-9._-]{1,128})$/;

/** Takes over `ended-sessions/`: an empty file each, named by when it would have ended and its id. Errors: STORE, those of `query`. */
export async function takeEndedSessions(target: Target, dir: string, now: Date): Promise<Part> {
  const ended = (await namesIn(dir)).flatMap((name) => {
    const [, until, session_id = ''] = NAME.exec(name) ?? [];
    return until === undefined ? [] : [{ session_id, until: Number(until) }];
  });
  const living = ended
    .filter(({ until }) => until > now.getTime())
    .map(({ session_id, until }) => ({ session_id, ends_at: new Date(until).toISOString() }));
  return {
    taken: { sessions: await insert(target, 'ended_sessions', ['session_id', 'ends_at'], living) },
    left: { 'that would have ended by now': ended.length - living.length },
  };
}
