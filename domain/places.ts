import type { EvidenceEvent } from './evidence.js';

type Place = Pick<EvidenceEvent, 'country' | 'city' | 'location'>;

/**
 * Where a row says that it was, in its one form. (0, 0) is what geolocation writes when it knows nothing: no point. Coordinates without a
 * city are the middle of a country, no point either: a journey is measured between cities. A country is an ISO 3166 code of two letters,
 * never a name, and never `ZZ` or `XX` ("unknown").
 */
export function placeIn(said: {
  readonly country?: unknown;
  readonly city?: unknown;
  readonly lat?: unknown;
  readonly lon?: unknown;
}): Place {
  const country = countryOf(said.country);
  const city = typeof said.city === 'string' && said.city.trim() !== '' ? said.city.trim().slice(0, 200) : undefined;
  const [lat, lon] = [degrees(said.lat, 90), degrees(said.lon, 180)];
  const isPoint = city !== undefined && lat !== undefined && lon !== undefined && !(lat === 0 && lon === 0);
  return {
    ...(country === undefined ? {} : { country }),
    ...(city === undefined ? {} : { city }),
    ...(isPoint ? { location: { lat, lon } } : {}),
  };
}

export function countryOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const code = value.trim().toUpperCase();
  return /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && code !== 'XX' ? code : undefined;
}

function degrees(value: unknown, most: number): number | undefined {
  const n =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Math.abs(n) <= most ? n : undefined;
}
