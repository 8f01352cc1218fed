import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scanInThread } from '../../../../activities/analysis/secret-scan/pool.js';
import { scanPieces, type Piece } from '../../../../activities/analysis/secret-scan/scan.js';
import { scanSecrets } from '../../../../activities/analysis/secrets.js';
import { testKeys } from '../../../store/support.js';
import { event } from '../../support/vendor.js';
import { labelledSet } from '../labelled-secrets/set.js';

const key = testKeys().secret('registry');
const rows = labelledSet('open');
const pieces: readonly Piece[] = rows.map(({ text }, i) => ({ eventId: String(i), text }));
/** More than is looked through on the event loop. */
const many = Array.from({ length: 400 }, (_, i) =>
  event(String(i), { kind: 'message', text: `${'ordinary words, '.repeat(20)}${rows[i % rows.length]?.text ?? ''}` }),
);

describe('looking for secrets in a thread', () => {
  it('finds what is found without one, also for several callers at once', async () => {
    const here = scanPieces(pieces, key.bytes);
    expect(here.length).toBeGreaterThan(400);
    const there = await Promise.all([1, 2, 3].map(() => scanInThread(pieces, key.bytes)));
    for (const hits of there) expect(hits).toEqual(here);
  });

  it('is what large evidence gets: the event loop goes on meanwhile', async () => {
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    const hits = await scanSecrets(many, key);
    clearInterval(turning);
    const byOne = await Promise.all(many.map((e) => scanSecrets([e], key)));
    expect(hits).toEqual(byOne.flat());
    expect(turns).toBeGreaterThan(0);
  });

  it('ends with the reason of an aborted signal, and the next scan is whole', async () => {
    const reason = new Error('the activity was cancelled');
    await expect(scanInThread(pieces, key.bytes, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const scan = scanSecrets(many, key, controller.signal);
    const other = scanInThread(pieces, key.bytes);
    controller.abort(reason);
    await expect(scan).rejects.toBe(reason);
    expect(await other).toEqual(scanPieces(pieces, key.bytes));
  });

  it('rejects when a thread cannot do it, without a word of the text, and goes on', async () => {
    const broken = [{ eventId: 'x', text: 7 as unknown as string }];
    await expect(scanInThread(broken, key.bytes)).rejects.toThrow('could not be looked through');
    expect(await scanInThread(pieces.slice(0, 5), key.bytes)).toEqual(scanPieces(pieces.slice(0, 5), key.bytes));
  });

  it('keeps no process alive, and runs from the source as it is', async () => {
    const child = fileURLToPath(new URL('threads-child.ts', import.meta.url));
    const out = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ['--import', 'tsx', child], { timeout: 50_000 }, (error, stdout) =>
        error ? reject(new Error('the child failed', { cause: error })) : resolve(stdout),
      );
    });
    expect(out.trim()).toBe('1 password');
  });
});
