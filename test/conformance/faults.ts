import { FAULT_KINDS, type Fault } from '../../simulator/core/world.js';

/** Everything that can happen to a call, except that it may not be made at all. Last what has an effect although nobody hears of it. */
export type Mishap = Exclude<Fault['kind'], 'missing_scope'>;
export const MISHAPS: readonly Mishap[] = [
  ...FAULT_KINDS.filter((kind) => kind !== 'missing_scope' && kind !== 'reply_lost'),
  'reply_lost',
] as readonly Mishap[];

/** In groups that happen one after another, each to the next call of an operation: fewer than make the product give up. */
export const MISHAPS_IN_A_ROW: readonly (readonly Mishap[])[] = [
  ['throttle', 'error', 'reset'],
  ['throttle_without_header', 'html', 'cut_off'],
  ['broken_json', 'reply_lost'],
  ['timeout', 'slow_body'],
];

/** Time-outs of the clients, milliseconds: long, so that a busy machine disturbs nothing; short where a call is never answered. */
export const PATIENT = 5_000;
export const patienceFor = (kinds: readonly Fault['kind'][]): number =>
  kinds.some((kind) => kind === 'timeout' || kind === 'slow_body') ? 300 : PATIENT;

/** Faults at an operation after so many of its calls, one after another. */
export const inARow = (
  kinds: readonly Mishap[],
  where: Pick<Fault, 'platform' | 'operation'> & { readonly skip: number },
): Fault[] => kinds.map((kind) => ({ ...where, kind, times: 1, retryAfterSeconds: 1 }));
