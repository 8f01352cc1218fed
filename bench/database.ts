import type { Pool } from 'pg';
import { demoDatabase, enrolAll } from '../cli/demo/database.js';
import { poolOf } from '../store/postgres/connection.js';
import { databaseSettings } from '../store/postgres/settings.js';
import type { Role } from '../store/role-keys.js';

export interface BenchDatabase {
  readonly owner: Pool;
  /** As a process of that role reaches it. */
  as(role: Role): Pool;
  /** Environment of such a process. */
  env(role: Role): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A PostgreSQL as durable as an organisation's, with its files in `folder`; or the one that `DATABASE_URL` names. */
export async function benchDatabase(folder: string): Promise<BenchDatabase> {
  const database = await demoDatabase(folder, () => undefined);
  const signIn = await enrolAll(database, 'bench');
  const owner = poolOf(databaseSettings(database.owner), { role: 'owner', max: 1 });
  const pools = [owner];
  return {
    ...{ owner, env: signIn },
    as: (role) => {
      const pool = poolOf(databaseSettings(signIn(role)), { role });
      pools.push(pool);
      return pool;
    },
    stop: async () => {
      for (const pool of pools) await pool.end();
      await database.stop();
    },
  };
}
