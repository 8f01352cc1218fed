import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  guestAddressOf,
  mailOf,
  objectIdOf,
  objectIdOfSid,
  samNameOf,
  sidOf,
  withoutTag,
} from '../../domain/account-names.js';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x', 'y', '0', '1', '9'), minLength: 1, maxLength: 12 });
const local = fc.tuple(word, fc.constantFrom('', '.', '_', '-', '+', "'", '#'), word).map((parts) => parts.join(''));
const mail = fc.tuple(local, word).map(([name, domain]) => `${name}@${domain}.example.com`);

describe('a mail address or principal name', () => {
  it.each([
    ['dana@example.com', 'dana@example.com'],
    ['Dana@EXAMPLE.com', 'dana@example.com'],
    ['<dana@example.com>', 'dana@example.com'],
    ['"Weiss, Dana" <dana@example.com>', 'dana@example.com'],
    ['mailto:dana@example.com', 'dana@example.com'],
    ['SMTP:Dana@example.com', 'dana@example.com'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['dana+x@example.com', 'dana+x@example.com'],
    ['r&d/lab@example.com', 'r&d/lab@example.com'],
    ['jürgen@example.com', 'jürgen@example.com'],
    ['ju\u0308rgen@example.com', 'jürgen@example.com'],
    ['JÜRGEN@example.com', 'jürgen@example.com'],
    ['dana@müller.example.com', 'dana@xn--mller-kva.example.com'],
    ['dana@XN--MLLER-KVA.example.com', 'dana@xn--mller-kva.example.com'],
    ['kim_example.com#EXT#@tenant.example.com', 'kim_example.com#ext#@tenant.example.com'],
    ['"dana@example.com"', 'dana@example.com'],
    ["'dana@example.com'", 'dana@example.com'],
    ['\ufeffdana@\u00adexample.com\u200b', 'dana@example.com'],
    ['users/dana@example.com', 'dana@example.com'],
    ['AzureAD\\dana@example.com', 'dana@example.com'],
    ['google.com#dana@example.com', 'dana@example.com'],
    ['mail#dana@example.com', 'dana@example.com'],
  ])('%s is %s', (text, one) => {
    expect(mailOf(text)).toBe(one);
  });

  it.each([
    ...[
      '',
      '@',
      'dana',
      'dana@',
      '@example.com',
      'dana@example',
      'a b@example.com',
      '.dana@example.com',
      'dana.@example.com',
    ],
    ...[
      'da..na@example.com',
      'dana@-example.com',
      'dana@example..com',
      'dana@example.com, kim@example.com',
      `${'a'.repeat(300)}@example.com`,
    ],
    ...[undefined, null, 7, {}, ['dana@example.com']],
  ])('%j is none', (text) => {
    expect(mailOf(text)).toBeUndefined();
  });

  it('is one in any case, and the form of the form is itself', () => {
    fc.assert(
      fc.property(mail, (address) => {
        expect(mailOf(address)).toBe(address);
        for (const written of [address.toUpperCase(), ` ${address} `, `<${address}>`, `mailto:${address}`])
          expect(mailOf(written)).toBe(address);
      }),
    );
  });

  it('is never one with another: not by dots, tags, signs or letters that look alike', () => {
    fc.assert(
      fc.property(mail, mail, (a, b) => {
        expect(mailOf(a) === mailOf(b)).toBe(a === b);
      }),
    );
    const alike = [
      'dana@example.com',
      'd.ana@example.com',
      'dana+x@example.com',
      'dаna@example.com',
      'dana@examp1e.com',
      'dana@example.co',
    ];
    expect(new Set(alike.map(mailOf)).size).toBe(alike.length);
  });

  it('never breaks anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(mailOf(mailOf(value))).toBe(mailOf(value));
      }),
    );
  });
});

describe('a guest', () => {
  it('has the address that the name was made of, its own underscores included', () => {
    expect(guestAddressOf('kim_example.com#EXT#@tenant.example.com')).toBe('kim@example.com');
    expect(guestAddressOf('kim_lee_example.com#ext#@tenant.example.com')).toBe('kim_lee@example.com');
    for (const name of ['kim@example.com', '#EXT#@tenant.example.com', 'kim#EXT#@tenant.example.com'])
      expect(guestAddressOf(name)).toBeUndefined();
    fc.assert(
      fc.property(mail, (address) => {
        const name = `${address.replace('@', '_')}#EXT#@tenant.example.com`;
        expect(guestAddressOf(name)).toBe(address);
        expect(mailOf(name)).toBe(name.toLowerCase());
      }),
    );
  });

  it('has an address without its tag', () => {
    expect(withoutTag('dana+x+y@example.com')).toBe('dana@example.com');
    expect(withoutTag('dana@example.com')).toBeUndefined();
    expect(withoutTag('+x@example.com')).toBeUndefined();
  });
});

