import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import { ACTION_KINDS } from '../domain/acts/index.js';
import { FORMAT_NAMES, MAPPING } from '../gateway/alerts/index.js';
import type { AlertParser } from '../gateway/alerts/kit/parser.js';
import { readMapping } from '../gateway/alerts/mapping/file.js';
import { parserOfMapping } from '../gateway/alerts/mapping/parser.js';
import { SENDER_AUTHS } from '../gateway/intake/verify-sender.js';
import { PER_MINUTE, type PerMinute } from '../gateway/per-minute.js';
import { refusedInProduction } from './production.js';

const alias = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'lower-case letters, digits and dashes');
const url = z.url();

/** A vendor identity for each role that has one: a shared one would hold the rights of all. */
const oneForEachRole = <T extends z.ZodType<string>>(id: T) =>
  z
    .strictObject({ evidence: id, containment: id, people: id })
    .refine((ids) => new Set(Object.values(ids)).size === 3, 'each role needs one of its own');

const slackTenant = z.strictObject({
  platform: z.literal('slack'),
  tenant: alias,
  /** Workspace ids (`T…`) that belong to this organisation. */
  teamIds: z.array(z.string()).min(1),
  plan: z.enum(['pro', 'business', 'enterprise']).default('enterprise'),
  /** Ids (`A…`) of Quell's own Slack apps: never removed. With none given no app is removed by API. */
  ownAppIds: z.array(z.string()).default([]),
  /** Where people of this organisation sign in when Slack uses SSO. */
  identityProvider: z.enum(['microsoft', 'google', 'other']).optional(),
  baseUrls: z
    .strictObject({ api: url, audit: url, scim: url, hooks: url.default('https://hooks.slack.com/') })
    .default({
      api: 'https://slack.com/api/',
      audit: 'https://api.slack.com/audit/v1/',
      scim: 'https://api.slack.com/scim/',
      hooks: 'https://hooks.slack.com/',
    }),
});
const microsoftTenant = z.strictObject({
  platform: z.literal('microsoft'),
  tenant: alias,
  tenantId: z.string(),
  /** Application (client) ids of the app registration of each role; secrets and certificates are credentials. */
  clientIds: oneForEachRole(z.string()),
  /** Mailbox (address or object id) that mails to people are sent from. */
  sender: z.string().optional(),
  /** Teams app in the catalogue, for notices in the activity feed. */
  teamsAppId: z.string().optional(),
  /** Client id of the Teams bot and where the Bot Framework publishes its keys: the buttons of Teams messages are taken at `/callbacks/teams`. */
  bot: z
    .strictObject({
      appId: z.string(),
      metadataUrl: url.default('https://login.botframework.com/v1/.well-known/openidconfiguration'),
    })
    .optional(),
  licences: z
    .strictObject({
      entraP1: z.boolean().optional(),
      entraP2: z.boolean().optional(),
      auditPremium: z.boolean().optional(),
      defender: z.boolean().optional(),
      intune: z.boolean().optional(),
    })
    .default({}),
  baseUrls: z.strictObject({ graph: url, login: url, manage: url }).default({
    graph: 'https://graph.microsoft.com/',
    login: 'https://login.microsoftonline.com/',
    manage: 'https://manage.office.com/',
  }),
});
const googleTenant = z.strictObject({
  platform: z.literal('google'),
  tenant: alias,
  /** The organisation's own id, which alerts and audit rows name: `my_customer` would be true of every organisation. */
  customerId: z
    .string()
    .regex(
      /^C[0-9A-Za-z]+$/,
      'the customer id of the organisation (C…), as Account settings shows it; not my_customer',
    ),
  /** Administrator whom the service accounts act as. */
  adminSubject: z.email(),
  sender: z.email().optional(),
  serviceAccounts: oneForEachRole(z.email()),
  /** Unique ids (client ids) of those service accounts: what Quell itself reads as a person is no finding about them. */
  ownAppIds: z.array(z.string().regex(/^\d+$/)).default([]),
  /** Where people of this organisation sign in when Google uses SSO. */
  identityProvider: z.enum(['microsoft', 'other']).optional(),
  /** What the organisation's editions give (docs/install/google.md); all of it when not said otherwise. */
  licences: z
    .strictObject({
      vault: z.boolean().optional(),
      devices: z.boolean().optional(),
      chat: z.boolean().optional(),
      driveLog: z.boolean().optional(),
      dlp: z.boolean().optional(),
    })
    .default({}),
  /** Access level that keeps listed addresses out. Without it addresses are blocked by people. */
  blockLevel: z
    .string()
    .regex(/^accessPolicies\/\d+\/accessLevels\/[A-Za-z]\w{0,49}$/)
    .optional(),
  /** How Chat proves itself at `/callbacks/google`, as set in the Chat API's configuration: its exact address (`url`) or the project number. */
  chatApp: z
    .strictObject({
      mode: z.enum(['url', 'project']),
      audience: z.string(),
      callerEmail: z.email().optional(),
      keysUrl: url.optional(),
    })
    .optional(),
  /** One base for all hosts in the simulator; the vendors' own hosts when absent. */
  baseUrl: url.optional(),
});
export type TenantConfig = z.infer<typeof slackTenant> | z.infer<typeof microsoftTenant> | z.infer<typeof googleTenant>;

