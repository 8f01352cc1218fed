import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanSecrets } from '../../../activities/analysis/secrets.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { accountKey } from '../../../domain/leaks.js';
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
  it('leaves out what others told a team: it is read for what it announces', async () => {
    const text = 'the password: S3cure-Pony!';
    expect(await scanSecrets([event('m', { kind: 'message_received', text })], key)).toHaveLength(1);
    expect(await scanSecrets([event('m', { kind: 'team_message', text })], key)).toEqual([]);
  });

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
    ['slack_session', t('xox', 'c-3000000000001-3000000000002-3000000000003-', '1f2e3d4c5b6a7988'.repeat(4))],
    ['slack_session', `Cookie: b=1; d=${t('xox', 'd-')}${'QrStUv%2B'.repeat(10)}`],
    ['slack_webhook', t('https://hooks.slack', '.com/services/T0AAA1BBB/B0CCC2DDD/a1B2c3D4e5F6g7H8i9J0k1L2')],
    ['discord_webhook', t('https://discord', '.com/api/webhooks/112233445566778899/', 'aB3-_dE6'.repeat(8))],
    [
      'teams_webhook',
      t(
        'https://contoso.webhook',
        '.office.com/webhookb2/0f1e2d3c-4444-4444-8444-444444444444@55555555-5555-4555-8555-555555555555',
        '/IncomingWebhook/f0e1d2c3b4a5968778695a4b3c2d1e0f/66666666-6666-4666-8666-666666666666',
      ),
    ],
    ['entra_client_secret', `Value: ${t('xY1', '8', 'Q~zY8xW7vU6tS5rQ4pO3nM2lK1jI0hG_-.~fE')}`],
    ['google_client_secret', t('GOC', 'SPX-qW3eR5tY7uI9oP1aS3dF5gH7jK9l')],
    [
      'azure_sas',
      'https://files.blob.core.windows.net/c/f.zip?sv=2024-01-01&amp;sp=r&amp;sig=Zx9Yw8Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg0Fe9Dc8Ba7%2F%3D',
    ],
    // names in front of the word
    ['password', 'SHOP_DB_PASSWORD=Quiet.Lagoon.58'],
    ['password', 'MYSQL_PWD=Quiet.Lagoon.58 mysqldump shop'],
    ['password', 'app.mail.password: Quiet.Lagoon.58'],
    ['password', "rootPassword = 'Quiet.Lagoon.58'"],
    ['password', 'backup_pass: Quiet.Lagoon.58'],
    // what nobody sees, and what clients put around
    ['password', 'pa\u200cssword: Quiet-Lagoon-58'],
    ['password', 'Kenn\u00adwort: Quiet-Lagoon-58'],
    ['password', 'ｐｗｄ：Ｑｕｉｅｔ５８Lagoon'],
    ['password', '**Kennwort**: `Quiet-Lagoon-58`'],
    ['password', '_mot de passe_\n`Quiet-Lagoon-58`'],
    ['password', '<b>contrase&ntilde;a</b>:&nbsp;Quiet&amp;Lagoon-58'],
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
    'The root password is kept in the safe of the second floor',
    'her password is going to expire on Monday',
    'the password is easy to forget, so write it into the manager',
    'password: config.database.password',
    'Password: (as before)',
    'Router password: written underneath it',
    'pw: look into the handbook',
    'password=$ROOT_PW',
    'the token is revoked',
    'Passwort: weiß nur Zoe',
    'mot de passe : à demander au guichet',
    'la contraseña está escrita en el sobre',
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

  it.each([
    [
      'in the same sentence',
      'Take my account raj@example.com password: Blue-Heron-4471 until Friday. Ann is ann@example.com.',
      'raj@example.com',
    ],
    ['in any case of letters', 'Password for Raj@Example.com is Blue-Heron-4471', 'raj@example.com'],
    ['in the same line', 'Ask ann@example.com. The password is Blue-Heron-4471', 'ann@example.com'],
    ['in the line above', 'user: raj@example.com\npassword: Blue-Heron-4471', 'raj@example.com'],
    ['before the colon', 'raj@example.com:Blue-Heron-4471', 'raj@example.com'],
  ])('says whose account a password opens, when that stands %s, and not in clear', async (_, text, mail) => {
    const [hit] = await scanSecrets([message(text)], key);
    expect(hit).toMatchObject({ kind: 'password', account: accountKey(mail) });
    expect(JSON.stringify(hit)).not.toContain(mail);
  });

  it('names no account where the text names none, or the secret is no password', async () => {
    const token = t('gh', 'p_1234567890abcdefghijklmnopqrstuvwxyz');
    for (const text of [
      'password: Blue-Heron-4471',
      `ann@example.com made ${token}`,
      'ftp://ann:Blue-Heron-4471@files.example.com/',
    ])
      expect((await scanSecrets([message(text)], key)).map((h) => h.account)).toEqual([undefined]);
  });

  it('reads a file name by itself: it is no next line of the text, and its ending no part of the secret', async () => {
    const named = {
      ...message('here is the password'),
      target: { type: 'file', id: 'F1', name: 'Plan2026-v2.xlsx' },
    } as const;
    expect(await scanSecrets([named], key)).toEqual([]);
    const both = [
      message('password=hunter-two-2026'),
      event('f', { kind: 'file_upload', target: { type: 'file', id: 'F1', name: 'password=hunter-two-2026.txt' } }),
    ];
    const [a, b] = await scanSecrets(both, key);
    expect(a?.fingerprint).toBe(b?.fingerprint);
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
