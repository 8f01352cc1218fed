import type { Instant } from '../domain/platform.js';

/** Workflow time: the SDK replaces Date in the sandbox, so this replays. */
export const now = (): Instant => new Date().toISOString();
export const plus = (at: Instant, milliseconds: number): Instant =>
  new Date(Date.parse(at) + milliseconds).toISOString();
/** Milliseconds until an instant; 1 when it has passed, because a timer must be positive. */
export const until = (at: Instant): number => Math.max(1, Date.parse(at) - Date.now());
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
