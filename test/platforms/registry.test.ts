import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { contactPlan } from '../../domain/contact.js';
import { definePlatform, type PortContext } from '../../platforms/define.js';
import type { ContainmentPort, EvidencePort, TalkPort } from '../../platforms/ports.js';
import { PLATFORMS, Registry } from '../../platforms/registry.js';
import { checkCredentials } from '../../workers/checks.js';
import { loadConfig, type Config } from '../../workers/config.js';
import { policyChannels } from '../../workers/context.js';
import { Credentials } from '../../workers/credentials.js';
import { capabilities, containmentPorts, evidencePorts, talkPorts } from '../../workers/platforms.js';

const PHONE = 'webex.main.phone';

/** A fourth platform, whole: nothing else in the house knows of it. It remembers what it was given. */
function webex(given: PortContext[] = []) {
  return definePlatform({
    id: 'webex',
    name: 'Webex',
    namedAs: /\bwebex/i,
    personId: (text) => (text.startsWith('Y2lz') ? text : undefined),
    isService: (name) => name === 'webex bot',
    channel: 'webex_space',
    hosts: [],
    raiseProtection: 'sign-in through the identity provider alone',
    noticeDomains: ['webex.example.com'],
    apiDomains: ['webexapis.example.com'],
    credentials: { evidence: ['audit'], containment: ['admin'], people: ['bot'] },
    secrets: { webex_token: ['api_activity'] },
    senderProofs: {
      webex: {
        proves: (secret, { headers }) => headers['x-webex'] === secret,
        headers: (secret) => ({ 'x-webex': secret }),
      },
    },
    settings: { orgId: z.string().startsWith('org-'), baseUrl: z.url().default('https://webexapis.example.com/') },
    at({ tenant, orgId, baseUrl }) {
      const ref = { platform: 'webex', tenant };
      const took = (context: PortContext): { readonly limitations: [] } => {
        given.push(context);
        context.wire({ bases: [{ own: 'https://webexapis.example.com/', at: baseUrl }] });
        return { limitations: [] };
      };
      return {
        ...{ vendorIds: [orgId], ownApps: ['app-1'], addresses: [baseUrl] },
        async evidence(context): Promise<EvidencePort> {
          const token = context.credentials.need('audit');
          const lookup = () => Promise.resolve(undefined);
          return {
            ...{ ...ref, ...took(context), directory: { lookup, list: () => Promise.resolve({ entries: [] }) } },
            sources: [
              {
                ...{ id: `webex.audit`, logSource: 'user_access', depth: 'narrow', kinds: ['sign_in'], lagSeconds: 60 },
                read: () => Promise.resolve({ events: [], next: `${token} of ${orgId}` }),
              },
            ],
          };
        },
        async containment(context): Promise<ContainmentPort> {
          const words = { reversible: true, undo: 'activate the account', losses: 'nothing' };
          const holds = { holds: true, state: {} };
          return {
            ...{ ...ref, ...took(context), order: ['lock'], resolvers: {} },
            acts: {
              disable_account: {
                ...{ ...words, kind: 'disable_account', recognised: '', proof: '', effectWithinSeconds: 1 },
                capture: () => Promise.resolve({}),
                apply: () => Promise.resolve([]),
                verify: () => Promise.resolve(holds),
              },
            },
          };
        },
        talk: (context): Promise<TalkPort> => Promise.resolve({ ...ref, ...took(context), talk: [] }),
        check: ({ role }, people) =>
          Promise.resolve({
            ...{ ...ref, role, scopes: [], rights: [], operations: [], plan: [] },
            credentials: people.map((id) => ({ credential: id, status: 'good' as const })),
          }),
        callback: () => Promise.resolve(undefined),
      };
    },
    manifest: ({ roles }, tenant) =>
      Promise.resolve({
        ...{ platform: 'webex', parts: [] },
        files: roles.map((role) => ({ name: role, text: `${role} at ${tenant?.orgId ?? 'any'}` })),
      }),
  });
}

const given: PortContext[] = [];
const four = new Registry([...PLATFORMS.all, webex(given)]);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-registry-'));
  given.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const WEBEX = { platform: 'webex', tenant: 'main', orgId: 'org-1' };
const ACCOUNT = 'webex-account-1';

function load(change: object = {}, platforms = four): Config {
  const file = join(folder, 'quell.yaml');
  const person = { personId: 'lea', name: 'Lea', email: 'lea@example.com', roles: ['lead'], accounts: [ACCOUNT] };
  writeFileSync(
    file,
    stringify({
      ...{ profile: 'demo', organisation: { domain: 'example.com', name: 'Example' }, tenants: [WEBEX] },
      ...{ live: { webex: ['disable_account'] }, mailDomains: { 'example.com': 'webex' }, deciders: [person] },
      sources: [{ name: 'webex', format: 'quell', auth: 'webex' }],
      consoleAuth: { type: 'password', hashFile: 'hash' },
      addresses: {
        ...{ intake: 'http://127.0.0.1:1', console: 'http://127.0.0.1:2' },
        listen: { intake: '127.0.0.1:1', console: '127.0.0.1:2' },
      },
      ...change,
    }),
  );
  return loadConfig(file, platforms);
}

function holding(role: 'evidence' | 'containment' | 'people', ...names: readonly string[]): Credentials {
  for (const name of names) writeFileSync(join(folder, name), `the ${name}`, { mode: 0o600 });
  rmSync(join(folder, 'quell.yaml'), { force: true });
  return Credentials.read(folder, role, four);
}

