import { describe, expect, it } from 'vitest';
import { assertBlockable } from '../../../activities/containment/addresses.js';

const PROTECTED = expect.objectContaining({ code: 'PROTECTED' }) as Error;
const blocking = (address: string, never: readonly string[] = []) => {
  return () => assertBlockable(address, never);
};

describe('an address may be blocked', () => {
  it.each([
    ['192.0.2.1'],
    ['198.51.100.7'],
    ['203.0.113.255'],
    ['2001:db8::1'],
    ['2000::1'], // of a block that nobody was given
    ['::ffff:198.51.100.7'],
  ])('when it is public: %s', (address) => {
    expect(blocking(address)).not.toThrow();
    expect(blocking(address, ['192.0.2.128/25', '2001:db8:1::/48'])).not.toThrow();
  });

  it.each([
    ['10.1.2.3'],
    ['127.0.0.1'],
    ['169.254.1.1'],
    ['224.0.0.1'],
    ['0.0.0.0'],
    ['100.64.0.1'],
    ['fd00::1'],
    ['fe80::1'],
    ['::1'],
    ['::ffff:10.0.0.1'],
    ['2002:c000:20a::1'], // 192.0.2.10 by 6to4
    ['2001::1'],
    ['198.51.100.0/24'],
    ['198.51.100.7, 198.51.100.8'],
    ['x'],
    [''],
  ])('and never otherwise: %s', (address) => {
    expect(blocking(address)).toThrow(PROTECTED);
  });

  it('and never when it is on the list, in whatever spelling and place', () => {
    const never = ['203.0.113.0/25', '2001:db8:1::/48'];
    for (const address of ['203.0.113.5', '::ffff:203.0.113.5', '2001:db8:1::5', '2001:0DB8:0001::5'])
      expect(blocking(address, never)).toThrow(PROTECTED);
    for (const address of ['203.0.113.128', '2001:db8:2::5']) expect(blocking(address, never)).not.toThrow();
  });

  it('and never because of what cannot be read as one address', () => {
    for (const text of ['x', '', '198.51.100.7, 198.51.100.8']) expect(blocking(text)).toThrow('not an address');
  });

  it('and never while the list holds what is no network, for nobody knows what that was to protect', () => {
    for (const never of [['office'], ['203.0.113.0/25', '203.0.113.0/33'], ['']])
      expect(blocking('198.51.100.7', never)).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
  });
});
