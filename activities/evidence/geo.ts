import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ipaddr from 'ipaddr.js';
import { Reader } from 'mmdb-lib';
import { QuellError } from '../../domain/errors.js';
import type { EvidenceEvent } from '../../domain/evidence.js';

/** What is known of an address. Absent means unknown. */
export interface Place {
  readonly country?: string;
  readonly asn?: number;
  readonly asName?: string;
  readonly city?: string;
  readonly location?: { readonly lat: number; readonly lon: number };
}
export type GeoLookup = (ip: string) => Place;

interface Range extends Place {
  readonly cidr: [ipaddr.IPv4 | ipaddr.IPv6, number];
}

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
  const ranges = options.rangesFile === undefined ? [] : parseRanges(readFileSync(options.rangesFile, 'utf8'));
  return (ip) => {
    if (!ipaddr.isValid(ip)) return {};
    const address = ipaddr.process(ip);
    const own = ranges.find(({ cidr }) => cidr[0].kind() === address.kind() && address.match(cidr));
    const record = reader.get(address.toString()) as { readonly country_code?: string } | null;
    const { cidr: _cidr, ...place } = own ?? { cidr: undefined };
    return { ...(record?.country_code === undefined ? {} : { country: record.country_code }), ...place };
  };
}

/** Longest prefix first. */
function parseRanges(text: string): readonly Range[] {
  const ranges = text.split(/\r?\n/).flatMap((line, i) => {
    const bare = line.replace(/#.*/, '').trim();
    return bare === '' ? [] : [parseRange(bare, i + 1)];
  });
  return ranges.sort((a, b) => b.cidr[1] - a.cidr[1]);
}

function parseRange(line: string, number: number): Range {
  const [cidr = '', country = '', asn = '', asName = '', city = '', lat = '', lon = ''] = line
    .split(',')
    .map((f) => f.trim());
  if (
    !ipaddr.isValidCIDR(cidr) ||
    !/^([A-Z]{2})?$/.test(country) ||
    !/^\d*$/.test(asn) ||
    (lat === '') !== (lon === '') ||
    Number.isNaN(Number(lat) + Number(lon))
  ) {
    throw new QuellError(
      'CONFIG',
      `address ranges, line ${String(number)}: expected cidr,country,asn,as name,city,lat,lon`,
    );
  }
  return {
    cidr: ipaddr.parseCIDR(cidr),
    ...(country === '' ? {} : { country }),
    ...(asn === '' ? {} : { asn: Number(asn) }),
    ...(asName === '' ? {} : { asName }),
    ...(city === '' ? {} : { city }),
    ...(lat === '' ? {} : { location: { lat: Number(lat), lon: Number(lon) } }),
  };
}

/** Fills in what the vendor did not say, as far as it fits with what the vendor said: its own words stay, and no city of another country joins them. */
export function placed(event: EvidenceEvent, geo: GeoLookup): EvidenceEvent {
  if (event.ip === undefined) return event;
  const { asName, city, location, ...known } = geo(event.ip);
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
