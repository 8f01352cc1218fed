import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PLATFORMS } from '../../platforms/registry.js';
import { ACTION_KINDS } from '../../domain/acts/index.js';
import { googleCredentials } from '../../simulator/google/index.js';
import { microsoftCredentials } from '../../simulator/microsoft/index.js';
import { slackCredentials } from '../../simulator/slack/index.js';
import type { World } from '../../simulator/core/world.js';
import { hashPassword } from '../../gateway/console/session.js';
import { generateDemoKeys, handOutKeys } from '../../store/demo-keys.js';
import { ROLES, type Role } from '../../store/role-keys.js';
import { readVerifyKey } from '../../store/key-ring.js';
import { mergeSettings, referencesIn } from './settings.js';
import { statePaths } from '../../store/state-paths.js';

/** Alert sources of the demo; every format has one. */
export const SOURCES = [
  { name: 'siem', format: 'quell', auth: 'hmac' },
  { name: 'ocsf', format: 'ocsf', auth: 'hmac' },
  { name: 'defender', format: 'graph-alerts-v2', auth: 'graph-client-state' },
  { name: 'sentinel', format: 'sentinel', auth: 'bearer' },
  { name: 'slack-audit', format: 'slack-anomaly', auth: 'hmac' },
  { name: 'google-alerts', format: 'google-alert-center', auth: 'hmac' },
  { name: 'splunk', format: 'splunk', auth: 'url-secret' },
  { name: 'panther', format: 'panther', auth: 'bearer' },
  { name: 'elastic', format: 'elastic', auth: 'bearer' },
] as const;

/** The simulated tenants hold the vendors' rate limits, so many times as wide: a demonstration is no night's work. */
export const DEMO_RATES = 60;

export interface DemoAddresses {
  readonly slack: string;
  readonly microsoft: string;
  readonly google: string;
  readonly intake: string;
  readonly console: string;
  readonly temporalUi: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
}

/** Where the demo's files of one state folder lie. */
export interface DemoFiles {
  readonly config: string;
  /** All keys; each role is handed a folder with its own alone. */
  readonly vault: string;
  readonly roleFolder: (role: Role) => string;
}

export function demoFiles(state: string): DemoFiles {
  return {
    config: join(state, 'quell.yaml'),
    vault: statePaths(state).keys,
    roleFolder: (role) => join(state, 'roles', role),
  };
}

/** Writes configuration, keys and credentials of a simulated organisation: the same settings that a real one uses. */
export function writeOrganisation(
  state: string,
  root: string,
  world: World,
  addresses: DemoAddresses,
  pace: { readonly lag: number; readonly people: number },
): DemoFiles {
  const files = demoFiles(state);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const deciders = Object.keys(world.scenario.deciders);
  generateDemoKeys(files.vault, {
    senders: [...SOURCES.map((s) => `source-${s.name}`), 'slack-signing'],
    people: deciders,
  });
  writeFileSync(join(files.vault, 'slack-signing.secret'), slackCredentials(world).signingSecret, { mode: 0o600 });
  for (const role of ROLES) handOutKeys(files.vault, role, join(files.roleFolder(role), 'keys'));
  writeCredentials(files, world);
  writePolicy(state, root, world);
  writePassword(state);
  writeRanges(state, world);
  const { config, files: beside } = world.scenario.settings;
  for (const [name, text] of Object.entries(beside)) writeFileSync(join(state, name), text, { mode: 0o600 });
  const whole = mergeSettings(configOf(world, files.vault, addresses, pace), referencesIn(world, config));
  writeFileSync(files.config, stringify(whole), { mode: 0o600 });
  return files;
}

