import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGeo } from '../../../activities/evidence/index.js';
import { placed } from '../../../activities/evidence/geo.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';

const file = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-geo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'ranges.csv');
  writeFileSync(path, text);
  return path;
};

describe('geo', () => {
  it('knows countries of real networks, also of IPv4 inside IPv6, and nothing of what is no address', () => {
    const geo = openGeo();
    expect(geo('8.8.8.8')).toEqual({ country: 'US' });
    expect(geo('::ffff:8.8.8.8')).toEqual({ country: 'US' });
    expect(geo('192.0.2.1')).toEqual({});
    expect(geo('not an address')).toEqual({});
  });

  it('lets the operator say more, the longest prefix first', () => {
    const geo = openGeo({
      rangesFile: file(
        '# own\n198.51.100.0/24,DE,64496,Example Office\n198.51.100.128/25,FR,64497,Example Lab,Paris,48.85,2.35 # lab\n',
      ),
    });
    expect(geo('198.51.100.1')).toEqual({ country: 'DE', asn: 64496, asName: 'Example Office' });
    expect(geo('198.51.100.200')).toEqual({
      country: 'FR',
      asn: 64497,
      asName: 'Example Lab',
      city: 'Paris',
      location: { lat: 48.85, lon: 2.35 },
    });
  });

  it.each([
    '198.51.100.0,DE',
    '198.51.100.0/24,Germany',
    '198.51.100.0/24,DE,AS1',
    '198.51.100.0/24,DE,1,x,y,48.1',
    '198.51.100.0/24,DE,1,x,y,a,b',
  ])('names the line of %s', (line) => {
    expect(() => openGeo({ rangesFile: file(`\n${line}`) })).toThrow(/line 2/);
  });
});

describe('what the vendor said of an address', () => {
  const RANGE = {
    country: 'DE',
    asn: 64777,
    asName: 'Example Virtual Servers',
    city: 'Frankfurt',
    location: { lat: 50.11, lon: 8.68 },
  };
  const row = (said: Partial<EvidenceEvent>): EvidenceEvent => ({
    ...{ id: 'e', kind: 'sign_in', platform: 'google', tenant: 'main', source: 's', logSource: 'user_access' },
    ...{ at: '2026-03-01T00:00:00.000Z', operation: 'login_success', ip: '203.0.113.9' },
    ...said,
  });
  it.each([
    ['nothing', {}, RANGE],
    [
      'network and country: the name of the one and the place in the other come with it',
      { country: 'DE', asn: 64777 },
      RANGE,
    ],
    ['another network: its name is not known', { asn: 64500 }, { ...RANGE, asn: 64500, asName: undefined }],
    [
      'another country: no city of this one',
      { country: 'NL' },
      { country: 'NL', asn: 64777, asName: 'Example Virtual Servers', city: undefined, location: undefined },
    ],
    ['a city of its own', { country: 'DE', city: 'Berlin' }, { ...RANGE, city: 'Berlin', location: undefined }],
  ])('%s', (_, said, expected) => {
    const { country, asn, asName, city, location } = placed(row(said), () => RANGE);
    expect({ country, asn, asName, city, location }).toEqual(expected);
  });
});
