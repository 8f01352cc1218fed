import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { poolOf } from '../../store/postgres/connection.js';
import { socketUrl, type DatabaseSettings } from '../../store/postgres/settings.js';
import type { Role } from '../../store/role-keys.js';
import {
  askForServer,
  loginOf,
  onServer,
  withDatabase,
  type ServerAnswer,
  type TestOrganisation,
} from './database-server.js';

export interface TestDatabase {
  /** As the owner of the server. */
  readonly pool: Pool;
  readonly settings: DatabaseSettings;
  /** As a worker role is signed in, with the rights that it has: the product's code is given this one. */
  as(role: Role, organisation?: TestOrganisation): Pool;
  /** Environment of a process of that role. */
  env(role: Role, organisation?: TestOrganisation): Readonly<Record<string, string>>;
}

/** A database of this file's own with the schema of this release, gone afterwards. Read what it gives inside tests and hooks, not before. */
export function useDatabase(): TestDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`;
  let server: ServerAnswer | undefined;
  let pool: Pool | undefined;
  const pools = new Map<string, Pool>();
  beforeAll(async () => {
    server = await askForServer(inject('database'));
    await onServer(server.settings, `CREATE DATABASE ${name} TEMPLATE ${server.template}`);
    pool = poolOf(withDatabase(server.settings, name), { role: 'test' });
  });
  afterAll(async () => {
    for (const one of [pool, ...pools.values()]) await one?.end();
    if (server) await onServer(server.settings, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
  return {
    get pool() {
      return given(pool);
    },
    get settings() {
      return withDatabase(given(server).settings, name);
    },
    as: (role, organisation = 'test') => {
      const { settings, passwordFile } = given(server);
      const user = loginOf(role, organisation);
      const { password: _owners, ...rest } = settings;
      const there = pools.get(user) ?? poolOf({ ...rest, database: name, user, passwordFile }, { role });
      pools.set(user, there);
      return there;
    },
    env: (role, organisation = 'test') => {
      const { settings, passwordFile } = given(server);
      return {
        DATABASE_URL: socketUrl(settings.host, loginOf(role, organisation), name),
        DATABASE_PASSWORD_FILE: passwordFile,
      };
    },
  };
}

function given<T>(started: T | undefined): T {
  if (started === undefined) throw new Error('the database is there inside tests and hooks only');
  return started;
}
