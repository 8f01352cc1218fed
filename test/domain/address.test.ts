import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressesIn,
  addressOf,
  bitsOf,
  clientAddress,
  isInside,
  isPublic,
  isSamePlace,
  networkOf,
  notAddresses,
  notBlockableBecause,
  placeOf,
} from '../../domain/address.js';

const octet = fc.nat(255);
const v4 = fc.tuple(octet, octet, octet, octet);
const group = fc.nat(0xffff);
const v6 = fc.array(fc.oneof(group, fc.constant(0)), { minLength: 8, maxLength: 8 });
const dotted = (parts: readonly number[]): string => parts.join('.');
const hex = (n: number): string => n.toString(16);

/** RFC 5952 by its own rules: no leading zeros, the first longest run of two zeros or more is `::`. */
function rfc5952(groups: readonly number[]): string {
  let [best, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let run = 0;
    while (groups[at + run] === 0) run++;
    if (run > length) [best, length] = [at, run];
  }
  const text = (part: readonly number[]): string => part.map(hex).join(':');
  return best < 0 ? text(groups) : `${text(groups.slice(0, best))}::${text(groups.slice(best + length))}`;
}

/** What stands around an address in a log. */
const around = fc.constantFrom<((a: string) => string)[]>(
  (a) => a,
  (a) => ` ${a}\n`,
  (a) => `[${a}]`,
  (a) => `[${a}]:443`,
  (a) => a.toUpperCase(),
);
/** IPv4 that is carried in IPv6: mapped, translated, compatible, by the well-known prefix; in hex or with dots. */
const carried = fc.constantFrom(
  '::ffff:',
  '::FFFF:',
  '0:0:0:0:0:ffff:',
  '::ffff:0:',
  '64:ff9b::',
  '0064:FF9B:0:0:0:0:',
);
const pair = ([a, b, c, d]: readonly number[]): string =>
  `${hex(((a ?? 0) << 8) | (b ?? 0))}:${hex(((c ?? 0) << 8) | (d ?? 0))}`;

describe('every spelling of one address gives one form', () => {
  it('of IPv4', () => {
    fc.assert(
      fc.property(v4, around, fc.constantFrom('', ':80', '/32'), (parts, write, end) => {
        const text = dotted(parts);
        expect(addressOf(write(text))).toBe(text);
        expect(addressOf(`${text}${end}`)).toBe(text);
      }),
    );
  });

  it('of IPv4 in IPv6', () => {
    fc.assert(
      fc.property(v4, carried, around, fc.boolean(), (parts, prefix, write, isHex) => {
        // Below 0.1.0.0 IPv6 has addresses of its own there, and nobody is routed.
        fc.pre((parts[0] ?? 0) > 0 && (parts[0] ?? 0) < 255);
        expect(addressOf(write(prefix + (isHex ? pair(parts) : dotted(parts))))).toBe(dotted(parts));
      }),
    );
  });

  it('of IPv6', () => {
    fc.assert(
      fc.property(v6, around, fc.constantFrom('', '%eth0', '%12', '/128'), (groups, write, end) => {
        fc.pre(
          groups.slice(0, 6).some((g) => g !== 0) && groups[0] !== 0x64 && groups.slice(0, 4).some((g) => g !== 0),
        );
        const form = rfc5952(groups);
        const long = groups.map((g) => hex(g).padStart(4, '0')).join(':');
        for (const text of [
          form,
          long,
          groups.map(hex).join(':'),
          `${groups.slice(0, 6).map(hex).join(':')}:${dotted(groups.slice(6).flatMap((g) => [g >> 8, g & 255]))}`,
        ]) {
          expect(addressOf(write(text))).toBe(form);
          expect(addressOf(`${text}${end}`)).toBe(form);
        }
      }),
    );
  });

  it('and the form of the form is itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          v4.map(dotted),
          v6.map((g) => g.map(hex).join(':')),
          fc.string(),
        ),
        (text) => {
          const form = addressOf(text);
          if (form !== undefined) expect(addressOf(form)).toBe(form);
          const network = networkOf(text);
          if (network !== undefined) expect(networkOf(network)).toBe(network);
        },
      ),
    );
  });
});

