import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig, type Config } from '../../workers/config.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const roles = {
  evidence: 'evidence@example.com',
  containment: 'containment@example.com',
  people: 'people@example.com',
};
const google = {
  platform: 'google',
  tenant: 'main',
  customerId: 'C01ab2cd3',
  adminSubject: 'admin@example.com',
  serviceAccounts: roles,
};
const microsoft = {
  platform: 'microsoft',
  tenant: 'main',
  tenantId: '00000000-0000-4000-8000-000000000001',
  clientIds: { evidence: 'a', containment: 'b', people: 'c' },
};

function load(tenant: object, more: object = {}): Config {
  const file = join(folder, 'quell.yaml');
  const config = {
    profile: 'production',
    organisation: { domain: 'example.com', name: 'Example Ltd' },
    tenants: [tenant],
    addresses: {
      intake: 'https://quell.example.com',
      console: 'https://quell.example.com',
      listen: { intake: '127.0.0.1:8080', console: '127.0.0.1:8081' },
    },
    consoleAuth: { type: 'proxy', header: 'x-user', secretHeader: 'x-proxy-secret' },
    ...more,
  };
  writeFileSync(file, stringify(config));
  return loadConfig(file);
}

describe('a tenant', () => {
  it.each([google, microsoft])('of $platform is taken', (tenant) => {
    expect(load(tenant).tenants).toMatchObject([tenant]);
  });

  it.each(['my_customer', '', 'example.com'])(
    'of Google needs the id of its organisation, which keeps tenants apart: %s',
    (customerId) => {
      expect(() => load({ ...google, customerId })).toThrow(
        expect.objectContaining({ code: 'CONFIG', message: expect.stringMatching(/not my_customer[^]*customerId/) }),
      );
    },
  );

  it.each([
    { ...google, serviceAccounts: { ...roles, evidence: roles.containment } },
    { ...microsoft, clientIds: { evidence: 'a', containment: 'b', people: 'b' } },
  ])('of $platform needs an identity for each role', (tenant) => {
    expect(() => load(tenant)).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('each role needs one of its own') }),
    );
  });
});

describe('the pace', () => {
  it('is that of the vendors unless a demo says otherwise', () => {
    expect(load(google).pace).toEqual({ lag: 1, people: 1, rates: 1 });
  });

  it.each([{ lag: 2 }, { people: 2 }, { rates: 60 }])('is not changed in production: %o', (changed) => {
    expect(() => load(google, { pace: { lag: 1, people: 1, ...changed } })).toThrow(/pace must be 1/);
  });

  it('never makes limits narrower', () => {
    expect(() => load(google, { pace: { lag: 1, people: 1, rates: 0.5 } })).toThrow(/rates/);
  });
});
