import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseAlerts } from '../../gateway/alerts/index.js';
import { PER_MINUTE } from '../../gateway/per-minute.js';
import { loadConfig, type Config } from '../../workers/config.js';
import { decisionKeys } from '../../workers/context.js';
import { testKeys } from '../store/support.js';

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

describe('profile production', () => {
  const person = (personId: string, more: object = {}) => ({
    personId,
    name: personId,
    email: `${personId}@example.com`,
    roles: ['lead'],
    ...more,
  });
  const oidc = { audience: 'x', claims: { email: 'caller@example.com' } };
  const source = (more: object) => ({
    sources: [{ name: 'siem', format: 'quell', auth: 'oidc', oidc: { ...oidc, ...more } }],
  });
  const addresses = {
    intake: 'https://quell.example.com',
    console: 'https://quell.example.com',
    listen: { intake: '127.0.0.1:8080', console: '127.0.0.1:8081' },
  };
  const PLAIN = 'http://plain.example.com/x';
  const bot = { appId: 'a', metadataUrl: PLAIN };
  const chatApp = { mode: 'url', audience: 'https://quell.example.com', keysUrl: PLAIN };

  it.each([
    ['sources.0.oidc.issuer', google, source({ issuer: PLAIN })],
    ['sources.0.oidc.keysUrl', google, source({ keysUrl: PLAIN })],
    ['tenants.0.bot.metadataUrl', { ...microsoft, bot }, {}],
    ['tenants.0.chatApp.keysUrl', { ...google, chatApp }, {}],
    ['notify.webhook', google, { notify: { webhook: PLAIN } }],
    ['notify.pager', google, { notify: { pager: PLAIN } }],
    ['addresses.intake', google, { addresses: { ...addresses, intake: PLAIN } }],
    ['addresses.console', google, { addresses: { ...addresses, console: PLAIN } }],
    ['addresses.temporalUi', google, { addresses: { ...addresses, temporalUi: PLAIN } }],
    ['tenants.0.baseUrl', { ...google, baseUrl: 'http://www.googleapis.com' }, {}],
  ])('refuses an address without TLS: %s', (place, tenant, more) => {
    expect(() => load(tenant, more)).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(`${place}: http://`) }),
    );
  });

  it.each([
    ['person id', [person('ann'), person('ann', { email: 'other@example.com' })]],
    ['mail address', [person('ann'), person('ben', { email: 'Ann@Example.com' })]],
    ['account', [person('ann', { accounts: ['U1', 'U2'] }), person('ben', { accounts: ['u2'] })]],
    ['public key', [person('ann', { publicKey: 'ab'.repeat(32) }), person('ben', { publicKey: 'ab'.repeat(32) })]],
  ])('refuses one person under two names: the same %s', (what, deciders) => {
    expect(() => load(google, { deciders })).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: expect.stringMatching(new RegExp(`the ${what} .* belongs to ann and`)),
      }),
    );
  });

  it('takes people who are not the same, an account that is named twice by its person, and a UI on this machine', () => {
    const deciders = [
      person('ann', { accounts: ['U1', 'U1'], publicKey: 'ab'.repeat(32) }),
      person('ben', { accounts: ['U2'] }),
    ];
    const local = { ...addresses, temporalUi: 'http://127.0.0.1:8233' };
    expect(load(google, { deciders, addresses: local }).deciders).toHaveLength(2);
  });

  it('says everything that is wrong at once', () => {
    const all = () =>
      load(
        { ...google, baseUrl: 'https://vendor.example.org' },
        {
          deciders: [person('ann'), person('ben', { email: 'ann@example.com' })],
          notify: { webhook: PLAIN },
          pace: { lag: 2, people: 1 },
          consoleAuth: { type: 'password', hashFile: 'x' },
        },
      );
    for (const part of ['consoleAuth', 'pace', 'vendor.example.org', 'notify.webhook', 'the mail address'])
      expect(all).toThrow(part);
  });
});

describe('keys of people', () => {
  it('are none of the console’s, which signs for everybody', () => {
    const keys = testKeys();
    const publicKey = keys.verifying('decision').publicKey;
    const person = { personId: 'ann', name: 'Ann', email: 'ann@example.com', roles: ['lead'] };
    const config = load(google, { deciders: [{ ...person, publicKey }] });
    expect(() => decisionKeys({ config, keys })).toThrow(/public key of ann is that of the console/);
    const other = load(google, { deciders: [{ ...person, publicKey: 'ab'.repeat(32) }] });
    expect(decisionKeys({ config: other, keys })).toHaveLength(2);
  });
});

describe('limits', () => {
  it('are sound unless said otherwise, each for itself', () => {
    expect(load(google).limits).toEqual({ ...PER_MINUTE, proxies: [] });
    expect(load(google, { limits: { source: 5, proxies: ['192.0.2.0/28', '2001:db8::/64'] } }).limits).toEqual({
      ...PER_MINUTE,
      source: 5,
      proxies: ['192.0.2.0/28', '2001:db8::/64'],
    });
  });

  it.each([{ source: 0 }, { person: -1 }, { stranger: 'many' }, { proxies: ['*'] }, { proxies: ['true'] }])(
    '%j is refused',
    (limits) => {
      expect(() => load(google, { limits })).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
    },
  );
});

describe('a source of alerts', () => {
  const source = { name: 'dlp', auth: 'bearer' };
  const mapping = 'match: id\ndedupeKey: id\nsubjects: [{ email: who }]\n';
  it('takes a format that its mapping file teaches, beside the configuration', () => {
    writeFileSync(join(folder, 'dlp.yaml'), mapping);
    const [one] = load(google, { sources: [{ ...source, format: 'mapping', mapping: 'dlp.yaml' }] }).sources;
    const context = { source: 'dlp', format: 'mapping', parser: one?.parser, receivedAt: '2026-03-01T10:05:00.000Z' };
    expect(parseAlerts({ id: 1, who: 'dana@example.com' }, context)[0]?.subjects[0]?.email).toBe('dana@example.com');
  });
  it.each([
    ['no format that there is', { format: 'carrier-pigeon' }, 'format'],
    ['a mapping without its file', { format: 'mapping' }, 'go together'],
    ['a file that its format does not read', { format: 'quell', mapping: 'dlp.yaml' }, 'go together'],
    ['a file with a mistake', { format: 'mapping', mapping: 'wrong.yaml' }, 'wrong.yaml:2: dedupeKey'],
  ])('has %s: refused', (_, more, words) => {
    writeFileSync(join(folder, 'dlp.yaml'), mapping);
    writeFileSync(join(folder, 'wrong.yaml'), mapping.replace('dedupeKey: id', 'dedupeKey: id['));
    expect(() => load(google, { sources: [{ ...source, ...more }] })).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(words) }),
    );
  });
});
