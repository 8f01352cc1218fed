import type { Fact } from './attribution.js';
import { ATTRIBUTION, type FactCode } from './weights.js';

export const sumOf = (facts: readonly Fact[]): number => facts.reduce((n, f) => n + f.weight, 0);

/** Facts that a thief cannot bring along. The program and the country are everybody's, and a second factor can be passed on. */
const VOUCHING: readonly FactCode[] = [
  'device.known',
  'device.own',
  'address.egress',
  'address.own',
  'address.device',
  'address.grown',
  'address.shared',
  'address.crowd',
  'network.own',
  'authentication.resistant',
  'client.seen',
  'place.announced',
];

/** Enough speaks for the person, and something among it that a thief cannot bring along. */
export const isSurelyOwn = (facts: readonly Fact[], sum = sumOf(facts)): boolean =>
  sum >= ATTRIBUTION.own && facts.some((f) => VOUCHING.includes(f.code));
