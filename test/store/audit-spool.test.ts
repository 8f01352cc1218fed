import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditChain } from '../../store/audit-chain.js';
import type { AuditEntry } from '../../store/audit/entry.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { verifyAuditChain } from '../../store/audit-verify.js';
import { testKeys } from './support.js';

const ring = testKeys();
const key = ring.signing('audit');
const keys = [ring.verifying('audit')];
const base = mkdtempSync(join(tmpdir(), 'quell-spool-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
afterEach(() => {
  vi.useRealTimers();
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

describe('audit spool', () => {
  it('hands over each entry once, also when the writer is stopped between taking and deleting', async () => {
    const spool = new AuditSpool(join(dir, 'spool'));
    for (let i = 0; i < 5; i++) await spool.note(entry(i, { by: 'console' }));
    await spool.note(entry(0, { by: 'console' }));
    const saved = readdirSync(join(dir, 'spool')).map(
      (name) => [name, readFileSync(join(dir, 'spool', name), 'utf8')] as const,
    );
    let chain = await AuditChain.open(join(dir, 'chain'), key);
    expect(await spool.drain(chain)).toBe(5);
    expect(readdirSync(join(dir, 'spool'))).toEqual([]);
    await chain.close();
    for (const [name, text] of saved) writeFileSync(join(dir, 'spool', name), text);
    chain = await AuditChain.open(join(dir, 'chain'), key);
    expect(await spool.drain(chain)).toBe(0);
    await chain.close();
    expect(await verifyAuditChain(join(dir, 'chain'), keys)).toMatchObject({ ok: true, lines: 5 });
  });

  it('keeps a file that is no entry, says so in the chain, and ignores half-written ones', async () => {
    const spool = new AuditSpool(join(dir, 'spool'));
    mkdirSync(join(dir, 'spool'), { recursive: true });
    writeFileSync(join(dir, 'spool', '1-bad.json'), '{"key": "x", "surprise"');
    writeFileSync(join(dir, 'spool', '2-half.json.ab.tmp'), '{');
    const chain = await AuditChain.open(join(dir, 'chain'), key);
    await spool.drain(chain);
    await spool.drain(chain);
    await chain.close();
    const kinds: string[] = [];
    await verifyAuditChain(join(dir, 'chain'), keys, undefined, (line) => kinds.push(line.kind));
    expect(kinds).toEqual(['audit.broken_entry']);
    expect(readdirSync(join(dir, 'spool', 'broken'))).toEqual(['1-bad.json']);
  });

  it('refuses an entry that does not fit', async () => {
    await expect(new AuditSpool(dir).drop({ ...entry(1), surprise: true } as AuditEntry)).rejects.toThrow();
    await expect(new AuditSpool(dir).drop(entry(1, { kind: 'No kind' }))).rejects.toThrow();
  });

  it('is drained by two at a time, each entry once', async () => {
    const spool = new AuditSpool(join(dir, 'spool'));
    for (let i = 0; i < 20; i++) await spool.note(entry(i));
    const chain = await AuditChain.open(join(dir, 'chain'), key);
    expect(await Promise.all([spool.drain(chain), spool.drain(chain), spool.drain(chain)])).toEqual([20, 0, 0]);
    await chain.close();
  });

  it('is drained again and again, also after a round that failed, and what waited for a minute is signed', async () => {
    const spool = new AuditSpool(join(dir, 'spool'));
    const chain = await AuditChain.open(join(dir, 'chain'), key);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const failures: unknown[] = [];
    let over: () => void = () => undefined;
    const round = async (begin: () => void): Promise<void> => {
      const ended = new Promise<void>((resolve) => {
        over = resolve;
      });
      begin();
      await ended;
    };
    const after = (ms: number): Promise<void> => round(() => void vi.advanceTimersByTime(ms));
    /** A round ends by asking whether a checkpoint is due, or by failing. */
    const append: AuditChain['append'] = (entries) =>
      chain.append(entries).finally(() => {
        if (entries.length === 0) over();
      });
    const failed = (error: unknown): void => {
      failures.push(error);
      over();
    };
    let end: () => Promise<void> = () => Promise.resolve();
    await round(() => {
      end = spool.drainEvery({ append }, 10_000, failed);
    });
    await spool.note(entry(1));
    await after(10_000);
    expect(await verifyAuditChain(join(dir, 'chain'), keys)).toMatchObject({ lines: 1, signed: 1 });

    await spool.note(entry(2));
    mkdirSync(join(dir, 'spool', 'a folder.json'));
    await after(10_000);
    expect(failures).toMatchObject([{ code: 'STORE' }]);
    rmSync(join(dir, 'spool', 'a folder.json'), { recursive: true });
    await after(10_000);
    expect(await verifyAuditChain(join(dir, 'chain'), keys)).toMatchObject({ lines: 2, signed: 1 });
    await after(60_000);
    await end();
    expect(await verifyAuditChain(join(dir, 'chain'), keys)).toMatchObject({ lines: 2, signed: 2 });
    await chain.close();
  });
});
