import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Credentials } from '../../../workers/credentials.js';
import { microsoftCredential } from '../../../platforms/microsoft/credential.js';

const MAIN = { platform: 'microsoft', tenant: 'main' };
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
  expect(microsoftCredential('client', credentials.of(MAIN), file)).toEqual({ clientId: 'client', ...expected });
});

it('is refused without any', () => {
  expect(() => microsoftCredential('client', Credentials.read(folder, 'evidence').of(MAIN), undefined)).toThrow(
    /CONFIG/,
  );
});
