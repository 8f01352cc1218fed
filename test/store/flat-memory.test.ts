import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { useAws } from '../support/aws.js';

const child = fileURLToPath(new URL('./memory-child.ts', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'quell-memory-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));
const aws = useAws();
const MEGABYTES = 200;

/** By how much the memory of a process grew, MiB, over a file that is as large as `MEGABYTES`. */
async function grew(settings: object): Promise<number> {
  const args = [
    '--max-old-space-size=64',
    '--import',
    'tsx',
    child,
    JSON.stringify(settings),
    state,
    String(MEGABYTES),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

it.each(['folder', 's3'])(
  'a large file is written, and verified while it is read, in little memory: %s',
  { timeout: 120_000 },
  async (kind) => {
    const at = { ...aws.service, pathStyle: true };
    const settings =
      kind === 'folder'
        ? {}
        : { files: { s3: { ...at, bucket: await aws.bucket() } }, keys: { s3: { ...at, bucket: await aws.bucket() } } };
    expect(await grew(settings)).toBeLessThan(MEGABYTES / 2);
  },
);
