// `npm run record-release`: keeps the rows of a database of this release, with a short life in it, for the tests of upgrades (`test/store/postgres/released`).
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { demoDatabase, enrolAll } from '../cli/demo/database.js';
import { generateDemoKeys } from '../store/demo-keys.js';
import { KeyRing } from '../store/key-ring.js';
import { poolOf } from '../store/postgres/connection.js';
import { databaseSettings } from '../store/postgres/settings.js';
import { RELEASED, recordRelease } from '../test/support/recorded-release.js';
import { liveAWhile } from '../test/support/release-life.js';
import { ROOT } from './lib/setup.mjs';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'quell-record-'));
generateDemoKeys(join(folder, 'keys'));
const keys = KeyRing.read({ dir: join(folder, 'keys') });
delete process.env['DATABASE_URL']; // a server of its own
const database = await demoDatabase(folder, () => undefined);
const pools: Pool[] = [];
const opened = (env: Readonly<Record<string, string | undefined>>, role: string): Pool => {
  const pool = poolOf(databaseSettings(env), { role });
  pools.push(pool);
  return pool;
};
try {
  const signIn = await enrolAll(database, 'test');
  await liveAWhile((role) => opened(signIn(role), role), keys);
  mkdirSync(RELEASED, { recursive: true });
  const file = join(RELEASED, `${version}.sql`);
  await recordRelease(opened(database.owner, 'record'), file, keys.verifying('audit'));
  process.stdout.write(`${file}\n`);
} finally {
  for (const pool of pools) await pool.end();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
