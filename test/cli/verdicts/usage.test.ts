import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url).pathname;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-usage-'));
  mkdirSync(join(folder, 'one'));
  writeFileSync(join(folder, 'one', 'expected.json'), '{}');
  writeFileSync(join(folder, 'none.txt'), '# nobody\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verdicts = (...args: readonly string[]): { readonly code: number | null; readonly said: string } => {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/demo/verdicts/main.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, QUELL_TEMPORAL_CLI: '' },
  });
  return { code: status, said: stdout };
};

it.each([
  ['an unknown option', () => ['--fast'], "Unknown option '--fast'"],
  ['a folder that is not there', () => [join(folder, 'nowhere')], 'There is no folder'],
  ['a folder without scenarios', () => [join(folder, 'one')], 'no scenario with an expected.json'],
  ['an unknown name', () => [folder, '--only', 'two'], 'There is no scenario two. There are: one.'],
  ['an empty list', () => [folder, '--subset', join(folder, 'none.txt')], 'names no scenario'],
  ['no number', () => [folder, '--parallel', 'many'], '--parallel takes a whole number'],
  ['two folders', () => [folder, folder], 'One folder alone'],
])('ends with 2 and the usage for %s', (_, args, why) => {
  const { code, said } = verdicts(...args());
  expect(said).toContain(why);
  expect(said).toContain('npm run verdicts');
  expect(code).toBe(2);
});

it('tells its usage when asked', () => {
  expect(verdicts('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--subset FILE') as string });
});
