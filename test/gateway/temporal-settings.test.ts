import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporalSettings } from '../../gateway/temporal-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-temporal-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('where Temporal is', () => {
  it('is what the environment says, then the configuration, then the dev server', () => {
    const configured = { address: 'temporal.example.com:7233', namespace: 'soc' };
    expect(temporalSettings({})).toEqual({ address: 'localhost:7233', namespace: 'default' });
    expect(temporalSettings({}, configured)).toEqual(configured);
    expect(temporalSettings({ TEMPORAL_NAMESPACE: 'other', TEMPORAL_ADDRESS: '' }, configured)).toEqual({
      ...configured,
      namespace: 'other',
    });
  });

  it('takes an API key, which needs TLS', () => {
    expect(temporalSettings({ TEMPORAL_ADDRESS: 'eu.example.com:7233', TEMPORAL_API_KEY: 'key' })).toEqual({
      address: 'eu.example.com:7233',
      namespace: 'default',
      apiKey: 'key',
      tls: true,
    });
  });

  it('takes a client certificate and an authority of its own from files', () => {
    const { tls } = temporalSettings({
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.pem', 'certificate'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: file('client.key', 'key'),
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem', 'authority'),
      TEMPORAL_TLS_SERVER_NAME: 'temporal.internal.example.com',
    });
    expect(tls).toMatchObject({ serverNameOverride: 'temporal.internal.example.com' });
    const { clientCertPair, serverRootCACertificate } = tls as {
      clientCertPair: { crt: Uint8Array; key: Uint8Array };
      serverRootCACertificate: Uint8Array;
    };
    expect(
      [clientCertPair.crt, clientCertPair.key, serverRootCACertificate].map((b) => Buffer.from(b).toString()),
    ).toEqual(['certificate', 'key', 'authority']);
  });

  it('reads a profile of a file that is named, and no other file', () => {
    const toml = file('temporal.toml', '[profile.soc]\naddress = "soc.example.com:7233"\nnamespace = "soc"\n');
    expect(temporalSettings({ TEMPORAL_CONFIG_FILE: toml, TEMPORAL_PROFILE: 'soc' })).toEqual({
      address: 'soc.example.com:7233',
      namespace: 'soc',
    });
    expect(temporalSettings({ HOME: folder, TEMPORAL_PROFILE: '' }).address).toBe('localhost:7233');
  });

  it.each([
    { TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'gone.pem'), TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'gone.key') },
    { TEMPORAL_CONFIG_FILE: file('broken.toml', '[profile'), TEMPORAL_PROFILE: 'soc' },
  ])('refuses %o with words that say what to look at', (env) => {
    expect(() => temporalSettings(env)).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
  });
});
