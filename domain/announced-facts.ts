import type { Fact, Surroundings, Weigh } from './attribution.js';
import type { ContextRows } from './episodes.js';
import { placeAnnounced, surelyOwn } from './place-announced.js';

/** Whether a place was spoken of before anything was done there; one function for all contexts of a case. */
export function announcedFacts(
  own: readonly ContextRows[],
  doubtful: readonly ContextRows[],
  { accounts, messages = [] }: Surroundings,
  weigh: Weigh,
): (c: ContextRows) => readonly Fact[] {
  if (messages.length === 0) return () => [];
  const mine = surelyOwn(own, doubtful, messages);
  return (c) => {
    const told = placeAnnounced(c, messages, { accounts, own: mine });
    if (!told) return [];
    return [weigh(told.by === 'others' && told.names !== 'country' ? 'place.announced' : 'place.spoken_of', told.text)];
  };
}
