import { describe, expect, it } from 'vitest';
import { codeOfStatus, codeWord } from '../../../platforms/kit/status.js';

describe('a status without a code of the vendor', () => {
  it.each([
    [200, 'VENDOR_REPLY'],
    [302, 'VENDOR_REPLY'],
    [400, 'VENDOR_REFUSED'],
    [401, 'VENDOR_AUTH'],
    [402, 'VENDOR_PLAN'],
    [403, 'VENDOR_SCOPE'],
    [404, 'VENDOR_NOT_FOUND'],
    [408, 'VENDOR_DOWN'],
    [409, 'VENDOR_REFUSED'],
    [410, 'VENDOR_NOT_FOUND'],
    [429, 'VENDOR_BUSY'],
    [500, 'VENDOR_DOWN'],
    [503, 'VENDOR_DOWN'],
  ] as const)('%i is %s', (status, code) => {
    expect(codeOfStatus(status)).toBe(code);
  });
});

describe('a word of the vendor', () => {
  it('is told when it looks like a code, and never when it is a sentence or an address', () => {
    expect(['invalid_grant', 'Authorization_RequestDenied', 'AADSTS-50126'].map(codeWord)).toEqual([
      ' invalid_grant',
      ' Authorization_RequestDenied',
      ' AADSTS-50126',
    ]);
    const told = ['', null, undefined, 'dana@example.com', 'Not allowed.\n', 'two words', 'x'.repeat(81)].map(codeWord);
    expect(told.join('')).toBe('');
  });
});