const source = z
  .strictObject({
    name: alias,
    /** Of the registry of formats, or `mapping` with the file that teaches one (docs/alerts.md). */
    format: z.enum([...FORMAT_NAMES, MAPPING]),
    /** For `mapping`: the file, beside this one. */
    mapping: z.string().min(1).optional(),
    /** How the sender proves itself; the secret is a credential of the intake named `source-<name>` (docs/alerts.md). */
    auth: z.enum(SENDER_AUTHS),
    /** For `oidc`: who issues the token (by default Google), for which audience, and the claims that say who called. */
    oidc: z
      .strictObject({
        issuer: url.default('https://accounts.google.com'),
        keysUrl: url.default('https://www.googleapis.com/oauth2/v3/certs'),
        audience: z.string().min(1),
        claims: z.record(z.string(), z.string()).refine((c) => Object.keys(c).length > 0, 'name at least one claim'),
      })
      .optional(),
    /** New cases a minute from this source; the rest queue. */
    newCasesPerMinute: z.int().positive().default(30),
  })
  .refine(
    (s) => (s.format === MAPPING) === (s.mapping !== undefined),
    'format mapping and the file mapping go together',
  )
  .refine((s) => (s.auth === 'oidc') === (s.oidc !== undefined), 'auth oidc and the settings oidc go together');

const decider = z.strictObject({
  personId: alias,
  name: z.string(),
  email: z.email(),
  roles: z.array(z.enum(['responder', 'lead', 'investigator', 'counsel', 'secret_owner', 'auditor'])).min(1),
  /** Native ids of this person's own accounts: the containment worker lets nobody decide about them. */
  accounts: z.array(z.string()).default([]),
  /** Own Ed25519 public key, 32 bytes hex, for decisions signed outside the console. */
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

const perMinute = (kind: keyof PerMinute) => z.int().positive().default(PER_MINUTE[kind]);

const config = z.strictObject({
  profile: z.enum(['demo', 'production']),
  organisation: z.strictObject({ domain: z.string(), name: z.string() }),
  /** `live` writes at vendors for the actions switched on below; `shadow` cannot write at all. */
  mode: z.enum(['live', 'shadow']).default('shadow'),
  live: z
    .strictObject({
      slack: z.array(z.enum(ACTION_KINDS)),
      microsoft: z.array(z.enum(ACTION_KINDS)),
      google: z.array(z.enum(ACTION_KINDS)),
    })
    .default({ slack: [], microsoft: [], google: [] }),
  /** Automatic steps that this organisation's containment worker may take without a person. */
  automatic: z.array(z.enum(ACTION_KINDS)).default([]),
  policy: z.string().default('policy/default.yaml'),
  tenants: z.array(z.discriminatedUnion('platform', [slackTenant, microsoftTenant, googleTenant])).min(1),
  sources: z.array(source).default([]),
  deciders: z.array(decider).default([]),
  /** Native ids of emergency accounts (Slack user id, Entra object id, Google user id), which containment never touches. */
  breakGlass: z.array(z.string().regex(/^[^@]+$/, 'a native id, not an address')).default([]),
  network: z
    .strictObject({
      ownEgress: z.array(z.string()),
      trusted: z.array(z.string()),
      shared: z.array(z.string()).default([]),
      ranges: z.string().optional(),
      intelligence: z.array(z.string()).default([]),
    })
    .default({ ownEgress: [], trusted: [], shared: [], intelligence: [] }),
  notify: z
    .strictObject({ mail: z.array(z.email()).default([]), webhook: url.optional(), pager: url.optional() })
    .default({ mail: [] }),
  addresses: z.strictObject({
    /** Where people reach the public side (alerts, answers) and the console. */
    intake: url,
    console: url,
    temporalUi: url.optional(),
    listen: z.strictObject({ intake: z.string(), console: z.string() }),
  }),
  temporal: z.strictObject({ address: z.string(), namespace: z.string().default('default') }).optional(),
  /** Demo only: `lag` and `people` divide waits, `rates` multiplies the vendors' rate limits. */
  pace: z
    .strictObject({ lag: z.number().positive(), people: z.number().positive(), rates: z.number().min(1).default(1) })
    .default({ lag: 1, people: 1, rates: 1 }),
  /** Whose mailboxes a mail domain's people have. */
  mailDomains: z.record(z.string(), z.enum(['slack', 'microsoft', 'google'])).default({}),
  /** Requests a minute that intake and console take from one sender, and the proxies in front of them. */
  limits: z
    .strictObject({
      source: perMinute('source'),
      answer: perMinute('answer'),
      person: perMinute('person'),
      signIn: perMinute('signIn'),
      stranger: perMinute('stranger'),
      proxies: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
    })
    .prefault({}),
  manifestMaxAgeMinutes: z.int().positive().default(240),
  overrides: z.string().optional(),
  /** How people sign in at the console: a password (demo alone), or a proxy that has authenticated them; its secret is `console-proxy`. */
  consoleAuth: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('password'), hashFile: z.string() }),
    z.strictObject({ type: z.literal('proxy'), header: z.string(), secretHeader: z.string() }),
  ]),
});
/** A configured sender; `parser` reads a format that its mapping file teaches. */
export type ConfiguredSource = z.infer<typeof source> & { readonly parser?: AlertParser };
export type Config = Omit<z.infer<typeof config>, 'sources'> & {
  readonly sources: readonly ConfiguredSource[];
  readonly folder: string;
};

/** Reads and checks the configuration, mapping files too; throws CONFIG with the place of each mistake. Paths in it are relative to its own folder. */
export function loadConfig(path: string): Config {
  const parsed = config.safeParse(parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new QuellError('CONFIG', z.prettifyError(parsed.error));
  const folder = dirname(resolve(path));
  const sources = parsed.data.sources.map((one) =>
    one.mapping === undefined ? one : { ...one, parser: parserOfMapping(readMapping(resolve(folder, one.mapping))) },
  );
  const value = { ...parsed.data, sources, folder };
  const refused = value.profile === 'production' ? refusedInProduction(value) : [];
  if (refused.length > 0) throw new QuellError('CONFIG', refused.join('; '));
  return value;
}
