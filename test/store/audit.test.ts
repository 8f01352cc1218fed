import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { canonicalJson } from '../../domain/canonical.js';
import { AuditChain } from '../../store/audit-chain.js';
import type { AuditEntry } from '../../store/audit/entry.js';
import { hashOf, verifyAuditChain, type Checkpoint } from '../../store/audit-verify.js';
import { testKeys } from './support.js';

const ring = testKeys();
const key = ring.signing('audit');
const keys = [ring.verifying('audit')];
const base = mkdtempSync(join(tmpdir(), 'quell-audit-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let dir = '';
let n = 0;
beforeEach(() => {
  dir = join(base, String(n++));
});

const entry = (i: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  key: `k${i}`,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'case.progress',
  by: 'records',
  data: { i },
  ...more,
});
const chainFile = (): string => join(dir, 'chain.jsonl');
const lines = (): string[] => readFileSync(chainFile(), 'utf8').split('\n').slice(0, -1);
const put = (all: readonly string[]): void => {
  writeFileSync(chainFile(), all.map((line) => `${line}\n`).join(''));
};
interface Row {
  seq: number;
  prev: string;
  entry: AuditEntry;
  hash: string;
}
const row = (line: string): Row => JSON.parse(line) as Row;
/** A line with its own hash made right, as somebody would who knows how the chain works but has no key. */
const remade = (body: Omit<Row, 'hash'>): string => canonicalJson({ ...body, hash: hashOf(body) });

async function chainOf(count: number, every = 4): Promise<Checkpoint | undefined> {
  const chain = await AuditChain.open(dir, key, { checkpointEvery: every });
  for (let i = 0; i < count; i++) await chain.append([entry(i)]);
  const point = await chain.checkpoint();
  await chain.close();
  return point;
}

describe('audit chain', () => {
  it('is proven offline, goes on after a restart, and takes each key once', async () => {
    await chainOf(5);
    const chain = await AuditChain.open(dir, key);
    expect(await chain.append([entry(3), entry(5), entry(5, { text: 'again' }), entry(6)])).toEqual({
      appended: 2,
      already: 2,
    });
    await chain.close();
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: true, lines: 7, signed: 7 });
    expect(lines().map((line) => row(line).entry.key)).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']);
    expect(row(lines()[5]!).entry.text).toBeUndefined();
  });

  it('keeps what is appended at the same time, in one chain', async () => {
    const chain = await AuditChain.open(dir, key);
    await Promise.all(Array.from({ length: 40 }, (_, i) => chain.append([entry(i), entry(i + 1000)])));
    await chain.close();
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: true, lines: 80, signed: 80 });
  });

  it('holds over a clock that is set back, and its lines keep their order', async () => {
    const chain = await AuditChain.open(dir, key, { checkpointEvery: 2 });
    const times = ['2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z', '2026-01-01T10:01:00.000Z'];
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (const [i, at] of times.entries()) {
        vi.setSystemTime(at);
        await chain.append([entry(i, { at })]);
      }
      await chain.close();
    } finally {
      vi.useRealTimers();
    }
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: true, lines: 3, signed: 3 });
    expect(lines().map((line) => row(line).entry.at)).toEqual(times);
  });

  it('has one writer', async () => {
    const chain = await AuditChain.open(dir, key);
    await expect(AuditChain.open(dir, key)).rejects.toMatchObject({ code: 'STORE' });
    await chain.close();
    await (await AuditChain.open(dir, key)).close();
    expect(existsSync(join(dir, 'lock'))).toBe(false);
  });

  it('refuses to write when another hand has written', async () => {
    const chain = await AuditChain.open(dir, key);
    await chain.append([entry(0)]);
    appendFileSync(chainFile(), 'x');
    await expect(chain.append([entry(1)])).rejects.toMatchObject({ code: 'STORE' });
    await chain.close();
  });

  it('sets a torn last line aside and goes on', async () => {
    await chainOf(3);
    appendFileSync(chainFile(), '{"seq":4,"prev":"ab');
    expect(await verifyAuditChain(dir, keys)).toMatchObject({
      ok: true,
      lines: 3,
      why: expect.stringContaining('never finished') as string,
    });
    const chain = await AuditChain.open(dir, key);
    await chain.append([entry(3)]);
    await chain.close();
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: true, lines: 4, signed: 4 });
    expect(readFileSync(join(dir, 'torn.jsonl'), 'utf8')).toContain('prev');
  });

  it('does not go on over a chain that was tampered with', async () => {
    await chainOf(5);
    put(lines().filter((_, i) => i !== 2));
    await expect(AuditChain.open(dir, key)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    expect(existsSync(join(dir, 'lock'))).toBe(false);
  });
});

