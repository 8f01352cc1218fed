import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanPieces } from '../../../../activities/analysis/secret-scan/scan.js';
import { plainText } from '../../../../domain/text.js';

const key = new Uint8Array(32);
const scan = (text: string): number => scanPieces([{ eventId: 'e', text }], key).length;
const CHARS = 60_000;

/** Beginnings of everything that is looked for: a pattern that goes back over them would not come to an end here. */
const BEGINNINGS = [
  ...[
    'password ',
    'password: ',
    'password is ',
    'mot de passe de ',
    'password for a ',
    'hasło to ',
    'パスワードは',
    'DB_',
    'pass\n',
    'pw - ',
  ],
  ...[
    'api key ',
    'client_secret=',
    'token of ',
    'login: a / ',
    'a@a.a:',
    'x is the ',
    '"password":"',
    '<password>',
    '--password ',
  ],
  ...[
    'xoxc-',
    'xoxd-',
    'xoxe.xoxp-',
    'https://a:',
    'postgres://a:a',
    'hooks.slack.com/services/T',
    '.webhook.office.com/webhookb2/',
  ],
  ...[
    '/webhooks/1',
    'abc8Q~',
    '~',
    'a~',
    '?sig=',
    'AccountKey=',
    'AKIA',
    'eyJaaaaaaaaaaa.',
    'PRIVATE KEY',
    '-----BEGIN PRIVATE KEY-----',
  ],
  ...[
    'Bearer ',
    'Authorization: Basic ',
    'curl -u a:',
    'curl ',
    'mysql ',
    'Private-Lines: 1 ',
    '*',
    '**a',
    '_a',
    '~a ',
    '||',
    '<b>',
    '<',
    '&#',
    '&amp;',
    '\u200b',
  ],
];

describe('a text of an attacker', () => {
  it.each(BEGINNINGS)('comes to an end: %j over and over', (piece) => {
    const text = `${piece.repeat(Math.ceil(CHARS / piece.length))}!`;
    expect(scan(text)).toBeGreaterThanOrEqual(0);
  });

  it('comes to an end whatever it is made of', () => {
    const pieces = fc.array(fc.constantFrom(...BEGINNINGS, ' ', '\n', 'a', '1', '"'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const unit = parts.join('');
        scan(unit.repeat(Math.ceil(20_000 / unit.length)));
      }),
      { numRuns: 60 },
    );
  });

  it('hides no token: what stands before and after it in its line does not matter', () => {
    const token = ['xox', 'c-123456789012-123456789012-1234567890123-', '0a1b2c3d4e5f6071'.repeat(4)].join('');
    const word = fc.constantFrom('see', 'password', 'for', 'is', 'the', 'Passwort', ':', '*', '"', '(', 'example');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.array(word, { maxLength: 8 }), (before, after) => {
        expect(scan([...before, token, ...after].join(' '))).toBeGreaterThan(0);
      }),
    );
  });
}, 120_000);

describe('invisible characters and dress', () => {
  it('change nothing: the same secret has the same fingerprint', () => {
    const hidden = fc.constantFrom('\u200b', '\u00ad', '\u2060', '\ufeff', '\u202e', '\u200d', '\ufe0f');
    const plain = 'password: Winter-Otter-2291';
    const [hit] = scanPieces([{ eventId: 'e', text: plain }], key);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(plain.length), hidden), { maxLength: 12 }), (marks) => {
        let text = plain;
        for (const [at, mark] of marks) text = text.slice(0, at) + mark + text.slice(at);
        expect(scanPieces([{ eventId: 'e', text }], key)).toEqual([hit]);
      }),
    );
    for (const dressed of [
      '*password*: `Winter-Otter-2291`',
      '<strong>password</strong>:&nbsp;<code>Winter-Otter-2291</code>',
      'ｐａｓｓｗｏｒｄ：Ｗｉｎｔｅｒ-Ｏｔｔｅｒ-２２９１',
    ])
      expect(scanPieces([{ eventId: 'e', text: dressed }], key)).toEqual([hit]);
  });

  it('are gone in plain text, which stays as it is when it is made plain again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(plainText(text)).not.toMatch(/[\u200b-\u200f\u00ad\u2060\ufeff\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});
