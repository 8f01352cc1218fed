import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Reader } from 'mmdb-lib';
import { addressOf, clientAddress } from '../../domain/address.js';
import { QuellError } from '../../domain/errors.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { NetworkTable } from '../../domain/network-table.js';
import { placeIn } from '../../domain/places.js';

/** What is known of an address. Absent means unknown. */
export interface Place {
  readonly country?: string;
  readonly asn?: number;
  readonly asName?: string;
  readonly city?: string;
  readonly location?: { readonly lat: number; readonly lon: number };
}
export type GeoLookup = (ip: string) => Place;

/** The country database that ships with Quell (CC0). */
function defaultCountryFile(): string {
  return createRequire(import.meta.url).resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  );
}

/**
 * Country from an mmdb file with `country_code` records, overlaid by the operator's own ranges. Ranges: one line each,
 * `cidr,country,asn,as name,city,lat,lon`, trailing fields optional, `#` begins a comment; the longest prefix wins. Errors: CONFIG with the line.
 */
export function openGeo(options: { readonly countryFile?: string; readonly rangesFile?: string } = {}): GeoLookup {
  const reader = new Reader<never>(readFileSync(options.countryFile ?? defaultCountryFile()));
  const ranges = rangesIn(options.rangesFile === undefined ? '' : readFileSync(options.rangesFile, 'utf8'));
  return (ip) => {
    const address = addressOf(ip);
    if (address === undefined) return {};
    const record = reader.get(address) as { readonly country_code?: string } | null;
    return { ...placeIn({ country: record?.country_code }), ...ranges.holding(address)[0] };
  };
}

function rangesIn(text: string): NetworkTable<Place> {
  const ranges = new NetworkTable<Place>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const bare = line.replace(/#.*/, '').trim();
    if (bare !== '') addRange(ranges, bare, i + 1);
  }
  return ranges;
}

function addRange(ranges: NetworkTable<Place>, line: string, number: number): void {
  const [network = '', country = '', asn = '', asName = '', city = '', lat = '', lon = ''] = line
    .split(',')
    .map((f) => f.trim());
  const isWritten =
    network.includes('/') &&
    /^([A-Z]{2})?$/.test(country) &&
    /^\d*$/.test(asn) &&
    (lat === '') === (lon === '') &&
    !Number.isNaN(Number(lat) + Number(lon));
  const place = {
    ...placeIn({ country, city, lat, lon }),
    ...(asn === '' ? {} : { asn: Number(asn) }),
    ...(asName === '' ? {} : { asName }),
  };
  if (!isWritten || !ranges.add(network, place))
    throw new QuellError(
      'CONFIG',
      `address ranges, line ${String(number)}: expected cidr,country,asn,as name,city,lat,lon`,
    );
}

/**
 * The row with its address and its place in their one form, whichever adapter read it, and what the vendor did not say filled in, as far as
 * it fits with what the vendor said: its own words stay, and no city of another country joins them.
 */
export function placed(row: EvidenceEvent, geo: GeoLookup): EvidenceEvent {
  const { ip: said, country: _country, city: _city, location: at, ...rest } = row;
  const ip = clientAddress(said);
  const event = {
    ...rest,
    ...(ip === undefined ? {} : { ip }),
    ...placeIn({ country: row.country, city: row.city, lat: at?.lat, lon: at?.lon }),
  };
  if (ip === undefined) return event;
  const { asName, city, location, ...known } = geo(ip);
  const sameNetwork = event.asn === undefined || event.asn === known.asn;
  const samePlace = (event.country === undefined || event.country === known.country) && event.city === undefined;
  return {
    ...known,
    ...(sameNetwork && asName !== undefined ? { asName } : {}),
    ...(samePlace && city !== undefined ? { city } : {}),
    ...(samePlace && location !== undefined ? { location } : {}),
    ...event,
  };
}
