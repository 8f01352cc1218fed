import { FAULT_KINDS, type Fault } from '../../simulator/core/world.js';

/** Everything that can happen to a call, except that it may not be made at all. */
export type Mishap = Exclude<Fault['kind'], 'missing_scope'>;
const isMishap = (kind: Fault['kind']): kind is Mishap => kind !== 'missing_scope';
export const MISHAPS: readonly Mishap[] = FAULT_KINDS.filter(isMishap);

/** A call that is never answered, or never to its end: these take as long as the client waits. */
export const UNANSWERED: readonly Mishap[] = ['timeout', 'slow_body'];
/** An effect of which nobody hears. */
export const LOST: readonly Mishap[] = ['reply_lost'];
/** What is answered, or broken off, at once; the lost answer last, because after it there may be nothing left to call for. */
export const AT_ONCE: readonly Mishap[] = [
  ...MISHAPS.filter((kind) => !UNANSWERED.includes(kind) && !LOST.includes(kind)),
  ...LOST,
];

/** In groups that happen one after another, each to the next call of an operation: fewer than make the product give up. */
export const MISHAPS_IN_A_ROW: readonly (readonly Mishap[])[] = [
  ['throttle', 'error', 'reset'],
  ['throttle_without_header', 'html', 'cut_off'],
  ['broken_json', 'reply_lost'],
  ['timeout', 'slow_body'],
];

/** Time-outs of the clients, milliseconds: long, so that a busy machine disturbs nothing; short where a call is never answered. */
export const PATIENT = 10_000;
export const patienceFor = (kinds: readonly Fault['kind'][], impatient = 400): number =>
  kinds.some((kind) => kind === 'timeout' || kind === 'slow_body') ? impatient : PATIENT;

/** Faults at an operation after so many of its calls, one after another. */
export const inARow = (
  kinds: readonly Mishap[],
  where: Pick<Fault, 'platform' | 'operation'> & { readonly skip: number },
): Fault[] => kinds.map((kind) => ({ ...where, kind, times: 1, retryAfterSeconds: 1 }));
