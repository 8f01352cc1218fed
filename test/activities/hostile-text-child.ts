/** Child of hostile-text.test.ts: puts long hostile texts through everything of Quell's own that looks at an attacker's words, and says what it begins with. */
import { indicatorsOf } from '../../activities/analysis/intelligence/intelligence.js';
import { scanSecrets } from '../../activities/analysis/secrets.js';
import { inline } from '../../activities/records/report/markup.js';
import { scrub } from '../../activities/scrub.js';
import { matches } from '../../domain/indicators/shared/keywords.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { noticeKind } from '../../platforms/notice.js';
import { event } from './support/vendor.js';

/** A pattern that goes back over what it has seen needs the square of this. */
const CHARS = 200_000;
const key = { keyId: 'k', bytes: Buffer.alloc(32) };
const said = (text: string): EvidenceEvent =>
  event('e', { kind: 'message', text, target: { type: 'file', id: 'F1', name: text }, urls: [text] });

const LOOKS: Readonly<Record<string, (text: string) => unknown>> = {
  scrub,
  secrets: (text) => scanSecrets([said(text)], key),
  keywords: (text) => matches([text], ['private key']),
  indicators: (text) => indicatorsOf(said(text)),
  notice: noticeKind,
  report: inline,
};

/** Beginnings of what the patterns look for, over and over, so that each place could be a beginning; the end fits none. */
const PIECES = [
  ...['a', 'a-', 'a.', '1-', '-', ' ', '\n', '.', '@', '*', '**', '`', '%', '\\', '"'],
  ...[
    'a@',
    'a@a.',
    'http://',
    'https://a@',
    'hxxp://a.',
    '://a:',
    '[.]',
    'Bearer ',
    'Basic ',
    'xoxb-',
    '-eyJ',
    'eyJaaaaaaaaaaa.',
  ],
  ...[
    'password:',
    'password ',
    'pw is ',
    'mot de passe',
    'api_key=',
    'client-secret"',
    'sk_live_',
    'AKIA',
    'AIza',
    'pypi-',
    'SK0',
  ],
  ...[
    'AccountKey=',
    'AccountKey=AAAA',
    'M'.repeat(24) + '.',
    '12345678:AA',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN RSA ',
  ],
  ...[
    'ghp_',
    'npm_',
    '_authToken=',
    '//registry.npmjs.org/:_authToken=',
    'mongodb://a:',
    'SG.',
    'sk-',
    'shpat_',
    'glpat-',
    'hf_',
  ],
  ...['aws_secret_access_key=', '"private_key":"', 'hooks.slack.com/services/T', 'op://', 'recovery ', 'two-', 'sign-'],
];

for (const [name, look] of Object.entries(LOOKS)) {
  for (const piece of PIECES) {
    process.stdout.write(`${name} ${JSON.stringify(piece)}\n`);
    await look(`${piece.repeat(Math.ceil(CHARS / piece.length))}!`);
  }
}
process.stdout.write('all\n');