describe('a fourth platform', () => {
  it('has its tenants in the configuration, by its own shape', () => {
    const { tenants, live, mailDomains } = load();
    expect(tenants).toEqual([{ ...WEBEX, baseUrl: 'https://webexapis.example.com/' }]);
    expect([live, mailDomains]).toEqual([{ webex: ['disable_account'] }, { 'example.com': 'webex' }]);
    expect(() => load({ tenants: [{ ...WEBEX, orgId: '1' }] })).toThrow(/orgId/);
    expect(() => load({ tenants: [{ ...WEBEX, other: true }] })).toThrow(/other/);
    expect(() => load({}, PLATFORMS)).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
  });

  it('is reached in production at its own hosts alone', () => {
    const elsewhere = { profile: 'production', tenants: [{ ...WEBEX, baseUrl: 'https://vendor.example.net/' }] };
    expect(() => load(elsewhere)).toThrow(/webex\/main: vendor\.example\.net is not a host of the vendor/);
    expect(() => load({ profile: 'production' })).not.toThrow(/not a host of the vendor/);
  });

  it('has a port for each role, made of its tenant and of credentials that this role may hold', async () => {
    const config = load();
    const credentials = holding('evidence', 'webex.main.audit');
    const [evidence] = await evidencePorts({ config, credentials });
    expect(await evidence?.sources[0]?.read({} as never, undefined)).toMatchObject({
      next: 'the webex.main.audit of org-1',
    });
    const [containment] = await containmentPorts({ config, credentials });
    const [talk] = await talkPorts({ config, credentials });
    expect([containment, talk]).toMatchObject([{ platform: 'webex', tenant: 'main' }, { platform: 'webex' }]);
    expect(given.map(({ role }) => role)).toEqual(['evidence', 'containment', 'people']);
    expect(() => holding('containment')).toThrow(/webex\.main\.audit, which it must not hold/);
    expect(() => holding('evidence', PHONE)).toThrow(/must not hold/);
  });

  it('without a credential is a gap of every case and blinds no other tenant', async () => {
    const slack = { platform: 'slack', tenant: 'main', teamIds: ['T1'] };
    const config = load({ tenants: [WEBEX, slack] });
    const told: string[] = [];
    const ports = await evidencePorts({ config, credentials: holding('evidence', 'slack.main.audit') }, (t) =>
      told.push(t.platform),
    );
    expect(told).toEqual(['webex']);
    await expect(ports[0]?.sources[0]?.read({} as never, undefined)).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('is checked, and says what an administrator sets up', async () => {
    const config = load();
    const check = () => checkCredentials({ config, credentials: () => folder, role: 'people' });
    rmSync(join(folder, 'quell.yaml'));
    expect(await check()).toEqual({ checks: [], without: [{ platform: 'webex', tenant: 'main', role: 'people' }] });
    holding('people', 'webex.main.bot');
    expect((await check()).checks).toMatchObject([
      { platform: 'webex', role: 'people', credentials: [{ credential: ACCOUNT, status: 'good' }], limitations: [] },
    ]);
    const [tenant] = config.tenants;
    expect(await four.of('webex').manifest({ roles: ['evidence'] }, tenant)).toMatchObject({
      files: [{ name: 'evidence', text: 'evidence at org-1' }],
    });
    await expect(four.of('slack').manifest({ roles: ['evidence'] }, tenant)).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('declares to the planner what its adapter can do, without a credential and without a call', async () => {
    const words = { reversible: true, undo: 'activate the account', losses: 'nothing' };
    expect(await capabilities(load())).toEqual({
      webex: { acts: { disable_account: words }, order: ['lock'], limitations: [] },
    });
    const way = given[0]?.wire({ bases: [] });
    const call = { operation: 'x', scopes: [] };
    await expect(way?.send(call, 'https://webexapis.example.com/', {})).rejects.toBeInstanceOf(QuellError);
  });

  it('is asked for contact, meant by detectors, known by its notices, its secrets and its proof', () => {
    expect(policyChannels(load())).toContain('webex_space');
    const contact = { channels: ['webex_space'], answerWithinMinutes: 5, silence: {} };
    const subject = { subjectId: 's-1', kind: 'person', accounts: [{ ...WEBEX, nativeId: 'w1' }] };
    const asked = (suspect: readonly string[]) =>
      contactPlan({ subject, suspect, policy: contact, covert: false, chats: four.channels } as never);
    expect(asked(['slack']).channels).toEqual(['webex_space']);
    expect(asked(['webex']).avoided).toEqual([{ channel: 'webex_space', why: 'the suspicion touches webex' }]);
    expect(four.named('Webex Meetings audit')).toBe('webex');
    expect(four.named('Webex and Slack')).toBeUndefined();
    expect(four.notices.vendorOf('no-reply@mail.webex.example.com')).toBe('webex');
    expect(four.secretUses.get('webex_token')).toEqual({ platform: 'webex', rows: ['api_activity'] });
    const proof = four.senderProofs.get('webex');
    const headers = proof?.headers('secret', '{}', new Date());
    expect(proof?.proves('secret', { headers: headers ?? {}, rawBody: Buffer.from('{}') }, new Date())).toBe(true);
    expect(four.nameOf('webex')).toBe('Webex');
  });
});

describe('the registry', () => {
  it('refuses two platforms of one name', () => {
    expect(() => new Registry([webex(), webex()])).toThrow(/webex/);
  });

  it.each(PLATFORMS.all.map((p) => [p.id, p] as const))('has of %s all that is said to people', (_, platform) => {
    for (const said of [platform.name, platform.channel, platform.raiseProtection]) expect(said).toMatch(/\w/);
    expect(platform.noticeDomains).not.toEqual([]);
    expect(platform.apiDomains).not.toEqual([]);
    expect(PLATFORMS.channels.get(platform.channel)).toBe(platform.id);
    expect(PLATFORMS.named(platform.name)).toBe(platform.id);
  });
});