function configOf(
  world: World,
  vault: string,
  addresses: DemoAddresses,
  pace: { readonly lag: number; readonly people: number },
): object {
  const { scenario } = world;
  const microsoft = microsoftCredentials(world);
  const google = googleCredentials(world);
  const slack = slackCredentials(world);
  return {
    profile: 'demo',
    organisation: { name: 'Example Ltd', domain: 'example.com' },
    mode: 'live',
    live: Object.fromEntries(PLATFORMS.ids.map((p) => [p, [...ACTION_KINDS]])),
    automatic: ['end_sessions'],
    policy: 'policy.yaml',
    tenants: [
      {
        platform: 'slack',
        tenant: 'main',
        teamIds: [...slack.teamIds],
        ownAppIds: [slack.appId],
        identityProvider: 'microsoft',
        baseUrls: {
          api: `${addresses.slack}/api/`,
          audit: `${addresses.slack}/audit/v1/`,
          scim: `${addresses.slack}/scim/`,
          hooks: `${addresses.slack}/hooks/`,
        },
      },
      {
        platform: 'microsoft',
        tenant: 'main',
        tenantId: microsoft.tenantId,
        clientIds: {
          evidence: microsoft.evidence.clientId,
          containment: microsoft.containment.clientId,
          people: microsoft.people.clientId,
        },
        sender: microsoft.mailFrom,
        teamsAppId: microsoft.teamsAppId,
        baseUrls: { graph: addresses.microsoft, login: addresses.microsoft, manage: addresses.microsoft },
      },
      {
        platform: 'google',
        tenant: 'main',
        customerId: google.customerId,
        adminSubject: google.adminSubject,
        sender: google.sender,
        serviceAccounts: {
          evidence: google.evidence.email,
          containment: google.containment.email,
          people: google.people.email,
        },
        baseUrl: addresses.google,
      },
    ],
    sources: SOURCES.map((s) => ({ ...s })),
    deciders: Object.entries(scenario.deciders).map(([key, roles]) => decider(world, vault, key, roles)),
    network: {
      ownEgress: scenario.ownEgress.map((key) => `${world.ip(key)}/32`),
      trusted: [],
      shared: [],
      ranges: 'ranges.csv',
    },
    notify: { mail: ['incident-response@example.com'] },
    addresses: {
      intake: addresses.intake,
      console: addresses.console,
      temporalUi: addresses.temporalUi,
      listen: { intake: hostOf(addresses.intake), console: hostOf(addresses.console) },
    },
    temporal: { ...addresses.temporal },
    pace: { ...pace, rates: DEMO_RATES },
    consoleAuth: { type: 'password', hashFile: 'console-password.hash' },
  };
}

function decider(world: World, vault: string, key: string, roles: readonly string[]): object {
  const person = world.scenario.people[key];
  if (!person) throw new Error(`decider ${key} is nobody of the scenario`);
  return {
    personId: key,
    name: person.name,
    email: person.email,
    roles: [...roles],
    publicKey: readVerifyKey(join(vault, `person-${key}.pub`)).publicKey,
    accounts: person.accounts.map((platform) => world.nativeId(platform, key)),
  };
}

const hostOf = (url: string): string => new URL(url).host;

function writeCredentials(files: DemoFiles, world: World): void {
  const microsoft = microsoftCredentials(world);
  const google = googleCredentials(world);
  const { tokens } = slackCredentials(world);
  const given = (role: Role, values: Readonly<Record<string, string>>): void => {
    const dropped = world.scenario.settings.dropCredentials[role] ?? [];
    for (const name of dropped)
      if (!(name in values)) throw new Error(`settings: the role ${role} has no credential ${name}`);
    write(files, role, Object.fromEntries(Object.entries(values).filter(([name]) => !dropped.includes(name))));
  };
  given('evidence', {
    'slack.main.audit': tokens.audit,
    'slack.main.admin': tokens.evidenceAdmin,
    'slack.main.logs': tokens.evidenceLogs,
    'microsoft.main.secret': microsoft.evidence.clientSecret,
    'google.main.key': google.evidence.privateKey,
  });
  given('containment', {
    'slack.main.admin': tokens.containmentAdmin,
    'microsoft.main.secret': microsoft.containment.clientSecret,
    'google.main.key': google.containment.privateKey,
  });
  given('people', {
    'slack.main.bot': tokens.bot,
    'microsoft.main.secret': microsoft.people.clientSecret,
    'google.main.key': google.people.privateKey,
  });
}

function write(files: DemoFiles, role: Role, values: Readonly<Record<string, string>>): void {
  const folder = join(files.roleFolder(role), 'credentials');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, value] of Object.entries(values)) {
    writeFileSync(join(folder, name), value, { mode: 0o600 });
    chmodSync(join(folder, name), 0o600);
  }
}

/** One password for the demo's people, made by the first start. */
function writePassword(state: string): void {
  const file = join(state, 'console-password');
  if (existsSync(file)) return;
  const password = randomBytes(9).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  writeFileSync(`${file}.hash`, hashPassword(password), { mode: 0o600 });
}

/** The shipped policy, with the scenario's VIPs and a watch that is quick enough to be seen. */
function writePolicy(state: string, root: string, world: World): void {
  const policy = parse(readFileSync(join(root, 'policy', 'default.yaml'), 'utf8')) as {
    vips: string[];
    containment: { holdChecks: number };
  };
  policy.vips = world.scenario.vips.map((key) => world.scenario.people[key]?.email ?? key);
  const whole = mergeSettings(policy, referencesIn(world, world.scenario.settings.policy));
  writeFileSync(join(state, 'policy.yaml'), stringify(whole));
}

function writeRanges(state: string, world: World): void {
  const lines = Object.entries(world.scenario.places).map(
    ([key, p]) => `${world.ip(key)}/32,${p.country},${p.asn},${p.asName},${p.city},${p.lat},${p.lon}`,
  );
  writeFileSync(join(state, 'ranges.csv'), `${lines.join('\n')}\n`);
}
