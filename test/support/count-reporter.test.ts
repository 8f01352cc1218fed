import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/setup.mjs';

/** Runs vitest on a folder of its own with these test files; the last line of its output and its exit code. */
function run(files: Readonly<Record<string, string>>): {
  readonly last: string | undefined;
  readonly code: number | null;
} {
  const folder = mkdtempSync(join(tmpdir(), 'quell-reporter-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        ...[join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--globals', '--root', folder],
        ...['--reporter', 'default', '--reporter', join(ROOT, 'test', 'support', 'count-reporter.ts')],
      ],
      { encoding: 'utf8', cwd: folder, env: { ...process.env, VITEST: undefined, NO_COLOR: '1' } },
    );
    return { last: stdout.trimEnd().split('\n').at(-1), code: status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.each([
  [
    'single tests',
    { 'a.test.js': `test('a', () => {}); describe('g', () => { test('b', () => {}); });` },
    '2 passed, 0 failed',
    0,
  ],
  [
    'what is left out',
    { 'a.test.js': `test('a', () => {}); test.skip('b', () => {});` },
    '1 passed, 0 failed, 1 skipped',
    0,
  ],
  [
    'a failure',
    { 'a.test.js': `test('a', () => {}); test('b', () => { throw new Error('no'); });` },
    '1 passed, 1 failed',
    1,
  ],
  [
    'a file that does not load',
    { 'a.test.js': `test('a', () => {});`, 'b.test.js': `import './nothing.js';` },
    '1 passed, 1 failed',
    1,
  ],
  [
    'a hook that keeps tests from running',
    {
      'a.test.js': `test('a', () => {}); describe('g', () => { beforeAll(() => { throw new Error('no'); }); test('b', () => {}); });`,
    },
    '1 passed, 1 failed, 1 skipped',
    1,
  ],
  [
    'an error outside of tests',
    { 'a.test.js': `test('a', () => { void Promise.reject(new Error('no')); });` },
    '1 passed, 1 failed',
    1,
  ],
  ['no test at all', {}, '0 passed, 0 failed', 1],
])('counts %s', (_, files, last, code) => {
  expect(run(files as Record<string, string>)).toEqual({ last, code });
});
