import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { poolOf } from '../../store/postgres/connection.js';
import type { DatabaseSettings } from '../../store/postgres/settings.js';
import { askForServer, onServer, withDatabase, type ServerAnswer } from './database-server.js';

export interface TestDatabase {
  /** As the owner of the server. */
  readonly pool: Pool;
  readonly settings: DatabaseSettings;
}

/** A database of this file's own with the schema of this release, gone afterwards. Read what it gives inside tests and hooks, not before. */
export function useDatabase(): TestDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`;
  let server: ServerAnswer | undefined;
  let pool: Pool | undefined;
  beforeAll(async () => {
    server = await askForServer(inject('database'));
    await onServer(server.settings, `CREATE DATABASE ${name} TEMPLATE ${server.template}`);
    pool = poolOf(withDatabase(server.settings, name), { role: 'test' });
  });
  afterAll(async () => {
    await pool?.end();
    if (server) await onServer(server.settings, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
  return {
    get pool() {
      return given(pool);
    },
    get settings() {
      return withDatabase(given(server).settings, name);
    },
  };
}

function given<T>(started: T | undefined): T {
  if (started === undefined) throw new Error('the database is there inside tests and hooks only');
  return started;
}