describe('ids', () => {
  const id = '11111111-aaaa-4111-8111-11111111bbbb';
  it.each([id, id.toUpperCase(), `{${id}}`, ` ${id} `, `users/${id}`, `/servicePrincipals/${id}`])(
    '%s is an object id',
    (text) => {
      expect(objectIdOf(text)).toBe(id);
    },
  );
  it.each(['', 'dana@example.com', id.slice(1), `${id}0`, '00000000-0000-0000-0000-000000000000', 7, null])(
    '%j is none',
    (text) => {
      expect(objectIdOf(text)).toBeUndefined();
    },
  );

  it('of Entra stand in the account’s own SID', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 16, maxLength: 16 }), (bytes) => {
        fc.pre(bytes.some((b) => b !== 0));
        const view = new DataView(Uint8Array.from(bytes).buffer);
        const sid = `S-1-12-1-${[0, 4, 8, 12].map((at) => view.getUint32(at, true)).join('-')}`;
        // A GUID's first three parts are numbers with the lowest byte first, the rest are bytes.
        const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
        const rest = bytes
          .slice(8)
          .map((b) => hex(b, 2))
          .join('');
        const guid = `${hex(view.getUint32(0, true), 8)}-${hex(view.getUint16(4, true), 4)}-${hex(view.getUint16(6, true), 4)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
        expect(sidOf(sid.toLowerCase())).toBe(sid);
        expect(objectIdOfSid(sid)).toBe(guid);
      }),
    );
    for (const sid of ['S-1-5-21-1-2-3-500', 'S-1-12-1-1-2-3', 'S-1-12-1-4294967296-1-1-1', 'x'])
      expect(objectIdOfSid(sid)).toBeUndefined();
    for (const text of ['S-1-5-21-1-2-3-500', 's-1-5-18']) expect(sidOf(text)).toBe(text.toUpperCase());
    for (const text of ['S-1', 'S-1-5-x', '', 7]) expect(sidOf(text)).toBeUndefined();
  });

  it('of a domain on premises are a domain and a name', () => {
    expect(samNameOf('example\\Dana')).toEqual({ domain: 'EXAMPLE', name: 'dana' });
    for (const text of ['dana', 'dana@example.com', 'a\\b\\c', '\\dana', 'example\\', 7])
      expect(samNameOf(text)).toBeUndefined();
  });
});

describe('a name as a vendor writes it', () => {
  it.each([
    ['i:0#.f|membership|Dana@example.com', 'dana@example.com'],
    ['0#.f|membership|dana@example.com', 'dana@example.com'],
    ['urn:spo:guest#kim@example.net', 'kim@example.net'],
    ['live.com#dana@example.com', 'dana@example.com'],
    ['SMTP:dana@example.com', 'dana@example.com'],
    ['Dana Weiss <dana@example.com>', 'dana@example.com'],
  ])('is the address in it: %s', (text, address) => {
    expect(mailOf(text)).toBe(address);
  });
  it.each([
    'urn:spo:anon#0123abcd',
    'NT AUTHORITY\\SYSTEM',
    'i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint',
  ])('is none: %s', (text) => {
    expect(mailOf(text)).toBeUndefined();
  });
  it('keeps a local part that only looks like it', () => {
    expect(mailOf('a|b@example.com')).toBe('a|b@example.com');
    expect(guestAddressOf(mailOf('Kim_L_example.net#EXT#@tenant.example.com') ?? '')).toBe('kim_l@example.net');
  });
});

it('one of several in a list with bars, or of many signs, is no address', () => {
  expect(mailOf('mallory@example.com | Victim <victim@example.com>')).toBeUndefined();
  expect(mailOf(`a${'@'.repeat(900)})`)).toBeUndefined();
  expect(mailOf('kim@example.com (Kim Doe)')).toBe('kim@example.com');
});
