import { join, resolve } from 'node:path';
import type { NativeConnection, WorkerOptions, WorkflowBundleOption } from '@temporalio/worker';
import { OWN_WAYS } from '../domain/contact.js';
import type { DecisionKey } from '../domain/decision.js';
import { QuellError } from '../domain/errors.js';
import type { Platform } from '../domain/platform.js';
import { temporalSettings, type TemporalSettings } from '../gateway/temporal-settings.js';
import type { CaseVault } from '../store/case-vault.js';
import { KeyRing, verifyKeyFromHex } from '../store/key-ring.js';
import type { Role } from '../store/role-keys.js';
import { PolicyStore } from '../store/policy-file.js';
import { statePaths, type StatePaths } from '../store/state-paths.js';
import { openStorage, openVault } from '../store/storage-settings.js';
import { loadConfig, type Config } from './config.js';
import { Credentials } from './credentials.js';
import { RoleDatabase } from './database.js';

/** What roles have in common that run in one process: several organisations beside each other need it once. */
export interface SharedRuntime {
  /** Not closed by a role. */
  readonly connection: NativeConnection;
  /** The workflows' code, built beforehand (workers/workflow-code.ts). */
  readonly workflowBundle: WorkflowBundleOption;
  /** Of every worker. */
  readonly worker?: Pick<
    WorkerOptions,
    | 'maxCachedWorkflows'
    | 'debugMode'
    | 'workflowTaskPollerBehavior'
    | 'activityTaskPollerBehavior'
    | 'shutdownGraceTime'
    | 'shutdownForceTime'
  >;
}

/** What a role's process is given: configuration, its own keys and credentials, where Temporal is. */
export interface RoleContext {
  readonly role: Role;
  readonly config: Config;
  readonly paths: StatePaths;
  readonly keys: KeyRing;
  /** Files of cases. */
  readonly vault: CaseVault;
  readonly credentials: Credentials;
  readonly temporal: TemporalSettings;
  readonly database: RoleDatabase;
  /** File that each request to a vendor is noted in. */
  readonly callRecord?: string;
  /** Absent where the role has a process of its own, as in production. */
  readonly shared?: SharedRuntime;
}

/** A role that has started: its addresses if it listens, and how it ends. */
export interface RunningRole {
  readonly addresses?: Readonly<Record<string, string>>;
  /** Settles when the role has ended by itself; rejects when it failed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Settings of a role: `QUELL_CONFIG` (file), `QUELL_STATE` (folder), `QUELL_KEYS` and `QUELL_CREDENTIALS` (folders with what
 * this role alone may hold), `QUELL_RECORD_CALLS` (file), `DATABASE_URL` and `DATABASE_PASSWORD_FILE`, and Temporal's own variables. Errors: CONFIG.
 */
export function readContext(role: Role, env: Readonly<Record<string, string | undefined>>): RoleContext {
  const config = loadConfig(env['QUELL_CONFIG'] ?? 'quell.yaml');
  const state = resolve(env['QUELL_STATE'] ?? '.quell');
  const keys = KeyRing.read({ dir: env['QUELL_KEYS'] ?? join(state, 'roles', role, 'keys'), env }).forRole(role);
  const credentials = Credentials.read(
    env['QUELL_CREDENTIALS'] ?? join(state, 'roles', role, 'credentials'),
    role,
    config.platforms,
  );
  const record = env['QUELL_RECORD_CALLS'] ?? '';
  return {
    ...{ role, config, paths: statePaths(state), keys, credentials },
    vault: openVault(openStorage(state, config.folder, config.storage), keys, role, config.storage),
    temporal: temporalSettings(env, config.temporal),
    database: new RoleDatabase(role, env),
    ...(record === '' ? {} : { callRecord: resolve(record) }),
  };
}

/** Keys that decisions may be signed with: the console's, for signed-in people, and each person's own. Errors: CONFIG for a person with the console's key, which signs for everybody. */
export function decisionKeys({ config, keys }: Pick<RoleContext, 'config' | 'keys'>): readonly DecisionKey[] {
  const own = config.deciders.flatMap((d) =>
    d.publicKey === undefined
      ? []
      : [{ ...verifyKeyFromHex(d.publicKey), holder: { kind: 'person' as const, personId: d.personId } }],
  );
  const console = keys.verifying('decision');
  for (const { holder, publicKey } of own)
    if (publicKey === console.publicKey)
      throw new QuellError('CONFIG', `deciders: the public key of ${holder.personId} is that of the console`);
  return [{ ...console, holder: { kind: 'console' } }, ...own];
}

/** Channels that a policy may name. */
export const policyChannels = ({ platforms }: Config): readonly string[] => [...OWN_WAYS, ...platforms.channels.keys()];

/** The policy of the configuration, and the versions of it that cases have pinned. */
export const policyStore = ({ config, paths }: Pick<RoleContext, 'config' | 'paths'>): PolicyStore =>
  new PolicyStore(paths.policies, inConfigFolder(config, config.policy), policyChannels(config));

/** Paths in the configuration are relative to its own folder. */
export const inConfigFolder = (config: Config, path: string): string => resolve(config.folder, path);

export const registryOptions = (
  config: Config,
): { readonly platforms: readonly Platform[]; readonly overridesFile?: string } => ({
  platforms: config.platforms.ids,
  ...(config.overrides === undefined ? {} : { overridesFile: inConfigFolder(config, config.overrides) }),
});
