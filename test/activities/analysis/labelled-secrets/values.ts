import { DIGITS, HEX, LOWER, UPPER, WORDLIKE, type Random } from './random.js';

type Make = (r: Random) => string;

const WORDS = ['Otter', 'Heron', 'Winter', 'Harbour', 'Maple', 'Falcon', 'Copper', 'Violet', 'Ember', 'Tundra'];
const OTHER_WORDS = ['sommer', 'ciel', 'Roble', 'Fiume', 'mar', 'Molen', 'Wisla', 'fjord', 'Deniz', 'Sakura'];
const SIGNS = '!$%?#&+*-_=';

/** A password of three kinds of characters at least. */
const dense = (r: Random, n: number): string =>
  r.chars(LOWER, 2) + r.chars(DIGITS, 2) + r.chars(UPPER, 2) + r.chars('!#%+=_-', 1) + r.chars(WORDLIKE, n);

/** Passwords as people make them. */
export const PASSWORDS: readonly Make[] = [
  (r) => `${r.pick(WORDS)}-${r.pick(WORDS)}-${1000 + r.below(9000)}`,
  (r) => `${r.pick(WORDS)}${2019 + r.below(8)}!`,
  (r) => dense(r, 5),
  (r) => `${r.pick(WORDS)}${SIGNS.charAt(r.below(SIGNS.length))}${r.pick(WORDS)}${r.below(90) + 10}`,
  (r) => r.chars(LOWER, 4) + r.chars(DIGITS, 4) + r.chars(LOWER, 3),
];
export const OTHER_PASSWORDS: readonly Make[] = [
  (r) => `${r.pick(OTHER_WORDS)}_${r.pick(OTHER_WORDS)}${r.below(900) + 100}`,
  (r) => `${r.pick(OTHER_WORDS)}@${r.below(9000) + 1000}`,
  (r) => r.chars(UPPER, 3) + r.chars(LOWER, 4) + r.chars(DIGITS, 3) + r.pick(['$', '!', '*', '%']),
  (r) => `${r.pick(['P4ss', 'S3cr', 'L0gin', 'Adm1n', 'Qw3rt'])}${r.chars(WORDLIKE, 5)}${r.below(10)}`,
  (r) => r.chars(WORDLIKE, 6) + r.chars(DIGITS, 2) + r.chars(UPPER, 2) + r.chars(LOWER, 3),
];

/** Joined at run time, so that no scanner of this repository takes them for real. */
const t = (...parts: readonly string[]): string => parts.join('');
const uuid = (r: Random): string =>
  `${r.chars(HEX, 8)}-${r.chars(HEX, 4)}-4${r.chars(HEX, 3)}-a${r.chars(HEX, 3)}-${r.chars(HEX, 12)}`;
const base64url = (r: Random, text: string): string =>
  Buffer.from(text.replaceAll('#', () => r.chars(WORDLIKE, 1))).toString('base64url');
const B64 = WORDLIKE + '+/';

