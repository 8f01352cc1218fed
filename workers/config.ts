import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { networkOf } from '../domain/address.js';
import { QuellError } from '../domain/errors.js';
import { ACTION_KINDS } from '../domain/acts/index.js';
import { FORMAT_NAMES, MAPPING } from '../gateway/alerts/index.js';
import type { AlertParser } from '../gateway/alerts/kit/parser.js';
import { readMapping } from '../gateway/alerts/mapping/file.js';
import { parserOfMapping } from '../gateway/alerts/mapping/parser.js';
import { SENDER_AUTHS } from '../gateway/intake/verify-sender.js';
import { PER_MINUTE, type PerMinute } from '../gateway/per-minute.js';
import { TENANT_ALIAS } from '../platforms/define.js';
import { StorageSettings } from '../store/storage-settings.js';
import { PLATFORMS, type Registry } from '../platforms/registry.js';
import { refusedInProduction } from './production.js';

const alias = TENANT_ALIAS;
const url = z.url();
const network = z.string().refine((text) => networkOf(text) !== undefined, 'a network (192.0.2.0/24) or an address');

const source = (auths: readonly string[]) =>
  z
    .strictObject({
      name: alias,
      /** Of the registry of formats, or `mapping` with the file that teaches one (docs/alerts.md). */
      format: z.enum([...FORMAT_NAMES, MAPPING]),
      /** For `mapping`: the file, beside this one. */
      mapping: z.string().min(1).optional(),
      /** How the sender proves itself; the secret is a credential of the intake named `source-<name>` (docs/alerts.md). */
      auth: z.enum(auths as readonly [string, ...string[]]),
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

/** What is the same whichever platforms there are. */
const house = {
  profile: z.enum(['demo', 'production']),
  organisation: z.strictObject({ domain: z.string(), name: z.string() }),
  /** `live` writes at vendors for the actions switched on below; `shadow` cannot write at all. */
  mode: z.enum(['live', 'shadow']).default('shadow'),
  /** Automatic steps that this organisation's containment worker may take without a person. */
  automatic: z.array(z.enum(ACTION_KINDS)).default([]),
  policy: z.string().default('policy/default.yaml'),
  deciders: z.array(decider).default([]),
  /** Native ids of emergency accounts (Slack user id, Entra object id, Google user id), which containment never touches. */
  breakGlass: z.array(z.string().regex(/^[^@]+$/, 'a native id, not an address')).default([]),
  network: z
    .strictObject({
      ownEgress: z.array(network),
      trusted: z.array(network),
      shared: z.array(network).default([]),
      ranges: z.string().optional(),
      intelligence: z.array(z.string()).default([]),
    })
    .default({ ownEgress: [], trusted: [], shared: [], intelligence: [] }),
  /** Where heads of the audit log are kept outside of the database; a path is relative to this file's folder. */
  audit: z
    .strictObject({
      heads: z.strictObject({
        file: z.string().optional(),
        webhook: url.optional(),
        syslog: z.url({ protocol: /^(udp|tcp|tls)$/ }).optional(),
        timestamps: url.optional(),
      }),
    })
    .optional(),
  /** Where files of cases and their keys are, and what wraps the keys. */
  storage: StorageSettings.optional(),
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
};

/** The whole configuration, with what the platforms have in it. */
function shapeOf({ ids, tenant, senderProofs }: Registry) {
  const platform = z.enum(ids as readonly [string, ...string[]]);
  return z.strictObject({
    ...house,
    tenants: z.array(tenant).min(1),
    /** Acts that are switched on, by platform; none where nothing is said. */
    live: z.partialRecord(platform, z.array(z.enum(ACTION_KINDS))).default({}),
    sources: z.array(source([...SENDER_AUTHS, ...senderProofs.keys()])).default([]),
    /** Whose mailboxes a mail domain's people have. */
    mailDomains: z.record(z.string(), platform).default({}),
  });
}

/** A configured sender; `parser` reads a format that its mapping file teaches. */
export type ConfiguredSource = z.infer<ReturnType<typeof source>> & { readonly parser?: AlertParser };
export interface Config extends Omit<z.infer<ReturnType<typeof shapeOf>>, 'sources'> {
  readonly sources: readonly ConfiguredSource[];
  readonly folder: string;
  /** What it was read with. */
  readonly platforms: Registry;
}

/** Reads and checks the configuration, mapping files too; throws CONFIG with the place of each mistake. Paths in it are relative to its own folder. */
export function loadConfig(path: string, platforms: Registry = PLATFORMS): Config {
  const parsed = shapeOf(platforms).safeParse(parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new QuellError('CONFIG', z.prettifyError(parsed.error));
  const folder = dirname(resolve(path));
  const sources = parsed.data.sources.map((one) =>
    one.mapping === undefined ? one : { ...one, parser: parserOfMapping(readMapping(resolve(folder, one.mapping))) },
  );
  const value = { ...parsed.data, sources, folder, platforms };
  const refused = value.profile === 'production' ? refusedInProduction(value, platforms) : [];
  if (refused.length > 0) throw new QuellError('CONFIG', refused.join('; '));
  return value;
}
