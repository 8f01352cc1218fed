import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanSecrets } from '../../../activities/analysis/secrets.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { testKeys } from '../../store/support.js';
import { event } from '../support/vendor.js';

const keys = testKeys();
const key = keys.secret('registry');
const message = (text: string, id = 'm'): EvidenceEvent => event(id, { kind: 'message', text });
const kinds = async (text: string): Promise<readonly string[]> =>
  (await scanSecrets([message(text)], key)).map((h) => h.kind);

/** Joined at run time, so that no scanner of this repository takes them for real. */
const t = (...parts: readonly string[]): string => parts.join('');

describe('scanSecrets', () => {
  it.each([
    ['password', 'the password: S3cure-Pony!'],
    ['password', 'password is correcthorse9'],
    ['password', 'PWD="abcd1234"'],
    ['password', 'Das Passwort ist Sommer2026!'],
    ['password', 'login ada / pw = winter12'],
    ['api_key', 'api_key = "abcDEF123456"'],
    ['api_key', 'CLIENT_SECRET: 8f3a9c2b1d4e5f60'],
    ['stripe_key', t('sk_', 'live_', '4eC39HqLyjWDarjtT1zdp7dc')],
    ['google_api_key', t('AI', 'zaSyA1234567890abcdefghijklmnopqrstuv')],
    ['aws_key_id', t('AK', 'IAIOSFODNN7EXAMPLX')],
    ['jwt', t('eyJ', 'hbGciOiJIUzI1NiJ9.eyJ', 'zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N')],
    [
      'private_key',
      t(
        '-----BEGIN PRIV',
        'ATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIOSKsFm8qfVx8yY1k1d0rXc4C0mKq4m3t8Y1k1d0rXc4\n-----END PRIVATE KEY-----',
      ),
    ],
    ['slack', t('xox', 'b-123456789012-1234567890123-abcdefghijklmnopqrstuvwx')],
    ['github', t('gh', 'p_1234567890abcdefghijklmnopqrstuvwxyz')],
  ])('finds a %s', async (kind, text) => {
    expect(await kinds(text)).toContain(kind);
  });

  it.each([
    'password reset',
    'Your password is expired',
    'the password: ******',
    'password policy: see wiki',
    'pw: <redacted>',
    'I forgot my password',
    'token bucket',
    'pass the word',
  ])('finds nothing in "%s"', async (text) => {
    expect(await kinds(text)).toEqual([]);
  });

  it('looks at file names too, names each secret once per row, and never gives it away', async () => {
    const rows = [
      event('f', { kind: 'file_upload', target: { type: 'file', id: 'F1', name: 'password=hunter-two-2026.txt' } }),
      message('password: hunter-two-2026, again password: hunter-two-2026', 'n'),
    ];
    const hits = await scanSecrets(rows, key);
    expect(hits.map((h) => h.eventId)).toEqual([event('f').id, event('n').id]);
    expect(JSON.stringify(hits)).not.toContain('hunter');
  });

  it('gives the same secret one fingerprint, which another organisation does not share', async () => {
    const [a, b] = await scanSecrets([message('password: winter2026', 'a'), message('pwd=winter2026', 'b')], key);
    expect(a?.fingerprint).toBe(b?.fingerprint);
    const [other] = await scanSecrets([message('password: winter2026')], keys.secret('payload'));
    expect(other?.fingerprint).not.toBe(a?.fingerprint);
  });

  it('names the row of a secret wherever it lies in a large batch', async () => {
    const token = t('xox', 'b-123456789012-1234567890123-abcdefghijklmnopqrstuvwx');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 40, unit: fc.constantFrom('a', 'ä', ' ', '\n', '😀') }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.nat(),
        async (texts, n) => {
          const at = n % texts.length;
          const rows = texts.map((text, i) => message(i === at ? `${text} ${token} ${text}` : text, String(i)));
          expect((await scanSecrets(rows, key)).map((h) => h.eventId)).toEqual([event(String(at)).id]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('comes to an end on what would stop a careless pattern', async () => {
    const nasty = [
      'password'.repeat(5000),
      `password: ${'a='.repeat(20_000)}`,
      '-----BEGIN PRIVATE KEY-----'.repeat(1500),
      'eyJ'.repeat(15_000),
    ];
    await expect(
      scanSecrets(
        nasty.map((text, i) => message(text, String(i))),
        key,
      ),
    ).resolves.toBeDefined();
  });
});
