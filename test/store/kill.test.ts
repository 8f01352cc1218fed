import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceRef } from '../../domain/evidence.js';
import { generateDemoKeys } from '../../store/demo-keys.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import { listDeadLetters } from '../../store/inbox/dead-letters.js';
import { KeyRing } from '../../store/key-ring.js';
import { useDatabase } from '../support/database.js';
import { afterMs, readerOf, seqs, taken } from '../support/inbox.js';

const database = useDatabase();
const base = mkdtempSync(join(tmpdir(), 'quell-kill-'));
const keyDir = join(base, 'keys');
const child = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
let ring: KeyRing;
beforeAll(() => {
  generateDemoKeys(keyDir);
  ring = KeyRing.read({ dir: keyDir });
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

/** Starts a child and kills it (SIGKILL) in the middle of its work, once it has acknowledged `count` things. Returns all it had acknowledged. */
async function killed<T>(
  work: string,
  dir: string,
  count: number,
  name = 'a',
  env: Readonly<Record<string, string>> = {},
): Promise<T[]> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', child, work, dir, keyDir, name], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  process_.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  process_.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    if (out.split('\n').length > count) process_.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) =>
    process_.on('close', (_, by) => {
      resolve(by);
    }),
  );
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself: ${errors}`);
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

describe('a process that is killed', () => {
  it('loses no alert that the inbox acknowledged, and none comes twice', { timeout: 60_000 }, async () => {
    const intake = database.env('intake');
    const acknowledged = (
      await Promise.all([
        killed<{ seq: number; key: string }>('inbox', base, 50, 'a', intake),
        killed<{ seq: number; key: string }>('inbox', base, 30, 'b', intake),
      ])
    ).flat();
    expect(acknowledged.length).toBeGreaterThanOrEqual(80);
    const reader = readerOf(database, ring);
    const found = new Map<string, number>();
    for (const { seq, dedupeKey, body } of await taken(reader)) {
      expect(found.has(dedupeKey)).toBe(false);
      expect(Buffer.from(body).toString()).toBe(dedupeKey.repeat(20));
      found.set(dedupeKey, seq);
    }
    for (const { seq, key } of acknowledged) expect(found.get(key)).toBe(seq);
    await reader.release();

    const console = database.env('console');
    const settled = (
      await Promise.all([
        killed<number>('deliver', base, 20, 'a', console),
        killed<number>('deliver', base, 20, 'b', console),
      ])
    ).flat();
    expect(new Set(settled).size).toBe(settled.length);
    // What they had in hand comes back, apart from what was settled and not told yet: at most one each.
    await afterMs(database, 20_001);
    const left = seqs(await taken(reader));
    for (const seq of settled) expect(left).not.toContain(seq);
    expect(found.size - left.length - settled.length).toBeLessThanOrEqual(2);
    const letters = seqs(await listDeadLetters(database.as('console')));
    expect(letters).toEqual(expect.arrayContaining(settled.filter((seq) => seq % 3 === 0)));
  });

  it('leaves evidence that can be read wherever a reference was given', { timeout: 60_000 }, async () => {
    const dir = join(base, 'evidence');
    const written = await killed<{ i: number; ref: EvidenceRef }>('evidence', dir, 40);
    const reader = new CaseVault(folderStorage(dir), fileKeys(ring, 'analysis')).reader('evidence');
    for (const { i, ref } of written) {
      const rows: object[] = [];
      for await (const row of reader.readRows(`case-${i % 3}`, ref)) rows.push(row);
      expect(rows).toEqual([{ i }, { text: 'y'.repeat(i * 100) }]);
    }
    for (const key of await reader.list('case-0')) await reader.check('case-0', { key });
  });
});
