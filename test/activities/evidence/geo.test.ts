import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGeo } from '../../../activities/evidence/index.js';

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