/** Kind → secrets in the form of their issuer. */
export const TOKENS: Readonly<Record<string, Make>> = {
  slack_bot: (r) => t('xox', 'b-', r.chars(DIGITS, 12), '-', r.chars(DIGITS, 13), '-', r.chars(WORDLIKE, 24)),
  slack_user: (r) =>
    t('xox', 'p-', r.chars(DIGITS, 12), '-', r.chars(DIGITS, 12), '-', r.chars(DIGITS, 13), '-', r.chars(HEX, 32)),
  slack_session: (r) =>
    t('xox', 'c-', r.chars(DIGITS, 12), '-', r.chars(DIGITS, 12), '-', r.chars(DIGITS, 13), '-', r.chars(HEX, 64)),
  slack_cookie: (r) =>
    t('xox', 'd-', r.chars(WORDLIKE, 30), '%2F', r.chars(WORDLIKE, 40), '%2B', r.chars(WORDLIKE, 30)),
  slack_app: (r) => t('xa', 'pp-1-A', r.chars(UPPER + DIGITS, 10), '-', r.chars(DIGITS, 13), '-', r.chars(HEX, 64)),
  slack_webhook: (r) =>
    t(
      'hooks.slack',
      '.com/services/T',
      r.chars(UPPER + DIGITS, 9),
      '/B',
      r.chars(UPPER + DIGITS, 10),
      '/',
      r.chars(WORDLIKE, 24),
    ),
  teams_webhook: (r) =>
    t(
      'contoso.webhook',
      '.office.com/webhookb2/',
      uuid(r),
      '@',
      uuid(r),
      '/IncomingWebhook/',
      r.chars(HEX, 32),
      '/',
      uuid(r),
    ),
  discord_webhook: (r) => t('discord', '.com/api/webhooks/1', r.chars(DIGITS, 17), '/', r.chars(WORDLIKE + '_-', 68)),
  google_client_secret: (r) => t('GOC', 'SPX-', r.chars(WORDLIKE + '_-', 28)),
  google_api_key: (r) => t('AI', 'za', r.chars(WORDLIKE, 35)),
  entra_client_secret: (r) => t(r.chars(WORDLIKE, 3), '8', 'Q~', r.chars(WORDLIKE + '_-.~', 33), r.chars(WORDLIKE, 1)),
  azure_sas: (r) => t(r.chars(WORDLIKE, 20), '%2B', r.chars(WORDLIKE, 18), '%3D'),
  azure_storage_key: (r) => t(r.chars(B64, 86), '=='),
  aws_key_id: (r) => t('AK', 'IA', r.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)),
  aws_secret_key: (r) => r.chars(B64, 40),
  github: (r) => t('gh', 'p_', r.chars(WORDLIKE, 36)),
  github_fine: (r) => t('github', '_pat_', r.chars(WORDLIKE, 22), '_', r.chars(WORDLIKE, 59)),
  gitlab: (r) => t('gl', 'pat-', r.chars(WORDLIKE + '_-', 20)),
  stripe: (r) => t('sk_', 'live_', r.chars(WORDLIKE, 24)),
  npm: (r) => t('np', 'm_', r.chars(WORDLIKE, 36)),
  pypi: (r) => t('py', 'pi-AgEIcHlwaS5vcmc', r.chars(WORDLIKE + '_-', 60)),
  jwt: (r) =>
    `${base64url(r, '{"alg":"HS256","typ":"JWT"}')}.${base64url(r, '{"sub":"########","iat":1760000000}')}.${r.chars(WORDLIKE + '_-', 43)}`,
  private_key: (r) => `${r.chars(B64, 64)}\n${r.chars(B64, 64)}\n${r.chars(B64, 42)}==`,
};

/** How a secret of each kind stands in a text; `{v}` is the secret. Others stand alone. */
export const CARRIED: Readonly<Record<string, readonly string[]>> = {
  slack_cookie: ['Cookie: d={v}', 'the d cookie is {v}'],
  slack_webhook: ['https://{v}'],
  teams_webhook: ['https://{v}'],
  discord_webhook: ['https://{v}'],
  azure_sas: [
    'https://files.blob.core.windows.net/reports/q3.xlsx?sv=2023-11-03&st=2026-03-01&se=2026-04-01&sr=b&sp=r&sig={v}',
    'https://prod-12.westeurope.logic.azure.com:443/workflows/0a1b/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig={v}',
  ],
  azure_storage_key: [
    'DefaultEndpointsProtocol=https;AccountName=files;AccountKey={v};EndpointSuffix=core.windows.net',
  ],
  aws_secret_key: ['aws_secret_access_key = {v}', 'AWS_SECRET_ACCESS_KEY={v}', '"SecretAccessKey": "{v}"'],
  private_key: [
    ['-----BEGIN RSA PRIV', 'ATE KEY-----\n{v}\n-----END RSA PRIV', 'ATE KEY-----'].join(''),
    ['-----BEGIN OPENSSH PRIV', 'ATE KEY-----\n{v}\n-----END OPENSSH PRIV', 'ATE KEY-----'].join(''),
  ],
};
