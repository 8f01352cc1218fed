import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryOf, placeIn } from '../../domain/places.js';

describe('a place', () => {
  it.each([
    [
      'a town',
      { country: 'DE', city: 'Town', lat: 52.5, lon: 13.4 },
      { country: 'DE', city: 'Town', location: { lat: 52.5, lon: 13.4 } },
    ],
    [
      'texts',
      { country: ' de ', city: ' Town ', lat: '52.5', lon: '-13.4' },
      { country: 'DE', city: 'Town', location: { lat: 52.5, lon: -13.4 } },
    ],
    ['null island', { country: 'DE', city: 'Town', lat: 0, lon: 0 }, { country: 'DE', city: 'Town' }],
    ['the equator', { city: 'Town', lat: 0, lon: 13.4 }, { city: 'Town', location: { lat: 0, lon: 13.4 } }],
    ['the middle of a country', { country: 'DE', city: '', lat: 51, lon: 9 }, { country: 'DE' }],
    ['a country alone', { country: 'DE', city: null, lat: null, lon: undefined }, { country: 'DE' }],
    ['half a point', { city: 'Town', lat: 52.5 }, { city: 'Town' }],
    ['no point of the earth', { city: 'Town', lat: 91, lon: 0 }, { city: 'Town' }],
    ['an empty text is no zero', { city: 'Town', lat: '', lon: ' ' }, { city: 'Town' }],
    ['nothing', {}, {}],
    ['what is no place', { country: 7, city: {}, lat: [], lon: true }, {}],
  ])('%s', (_, said, place) => {
    expect(placeIn(said)).toEqual(place);
  });

  it.each(['ZZ', 'XX', 'Germany', 'D', 'D1', '', 'DEU', undefined, null, 49])('%j is no country', (code) => {
    expect(countryOf(code)).toBeUndefined();
  });

  it('is a point only between its bounds and with a city, whatever is said', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), fc.anything(), (country, city, lat, lon) => {
        const place = placeIn({ country, city, lat, lon });
        if (place.location) {
          expect(place.city).toBeTruthy();
          expect(Math.abs(place.location.lat)).toBeLessThanOrEqual(90);
          expect(Math.abs(place.location.lon)).toBeLessThanOrEqual(180);
        }
        expect(place.country ?? 'DE').toMatch(/^[A-Z]{2}$/);
        expect(placeIn({ ...place, ...place.location })).toEqual(place);
      }),
    );
  });
});
