import { Context } from '@temporalio/activity';
import type { Instant } from '../domain/platform.js';

/** Source of time. Activities may read it; the pure rules get it as a value. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

export function instant(clock: Clock): Instant {
  return clock().toISOString();
}

/** Aborts when Temporal cancels the activity. */
export function cancellation(): AbortSignal {
  return Context.current().cancellationSignal;
}

export function cancelled(): boolean {
  try {
    return Context.current().cancellationSignal.aborted;
  } catch {
    return false; // outside an activity
  }
}

/** Heartbeats with the latest details while `work` runs, so that a slow vendor call does not look like a dead worker. */
export async function beating<T>(details: () => unknown, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = (): void => context.heartbeat(details());
  beat();
  const timer = setInterval(beat, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
