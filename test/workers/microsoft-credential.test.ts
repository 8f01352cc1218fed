import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Credentials } from '../../workers/credentials.js';
import { microsoftCredential } from '../../workers/microsoft-credential.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-credential-'));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  [
    ['certificate', 'thumbprint', 'secret'],
    '/token',
    { certificate: { privateKeyPem: 'certificate', thumbprintSha256: 'thumbprint' } },
  ],
  [['secret'], '/token', { clientSecret: 'secret' }],
  [[], '/token', { federatedTokenFile: '/token' }],
] as const)('of %j and the file %s takes what is hardest to lose', (files, file, expected) => {
  const own = mkdtempSync(join(tmpdir(), 'quell-credential-'));
  for (const name of files) writeFileSync(join(own, `microsoft.main.${name}`), name, { mode: 0o600 });
  const credentials = Credentials.read(own, 'evidence');
  rmSync(own, { recursive: true });
  expect(microsoftCredential('main', 'client', credentials, file)).toEqual({ clientId: 'client', ...expected });
});

it('is refused without any', () => {
  expect(() => microsoftCredential('main', 'client', Credentials.read(folder, 'evidence'), '')).toThrow(/CONFIG/);
});
