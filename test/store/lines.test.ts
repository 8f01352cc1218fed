import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLog } from '../../store/lines.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-lines-'));
  path = join(folder, 'log');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const asText = (text: string): string => text;

describe('a log', () => {
  it('is its whole lines; a torn last one is none, and the next goes in its place', async () => {
    writeFileSync(path, 'ä\nzwei\ndr');
    expect(await readLog(path, asText)).toEqual({ entries: ['ä', 'zwei'], end: Buffer.byteLength('ä\nzwei\n') });
    appendFileSync(path, 'ei\n');
    expect((await readLog(path, asText)).entries).toEqual(['ä', 'zwei', 'drei']);
  });

  it('that is not there, or empty, holds nothing', async () => {
    expect(await readLog(path, asText)).toEqual({ entries: [], end: 0 });
    writeFileSync(path, '');
    expect(await readLog(path, asText)).toEqual({ entries: [], end: 0 });
  });

  it('ends at a line that is not to be read, and fails with one that should not be there', async () => {
    writeFileSync(path, '1\n2\nx\n4\n');
    const number = (text: string): number | undefined => (text === 'x' ? undefined : Number(text));
    expect(await readLog(path, number)).toEqual({ entries: [1, 2], end: 4 });
    const refused = readLog(path, (text) => {
      if (text === 'x') throw new TypeError(text);
      return text;
    });
    await expect(refused).rejects.toThrow(TypeError);
  });

  it('is read over lines that are longer than what is read at once', async () => {
    const long = 'ü'.repeat(300_000);
    writeFileSync(path, `${long}\n${long}!\n`);
    expect((await readLog(path, asText)).entries).toEqual([long, `${long}!`]);
  });
});