describe('what is no address', () => {
  it.each([
    ...[
      '',
      ' ',
      '-',
      'unknown',
      'localhost',
      'x',
      '...',
      '12:34',
      '1',
      '127.1',
      '0x7f.0.0.1',
      '2130706433',
      '017.0.0.1',
    ],
    ...['198.51.100.300', '198.051.100.007', '198.51.100', '198.51.100.7.1', '198.51.100.7%eth0', '198.51.100.0/24'],
    ...[
      '1:2:3',
      '1:2:3:4:5:6:7:8:9',
      ':::',
      '1::2::3',
      '::ffff:198.051.100.7',
      '::ffff:198.51.100.300',
      '2001:db8::/32',
    ],
    ...['[198.51.100.7', '198.51.100.7]', '2001:db8::1%', '2001:db8::g', '198.51.100.7, 198.51.100.8', '９.9.9.9'],
    ...[undefined, null, 7, {}, [], true, '1.2.3.4'.padEnd(200)],
  ])('is not accepted: %j', (text) => {
    expect(addressOf(text)).toBeUndefined();
  });

  it('holds and is nothing', () => {
    expect(isInside('x', ['0.0.0.0/0', '::/0'])).toBe(false);
    expect(isInside('198.51.100.7', ['x', '', '198.51.100.0/33', '198.51.100.0/-1'])).toBe(false);
    expect(isPublic('x')).toBe(false);
    expect(isSamePlace(undefined, undefined)).toBe(false);
    expect(bitsOf('x')).toBeUndefined();
  });

  it('is told apart from what says that nothing was logged', () => {
    expect(notAddresses('198.51.100.300')).toEqual(['198.51.100.300']);
    expect(notAddresses('198.51.100.7, 198.051.100.007')).toEqual(['198.051.100.007']);
    for (const nothing of ['', ' ', '-', 'N/A', 'null', '<null>', undefined, null, '127.0.0.1', []])
      expect(notAddresses(nothing)).toEqual([]);
    expect(notAddresses(7)).toEqual(['(no text)']);
  });

  it('never breaks anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(addressesIn(value).every((a) => addressOf(a) === a)).toBe(true);
        expect(Array.isArray(notAddresses(value))).toBe(true);
      }),
    );
  });
});

describe('the client of a field', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 192.0.2.18, 192.0.2.119', '203.0.113.9'],
    ['203.0.113.9;192.0.2.18', '203.0.113.9'],
    ['10.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    [['', '203.0.113.9'], '203.0.113.9'],
    ['127.0.0.1', undefined],
    ['::1', undefined],
    ['fe80::1%eth0', undefined],
    ['100.64.0.1', undefined],
    ['::', undefined],
    ['0.0.0.0', undefined],
    ['::ffff:10.0.0.1', undefined],
    ['fd00::1', undefined],
    ['4000::1', undefined], // of what was never given to anybody
    ['', undefined],
    [undefined, undefined],
  ])('%j is %s', (field, client) => {
    expect(clientAddress(field)).toBe(client);
  });

  it('has a name for why it is nobody', () => {
    expect(notBlockableBecause('203.0.113.9')).toBeUndefined();
    expect(['127.0.0.1', '10.0.0.1', '::1', 'x'].map(notBlockableBecause)).toEqual([
      ...['loopback', 'private', 'loopback', 'no address'],
    ]);
  });
});

describe('places and networks', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
  ])('%s is at %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
    expect(placeOf(placeOf(address))).toBe(place);
  });

  it.each([
    ['198.51.100.7/24', '198.51.100.0/24'],
    ['198.51.100.7', '198.51.100.7/32'],
    ['::ffff:198.51.100.7/120', '198.51.100.0/24'],
    ['2001:DB8::1/32', '2001:db8::/32'],
    ['198.051.100.0/24', undefined],
    ['198.51.100.0/33', undefined],
    ['198.51.100.0/', undefined],
    ['::ffff:198.051.100.0/120', undefined],
  ])('%s is the network %s', (text, network) => {
    expect(networkOf(text)).toBe(network);
  });

  it('hold the addresses that begin as they do, and no other', () => {
    fc.assert(
      fc.property(v4, v4, fc.nat(32), (a, b, length) => {
        const bits = (parts: readonly number[]): string =>
          parts
            .map((n) => n.toString(2).padStart(8, '0'))
            .join('')
            .slice(0, length);
        const network = `${dotted(a)}/${String(length)}`;
        expect(isInside(dotted(b), [network])).toBe(bits(a) === bits(b));
        expect(isInside(`::ffff:${dotted(a)}`, [network])).toBe(true);
      }),
    );
  });
});

describe('what stands around addresses in a field', () => {
  it.each([
    ['::ffff:203.0.113.9:443', '203.0.113.9'],
    ['[::ffff:203.0.113.9]:443', '203.0.113.9'],
    ['"203.0.113.9"', '203.0.113.9'],
    ["'203.0.113.9'", '203.0.113.9'],
    ['["203.0.113.9","192.0.2.18"]', '203.0.113.9'],
    ["['10.0.0.7', '203.0.113.9']", '203.0.113.9'],
    ['[203.0.113.9, 192.0.2.18]', '203.0.113.9'],
    ['["[2001:db8::1]:443"]', '2001:db8::1'],
    ['[]', undefined],
    ['"unknown"', undefined],
  ])('%s is %s', (field, client) => {
    expect(clientAddress(field)).toBe(client);
    expect(notAddresses(field)).toEqual(field === '[]' ? ['[]'] : []);
  });
});
