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
    const plain = { TEMPORAL_TLS: 'false' };
    expect(temporalSettings(plain, configured)).toEqual({ ...configured, tls: false });
    expect(temporalSettings({ ...plain, TEMPORAL_NAMESPACE: 'other', TEMPORAL_ADDRESS: '' }, configured)).toEqual({
      ...configured,
      tls: false,
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
    const toml = file(
      'temporal.toml',
      '[profile.soc]\naddress = "soc.example.com:7233"\nnamespace = "soc"\n[profile.soc.tls]\nserver_name = "soc.example.com"\n',
    );
    expect(temporalSettings({ TEMPORAL_CONFIG_FILE: toml, TEMPORAL_PROFILE: 'soc' })).toMatchObject({
      address: 'soc.example.com:7233',
      namespace: 'soc',
    });
    expect(temporalSettings({ HOME: folder, TEMPORAL_PROFILE: '' }).address).toBe('localhost:7233');
  });

  it.each([
    { TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'gone.pem'), TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'gone.key') },
    { TEMPORAL_CONFIG_FILE: file('broken.toml', '[profile'), TEMPORAL_PROFILE: 'soc' },
    { TEMPORAL_CONFIG_FILE: join(folder, 'gone.toml') },
    ...['yes', 'on', 'TRUE', 'off', ' true'].map((value) => ({ TEMPORAL_TLS: value })),
    { TEMPORAL_TLS: 'true', TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'yes' },
  ])('refuses %o with words that say what to look at', (env) => {
    expect(() => temporalSettings(env)).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
  });
});

describe('a server elsewhere', () => {
  const at = (address: string, more: Readonly<Record<string, string>> = {}) =>
    temporalSettings({ TEMPORAL_ADDRESS: address, ...more });

  it.each(['localhost:7233', '127.0.0.1:7233', '127.8.9.1:7233', '[::1]:7233', 'localhost'])(
    'is none at %s: TLS is not asked for',
    (address) => {
      expect(at(address).tls).toBeUndefined();
    },
  );

  const elsewhere = [
    'temporal.example.com:7233',
    '192.0.2.7:7233',
    'temporal:7233',
    'localhost.example.com:7233',
    '127.0.0.1.example.com:7233',
    '127.0.0.1@192.0.2.7:7233',
    '[::ffff:192.0.2.7]:7233',
    '0.0.0.0:7233',
    'not an address',
  ];
  it.each(elsewhere)('is not reached without TLS at %s, unless that is said by name', (address) => {
    const refused = expect.objectContaining({
      code: 'CONFIG',
      message: expect.stringContaining('TEMPORAL_TLS'),
    }) as Error;
    expect(() => at(address)).toThrow(refused);
    expect(() => temporalSettings({}, { address })).toThrow(refused);
    expect(() => at(address, { TEMPORAL_TLS: '' })).toThrow(refused);
    expect(at(address, { TEMPORAL_TLS: 'true' }).tls).toBeTruthy();
    expect(at(address, { TEMPORAL_TLS: 'false' }).tls).toBe(false);
  });

  it('never gets an API key without TLS', () => {
    const key = { TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'false' };
    expect(() => at('temporal.example.com:7233', key)).toThrow(/API key/);
    expect(at('127.0.0.1:7233', key)).toMatchObject({ apiKey: 'key', tls: false });
  });
});
