import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceRef } from '../../domain/evidence.js';
import { AuditChain } from '../../store/audit-chain.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { verifyAuditChain } from '../../store/audit-verify.js';
import { generateDemoKeys } from '../../store/demo-keys.js';
import { EvidenceReader } from '../../store/evidence-store.js';
import { InboxReader, InboxWriter } from '../../store/inbox.js';
import { KeyRing } from '../../store/key-ring.js';

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
async function killed<T>(work: string, dir: string, count: number, name = 'a'): Promise<T[]> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', child, work, dir, keyDir, name], {
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
    const dir = join(base, 'inbox');
    const acknowledged = [
      ...(await killed<{ seq: number; key: string }>('inbox', dir, 50, 'a')),
      ...(await killed<{ seq: number; key: string }>('inbox', dir, 30, 'b')),
    ];
    expect(acknowledged.length).toBeGreaterThanOrEqual(80);
    const writer = await InboxWriter.open(dir, ring.sealing('inbox'));
    const reader = await InboxReader.open(dir, ring.opening('inbox'));
    const found = new Map<string, number>();
    let last = 0;
    for await (const { seq, dedupeKey, body } of reader.pending()) {
      expect(seq).toBeGreaterThan(last);
      last = seq;
      expect(found.has(dedupeKey)).toBe(false);
      expect(Buffer.from(body).toString()).toBe(dedupeKey.repeat(20));
      found.set(dedupeKey, seq);
    }
    for (const { seq, key } of acknowledged) expect(found.get(key)).toBe(seq);
    await reader.close();
    await writer.close();

    const settled = await killed<number>('deliver', dir, 20);
    const again = await InboxReader.open(dir, ring.opening('inbox'));
    const pending: number[] = [];
    for await (const { seq } of again.pending()) pending.push(seq);
    for (const seq of settled) expect(pending).not.toContain(seq);
    // What was settled but not told yet is at most the one in hand.
    expect(found.size - pending.length - settled.length).toBeLessThanOrEqual(1);
    const letters = (await again.deadLetters()).map(({ seq }) => seq);
    expect(letters).toEqual(expect.arrayContaining(settled.filter((seq) => seq % 3 === 0)));
    await again.close();
  });

  it('leaves an audit chain that holds and has every line it acknowledged, once', { timeout: 60_000 }, async () => {
    const dir = join(base, 'audit');
    const acknowledged = [
      ...(await killed<string>('audit', dir, 40, 'a')),
      ...(await killed<string>('audit', dir, 40, 'b')),
    ];
    const chain = await AuditChain.open(dir, ring.signing('audit'));
    await chain.close();
    const keys: string[] = [];
    const verdict = await verifyAuditChain(dir, [ring.verifying('audit')], undefined, ({ key }) => keys.push(key));
    expect(verdict).toMatchObject({ ok: true, signed: verdict.lines });
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(acknowledged));
  });

  it('takes each spooled entry into the chain once', { timeout: 60_000 }, async () => {
    const dir = join(base, 'drained');
    const spool = new AuditSpool(`${dir}-spool`);
    for (let i = 0; i < 60; i++)
      await spool.drop({ key: `k${i}`, at: new Date().toISOString(), kind: 'content.read', by: 'console' });
    await killed('drain', dir, 1);
    for (let i = 60; i < 80; i++)
      await spool.drop({ key: `k${i}`, at: new Date().toISOString(), kind: 'content.read', by: 'console' });
    const chain = await AuditChain.open(dir, ring.signing('audit'));
    await spool.drain(chain);
    await chain.close();
    const keys: string[] = [];
    expect(
      await verifyAuditChain(dir, [ring.verifying('audit')], undefined, ({ key }) => keys.push(key)),
    ).toMatchObject({ ok: true, lines: 80 });
    expect(new Set(keys).size).toBe(80);
    expect(readdirSync(`${dir}-spool`)).toEqual([]);
  });

  it('leaves evidence that can be read wherever a reference was given', { timeout: 60_000 }, async () => {
    const dir = join(base, 'evidence');
    const written = await killed<{ i: number; ref: EvidenceRef }>('evidence', dir, 40);
    const reader = new EvidenceReader(dir, ring.opening('seal-analysis'));
    for (const { i, ref } of written) {
      const rows: object[] = [];
      for await (const row of reader.readRows(`case-${i % 3}`, ref)) rows.push(row);
      expect(rows).toEqual([{ i }, { text: 'y'.repeat(i * 100) }]);
    }
    for (const key of await reader.list('case-0')) await reader.check('case-0', { key });
  });
});
