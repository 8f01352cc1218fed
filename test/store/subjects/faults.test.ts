import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { poolOf } from '../../../store/postgres/connection.js';
import { databaseSettings } from '../../../store/postgres/settings.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { key, keys, keysFolder, profile, slack, useRegistries } from './support.js';

const { database, open } = useRegistries();
const child = fileURLToPath(new URL('./resolve-child.ts', import.meta.url));

/** A way to the server that can be cut. */
async function wayTo(folder: string): Promise<{ readonly port: number; cut(): void }> {
  const open = new Set<Socket>();
  const way = createServer((from) => {
    const to = connect(join(folder, '.s.PGSQL.5432'));
    for (const end of [from, to]) {
      open.add(end);
      end.on('error', () => undefined);
    }
    from.pipe(to).pipe(from);
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');
  const cut = (): void => {
    way.close();
    for (const end of open) end.destroy();
  };
  return { port: (way.address() as AddressInfo).port, cut };
}

/** Registers one after the other in a process of its own, and kills it once it has said `count` answers. Returns those. */
async function killedAfter(
  count: number,
  keyFile: string,
): Promise<readonly { nativeId: string; subjectId: string }[]> {
  const running = spawn(process.execPath, ['--import', 'tsx', child, keyFile, keysFolder], {
    env: { ...process.env, ...database.env('console') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(running, 'close');
  const said: { nativeId: string; subjectId: string }[] = [];
  for await (const line of createInterface({ input: running.stdout })) {
    said.push(JSON.parse(line) as (typeof said)[number]);
    if (said.length === count) running.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return said;
}

describe('the subject registry', () => {
  it('says of every call that a database which is away is asked again', async () => {
    const settings = databaseSettings(database.env('evidence'));
    const way = await wayTo(settings.host);
    const pool = poolOf({ ...settings, host: '127.0.0.1', port: way.port }, { role: 'test' });
    onTestFinished(() => pool.end());
    const registry = await SubjectRegistry.open(pool, keys);
    const { subjectId } = await registry.resolve([slack('U1')]);
    way.cut();
    const down = { code: 'DATABASE_UNAVAILABLE', retryable: true };
    for (const call of [
      () => SubjectRegistry.open(pool, keys),
      () => registry.resolve([slack('U1')]),
      () => registry.findEach([slack('U1')]),
      () => registry.bind(subjectId, [slack('U2')]),
      () => registry.merge(subjectId, subjectId),
      () => registry.canonical(subjectId),
      () => registry.allIds(subjectId),
      () => registry.aliases(subjectId),
      () => registry.profiles([subjectId]),
      () => registry.setProfile(profile(subjectId)),
    ])
      await expect(call(), String(call)).rejects.toMatchObject(down);
    expect(await (await open('people')).find(slack('U1'))).toBe(subjectId);
  });

  it('agrees in all processes who is who, also with those that were killed at work', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quell-registry-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'registry.key'), Buffer.from(key.bytes).toString('base64url'), { mode: 0o600 });
    const said = (await Promise.all([150, 200, 250].map((count) => killedAfter(count, folder)))).flat();
    const registry = await open('people');
    const found = await registry.findEach(said.map(({ nativeId }) => slack(nativeId)));
    expect(found).toEqual(said.map(({ subjectId }) => subjectId));
    expect(new Set(found).size).toBe(new Set(said.map(({ nativeId }) => nativeId)).size);
  });
});