describe('proof of the chain', () => {
  const at = fc.integer({ min: 0, max: 9 });
  const check = async (
    change: (all: string[], i: number) => string[],
    expected: (i: number) => number | undefined,
  ): Promise<void> => {
    await chainOf(10);
    const good = lines();
    await fc.assert(
      fc.asyncProperty(at, async (i) => {
        put(change([...good], i));
        const verdict = await verifyAuditChain(dir, keys);
        expect(verdict.ok).toBe(false);
        expect(verdict.badLine).toBe(expected(i));
      }),
      { numRuns: 15 },
    );
  };

  // Lines 1, 5, 9 and 10 are signed. Where the changed line is itself the signed one, all since the checkpoint before are in doubt.
  const sinceCheckpoint = (i: number): number => (i === 4 ? 2 : i === 8 ? 6 : i + 1);

  it('names an edited line', () =>
    check(
      (all, i) => all.with(i, all[i]!.replace('"by":"records"', '"by":"nobody1"')),
      (i) => i + 1,
    ));
  it('names a line with one more space', () =>
    check(
      (all, i) => all.with(i, `${all[i]!} `),
      (i) => i + 1,
    ));
  it('names an edited line whose own hash was made right', async () => {
    const change = (all: string[], i: number): string[] =>
      all.with(i, remade({ ...row(all[i]!), entry: { ...row(all[i]!).entry, by: 'mallory' } }));
    await check(change, sinceCheckpoint);
  });
  it('names the place of a removed line', () =>
    check(
      (all, i) => all.toSpliced(i, 1),
      (i) => i + 1,
    ));
  it('names an inserted line', () =>
    check(
      (all, i) => all.toSpliced(i, 0, remade({ seq: i + 1, prev: row(all[i]!).prev, entry: entry(99) })),
      sinceCheckpoint,
    ));
  it('names a repeated line', () =>
    check(
      (all, i) => all.toSpliced(i, 0, all[i]!),
      (i) => i + 1,
    ));
  it('names exchanged lines', () =>
    check(
      (all, i) => (i === 9 ? [...all.slice(0, 8), all[9]!, all[8]!] : all.with(i, all[i + 1]!).with(i + 1, all[i]!)),
      (i) => (i === 9 ? 9 : i + 1),
    ));
  it('shows a rewrite of everything that follows, from the last checkpoint that fits', async () => {
    await chainOf(10);
    const all = lines().map(row);
    let prev = all[5]!.prev;
    const forged = all.slice(5).map((line, k) => {
      const made = { seq: line.seq, prev, entry: { ...line.entry, ...(k === 0 ? { by: 'mallory' } : {}) } };
      prev = hashOf(made);
      return remade(made);
    });
    put([...lines().slice(0, 5), ...forged]);
    // Signed at 1, 5, 9 and 10.
    expect(await verifyAuditChain(dir, keys)).toMatchObject({
      ok: false,
      badLine: 6,
      signed: 5,
      why: expect.stringContaining('6 to 9') as string,
    });
  });

  it('shows a cut, with checkpoints or by one kept elsewhere', async () => {
    const anchor = await chainOf(10);
    const good = lines();
    put(good.slice(0, 7));
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: false, badLine: 8 });
    const points = readFileSync(join(dir, 'checkpoints.jsonl'), 'utf8').split('\n');
    writeFileSync(
      join(dir, 'checkpoints.jsonl'),
      points
        .slice(0, 2)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: true, lines: 7, signed: 5 });
    expect(await verifyAuditChain(dir, keys, anchor)).toMatchObject({ ok: false, badLine: 8 });
    rmSync(join(dir, 'checkpoints.jsonl'));
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: false, badLine: 1 });
  });

  it('takes no checkpoint that another key signed or that was changed', async () => {
    await chainOf(3);
    expect(await verifyAuditChain(dir, [ring.verifying('manifest')])).toMatchObject({ ok: false });
    const path = join(dir, 'checkpoints.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"lines":3', '"lines":2'));
    expect((await verifyAuditChain(dir, keys)).ok).toBe(false);
  });

  it('says of an empty folder that nothing is there', async () => {
    expect(await verifyAuditChain(dir, keys)).toMatchObject({ ok: true, lines: 0, signed: 0 });
  });
});
