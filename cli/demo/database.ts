import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterPaths, passwordFile } from '../../store/postgres/cluster.js';
import { poolOf } from '../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../store/postgres/grants.js';
import { enrol } from '../../store/postgres/logins.js';
import { migrate } from '../../store/postgres/migrations.js';
import { OwnPostgres } from '../../store/postgres/server.js';
import { databaseSettings, urlAs } from '../../store/postgres/settings.js';
import type { Role } from '../../store/role-keys.js';
import { DATABASE_ENV } from '../context.js';

/** The PostgreSQL that a demo keeps its records in, with the schema of this release. */
export interface DemoDatabase {
  /** Environment of whoever owns it. */
  readonly owner: Environment;
  /** Folder with the passwords of the logins that were made here. */
  readonly folder: string;
  /** Kills it and resolves when it is up again; for tests. Does nothing to a server that is not our own. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}
type Environment = Readonly<Record<string, string | undefined>>;

/** Where a demo's server of its own has its files. */
export const databaseFolder = (state: string): string => join(state, 'postgres');

/** Starts a server of our own in the state folder, or takes the one that `DATABASE_URL` names. Errors: CONFIG, STORE, DATABASE_SCHEMA. */
export async function demoDatabase(state: string, print: (line: string) => void): Promise<DemoDatabase> {
  const folder = databaseFolder(state);
  const { DATABASE_URL, DATABASE_PASSWORD_FILE } = process.env;
  const own = DATABASE_URL
    ? undefined
    : await OwnPostgres.start({ root: folder, log: join(state, 'logs', 'postgres.log'), print });
  const owner = own ? { ...own.env() } : { DATABASE_URL, DATABASE_PASSWORD_FILE };
  const stop = async (): Promise<void> => own?.stop();
  try {
    await migrate(databaseSettings(owner));
  } catch (error) {
    await stop();
    throw error;
  }
  return { owner, folder, kill: async () => own?.kill(), stop };
}

/** Makes a login for each role of an organisation, and answers the environment by which a role signs in. */
export async function enrolAll(
  { owner, folder }: Pick<DemoDatabase, 'owner' | 'folder'>,
  organisation: string,
): Promise<(role: Role) => Readonly<Record<string, string>>> {
  const paths = clusterPaths(folder);
  mkdirSync(paths.passwords, { recursive: true, mode: 0o700 });
  const loginOf = (role: Role): string => `${organisation}_${role}`;
  const pool = poolOf(databaseSettings(owner), { role: 'enrol', max: 1 });
  try {
    for (const role of DATABASE_ROLES) {
      const password = readFileSync(passwordFile(paths, loginOf(role)), 'utf8');
      await enrol(pool, { login: loginOf(role), organisation, role, password });
    }
  } finally {
    await pool.end();
  }
  return (role) => {
    // Nothing of the owner, whom the shell may name.
    if (role === 'playbook') return { DATABASE_URL: '', DATABASE_PASSWORD_FILE: '' };
    const DATABASE_PASSWORD_FILE = passwordFile(paths, loginOf(role));
    return { DATABASE_URL: urlAs(owner['DATABASE_URL'] ?? '', loginOf(role)), DATABASE_PASSWORD_FILE };
  };
}

/** For the command line on the same machine. */
export function noteEnv(folder: string, env: Readonly<Record<string, string>>): void {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, DATABASE_ENV), lines.join(''), { mode: 0o600 });
}
