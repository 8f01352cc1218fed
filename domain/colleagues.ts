import { placeOf } from './address.js';
import type { Episode } from './attribution.js';
import type { OwnedSighting, Self } from './pivot.js';
import type { Instant } from './platform.js';
import { ATTRIBUTION, NOT_OF_THE_PLACE } from './weights.js';

/** An address from which the account was used and of which nobody can say whose it is, and when. */
export interface InDoubt {
  readonly address: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** A place from which several colleagues came in the same days. */
export interface SharedPlace {
  /** Address, or /64 of an IPv6 address. */
  readonly place: string;
  readonly many: boolean;
}

/** Addresses that are asked about at most, those with the most acts. */
const MOST_ASKED = 3;
/** So many colleagues at a new place may be a journey of a few, so many are an office, a hotel or a gateway. */
const FEW = 2;
const MANY = 4;
const AROUND_MS = 24 * 3_600_000;

/** Places that colleagues could explain: nothing but the place is new, and the person is not surely there or surely not. */
export function placesInDoubt(episodes: readonly Episode[]): readonly InDoubt[] {
  return episodes
    .filter(({ context, acts, score }) => context.kind === 'place' && acts.length > 0 && score < ATTRIBUTION.own)
    .filter(({ facts }) => !facts.some((f) => NOT_OF_THE_PLACE.includes(f.code)))
    .sort((a, b) => b.acts.length - a.acts.length || (a.id < b.id ? -1 : 1))
    .flatMap(({ acts, from, to }): readonly InDoubt[] => {
      const address = acts.find((e) => e.ip !== undefined)?.ip;
      return address === undefined ? [] : [{ address, from, to }];
    })
    .filter(({ address }, i, all) => all.findIndex((o) => o.address === address) === i)
    .slice(0, MOST_ASKED);
}

/** Those of the places at which several other people got in around the same days. Order and repetition of sightings change nothing. */
export function sharedPlaces(
  inDoubt: readonly InDoubt[],
  sightings: readonly OwnedSighting[],
  { subjectId }: Pick<Self, 'subjectId'>,
): readonly SharedPlace[] {
  const at = ({ address, from, to }: InDoubt): number =>
    new Set(
      sightings
        .filter((s) => s.by === 'address' && s.value === address && s.succeeded && s.subjectId !== subjectId)
        .filter(
          (s) =>
            Date.parse(s.lastAt) >= Date.parse(from) - AROUND_MS && Date.parse(s.firstAt) <= Date.parse(to) + AROUND_MS,
        )
        .flatMap((s) => s.subjectId ?? []), // apps and strangers are no colleagues
    ).size;
  const counted = new Map(inDoubt.map((place) => [placeOf(place.address), at(place)]));
  return [...counted]
    .filter(([, colleagues]) => colleagues >= FEW)
    .map(([place, colleagues]) => ({ place, many: colleagues >= MANY }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
}
