import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { poolOf } from '../../store/postgres/connection.js';
import { socketUrl, type DatabaseSettings } from '../../store/postgres/settings.js';
import type { Role } from '../../store/role-keys.js';
import { askForServer, loginOf, onServer, withDatabase, type TestOrganisation } from './database-server.js';

export interface TestDatabase {
  /** As the owner of the server. */
  readonly pool: Pool;
  readonly settings: DatabaseSettings;
  /** As a worker role is signed in, with the rights that it has: the product's code is given this one. */
  as(role: Role, organisation?: TestOrganisation): Pool;
  /** Environment of a process of that role. */
  env(role: Role, organisation?: TestOrganisation): Readonly<Record<string, string>>;
}

export interface OpenDatabase extends TestDatabase {
  drop(): Promise<void>;
}

/** A database of this file's own with the schema of this release, gone afterwards. Read what it gives inside tests and hooks, not before. */
export function useDatabase(): TestDatabase {
  let opened: OpenDatabase | undefined;
  const there = (): OpenDatabase => {
    if (opened === undefined) throw new Error('the database is there inside tests and hooks only');
    return opened;
  };
  beforeAll(async () => {
    opened = await openDatabase();
  });
  afterAll(async () => {
    await opened?.drop();
  });
  return {
    get pool() {
      return there().pool;
    },
    get settings() {
      return there().settings;
    },
    as: (role, organisation) => there().as(role, organisation),
    env: (role, organisation) => there().env(role, organisation),
  };
}

/** The same inside a test, for support that builds all a test needs. Whoever opens it drops it. */
export async function openDatabase(): Promise<OpenDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const { settings, passwordFile, template } = await askForServer(inject('database'));
  await onServer(settings, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const pool = poolOf(withDatabase(settings, name), { role: 'test' });
  const pools = new Map<string, Pool>();
  return {
    pool,
    settings: withDatabase(settings, name),
    as: (role, organisation = 'test') => {
      const user = loginOf(role, organisation);
      const { password: _owners, ...rest } = settings;
      const there = pools.get(user) ?? poolOf({ ...rest, database: name, user, passwordFile }, { role });
      pools.set(user, there);
      return there;
    },
    env: (role, organisation = 'test') => ({
      DATABASE_URL: socketUrl(settings.host, loginOf(role, organisation), name),
      DATABASE_PASSWORD_FILE: passwordFile,
    }),
    drop: async () => {
      for (const one of [pool, ...pools.values()]) await one.end();
      await onServer(settings, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
