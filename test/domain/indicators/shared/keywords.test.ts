import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches } from '../../../../domain/indicators/shared/keywords.js';

describe('keywords', () => {
  it.each([
    ['passwords.txt', 'password'],
    ['PASSWORD', 'password'],
    ['db_secret', 'secret'],
    ['2026-secret-plan.docx', 'secret'],
    ['Gehälter (vertraulich).xlsx', 'vertraulich'],
    ['gehälter.xlsx', 'Gehälter'],
    ['Payroll March.xlsx', 'PAYROLL'],
    ['private key of the server', 'private key'],
    ['private_key.pem', 'private key'],
    ['customer-exports.csv', 'customer export'],
    ['source.code.zip', 'source-code'],
  ])('%s holds %s', (text, keyword) => {
    expect(matches([text], [keyword])).toBe(true);
  });

  it.each([
    ['secretary.docx', 'secret'],
    ['tokenizer.py', 'token'],
    ['passwordless-login.md', 'password'],
    ['mypassword', 'password'],
    ['key private', 'private key'],
    ['private keyboard', 'private key'],
    ['unprivate key', 'private key'],
    ['', 'secret'],
    ['anything', ''],
    ['', ''],
    ['a - b', '-'],
  ])('%s does not hold %s', (text, keyword) => {
    expect(matches([text], [keyword])).toBe(false);
  });

  it('does not join the words of two texts', () => {
    expect(matches(['private', 'key'], ['private key'])).toBe(false);
  });

  it('stand between any punctuation and never inside a word', () => {
    const around = fc.constantFrom(' ', '_', '-', '.', '/', '(', '"', '…', '#');
    const letter = fc.constantFrom('a', 'Z', '7', 'ä', 'я');
    fc.assert(
      fc.property(around, around, letter, fc.constantFrom('token', 'private key'), (a, b, c, keyword) => {
        expect(matches([`x${a}${keyword}${b}y`], [keyword])).toBe(true);
        expect(matches([`x${a}${c}${keyword}${b}y`], [keyword])).toBe(false);
        expect(matches([`x${a}${keyword}${c}${b}y`], [keyword])).toBe(false);
      }),
    );
  });
});
