import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isInside } from '../../domain/address.js';
import { NetworkTable } from '../../domain/network-table.js';

it('says of an address what is said of each network that holds it, the smallest first', () => {
  const table = new NetworkTable<string>();
  for (const network of ['198.51.100.0/24', '0.0.0.0/0', '198.51.100.7', '2001:DB8::/32'])
    expect(table.add(network, network)).toBe(true);
  expect(table.add('198.51.100.0/33', 'none')).toBe(false);
  expect(table.add('198.51.100.0/24', 'again')).toBe(true);
  expect(table.holding('::ffff:198.51.100.7')).toEqual(['198.51.100.7', '198.51.100.0/24', 'again', '0.0.0.0/0']);
  expect(table.holding('2001:db8::1')).toEqual(['2001:DB8::/32']);
  expect(table.holding('3fff::1')).toEqual([]);
  expect(table.holding('x')).toEqual([]);
});

it('holds what each of its networks holds', () => {
  const text = fc
    .tuple(fc.nat(3), fc.nat(255), fc.nat(32))
    .map(([a, b, length]) => `198.51.${String(a)}.${String(b)}/${String(length)}`);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.nat(3), fc.nat(255), (networks, a, b) => {
      const table = new NetworkTable<string>();
      for (const network of networks) table.add(network, network);
      const address = `198.51.${String(a)}.${String(b)}`;
      expect([...table.holding(address)].sort()).toEqual(networks.filter((n) => isInside(address, [n])).sort());
    }),
  );
});
