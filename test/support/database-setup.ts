import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { poolOf } from '../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../store/postgres/grants.js';
import { enrol } from '../../store/postgres/logins.js';
import { migrate } from '../../store/postgres/migrations.js';
import { OwnPostgres } from '../../store/postgres/server.js';
import { databaseSettings, type DatabaseSettings } from '../../store/postgres/settings.js';
import { loginOf, onServer, ORGANISATIONS, withDatabase, type ServerAnswer } from './database-server.js';

const TEMPLATE = 'template_migrated';

/** One PostgreSQL server for a run, from the first test on that asks for it: on a socket, because tests run in other processes. */
export default function bringDatabase(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'quell-pg-'));
  let server: OwnPostgres | undefined;
  let started: Promise<ServerAnswer> | undefined;

  async function start(): Promise<ServerAnswer> {
    server = await OwnPostgres.start({ root: folder, log: join(folder, 'server.log'), durable: false });
    const settings = databaseSettings({ ...server.env() });
    await onServer(settings, `CREATE DATABASE ${TEMPLATE}`);
    await migrate(withDatabase(settings, TEMPLATE));
    return { settings, template: TEMPLATE, passwordFile: await enrolAll(withDatabase(settings, TEMPLATE), folder) };
  }

  function answer(socket: Socket): void {
    socket.on('error', () => undefined); // whoever asked has gone
    started ??= start();
    started.then(
      (up) => socket.end(JSON.stringify(up)),
      (error: unknown) => socket.end(JSON.stringify({ failure: String(error) })),
    );
  }

  const asked = join(folder, 'ask');
  const listener = createServer(answer).listen(asked);
  project.provide('database', asked);
  return async () => {
    listener.close();
    await started?.catch(() => undefined);
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A login for each worker role of each organisation; one password, for nobody but us can come near the socket. */
async function enrolAll(settings: DatabaseSettings, folder: string): Promise<string> {
  const passwordFile = join(folder, 'password');
  const password = randomBytes(16).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const pool = poolOf(settings, { role: 'test', max: 1 });
  for (const organisation of ORGANISATIONS)
    for (const role of DATABASE_ROLES)
      await enrol(pool, { login: loginOf(role, organisation), organisation, role, password });
  await pool.end();
  return passwordFile;
}
