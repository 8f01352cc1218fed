import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { QuellError } from '../domain/errors.js';
import { connect } from '../gateway/case-client.js';
import { temporalSettings, type TemporalSettings } from '../gateway/temporal-settings.js';
import type { EvidenceWriter } from '../store/evidence-store.js';
import { KeyRing } from '../store/key-ring.js';
import { payloadKeys } from '../store/payload-codec.js';
import { poolOf } from '../store/postgres/connection.js';
import { databaseSettings } from '../store/postgres/settings.js';
import { openStorage, openVault, type StorageSettings } from '../store/storage-settings.js';
import type { CaseStorage } from '../store/compartment.js';
import { loadConfig, type Config } from '../workers/config.js';

/** State folder of this machine: `QUELL_STATE`, by default `.quell`. */
export const stateFolder = (): string => resolve(process.env['QUELL_STATE'] ?? '.quell');

/** Keys for the command line: `QUELL_KEYS`, by default what the console role of this state folder holds. */
export function cliKeys(): KeyRing {
  return KeyRing.read({
    dir: process.env['QUELL_KEYS'] ?? join(stateFolder(), 'roles', 'console', 'keys'),
    env: process.env,
  });
}

/** Runs with a client that encrypts, at the Temporal that the environment names, else the configuration. */
export async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect({
    ...temporal(),
    keys: payloadKeys(cliKeys()),
    identity: 'quell-cli',
    connectTimeout: 5_000,
  });
  try {
    return await work(client);
  } finally {
    await client.connection.close();
  }
}

/** Beside the keys of a role: `DATABASE_URL` and `DATABASE_PASSWORD_FILE` by lines, as a service manager reads them too. */
export const DATABASE_ENV = 'database.env';

/** Runs on the database that the environment names, else as the console role of this state folder. Errors: CONFIG where neither says how. */
export async function withDatabase<T>(work: (database: Pool) => Promise<T>, state = stateFolder()): Promise<T> {
  const pool = poolOf(databaseSettings(databaseEnv(state)), { role: 'cli', max: 1 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function databaseEnv(state: string): Readonly<Record<string, string | undefined>> {
  const file = join(state, 'roles', 'console', DATABASE_ENV);
  if (process.env['DATABASE_URL'] || !existsSync(file)) return process.env;
  return Object.fromEntries(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Writes to the dossiers of this state folder. Errors: CONFIG where the folder or the public keys of those who read them are not here. */
export function dossierWriter(): EvidenceWriter {
  const state = stateFolder();
  const { storage, settings } = storageOf(state);
  if (settings?.files === undefined && !existsSync(join(state, 'dossier')))
    throw new QuellError('CONFIG', `there are no dossiers under ${state}; write free text in the console`);
  return openVault(storage, cliKeys(), 'console', settings).writer('dossier');
}

/** Where the files of cases of a state folder are, as the configuration says. */
export function storageOf(state: string): {
  readonly storage: CaseStorage;
  readonly settings: StorageSettings | undefined;
} {
  const config = configured(state);
  return { storage: openStorage(state, config?.folder ?? state, config?.storage), settings: config?.storage };
}

/** Roles of a person by the configuration, none of one whom it does not name; undefined where it is not here. */
export function rolesOf(personId: string): readonly string[] | undefined {
  const config = configured(stateFolder());
  return config && (config.deciders.find((decider) => decider.personId === personId)?.roles ?? []);
}

function temporal(): TemporalSettings {
  return temporalSettings(process.env, configured(stateFolder())?.temporal);
}

/** The configuration that the environment names, else that of the state folder, if it has one. */
function configured(state: string): Config | undefined {
  const file = process.env['QUELL_CONFIG'] ?? join(state, 'quell.yaml');
  return existsSync(file) ? loadConfig(file) : undefined;
}
