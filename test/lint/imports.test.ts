import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/setup.mjs';

const RULES = ['import-x/no-restricted-paths', 'no-restricted-imports', 'no-restricted-properties', 'no-console'];

// The project's own configuration, without the type information that these rules do not ask for: with it a text could not
// stand for a file that is not there.
const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** The house's rules that a one-line file at `path` breaks. */
async function broken(path: string, line: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: join(ROOT, path) });
  expect(result?.fatalErrorCount).toBe(0);
  return (result?.messages ?? []).flatMap((m) => (m.severity === 2 && m.ruleId !== null ? [m.ruleId] : []));
}

const value = (from: string): string => `export * from '${from}';`;
const type = (from: string): string => `export type * from '${from}';`;

describe('imports only go down', () => {
  it.each([
    ['domain/x.ts', '../store/inbox/writer.js'],
    ['domain/x.ts', '../platforms/ports.js'],
    ['domain/indicators/x.ts', '../../workflows/messages.js'],
    ['platforms/slack/x.ts', '../../store/inbox/writer.js'],
    ['platforms/x.ts', '../activities/contract.js'],
    ['store/x.ts', '../platforms/ports.js'],
    ['store/x.ts', '../workers/config.js'],
    ['activities/x.ts', '../workflows/messages.js'],
    ['activities/x.ts', '../gateway/intake.js'],
    ['workflows/x.ts', '../platforms/ports.js'],
    ['workflows/case/x.ts', '../../store/inbox/writer.js'],
    ['gateway/x.ts', '../workers/config.js'],
    ['workers/x.ts', '../cli/main.js'],
    ['cli/x.ts', '../simulator/core/world.js'],
    ['workers/x.ts', '../simulator/core/world.js'],
    ['simulator/x.ts', '../store/inbox/writer.js'],
    ['workers/x.ts', '../test/support/count-reporter.js'],
  ])('%s may not import %s', async (path, from) => {
    expect(await broken(path, value(from))).toContain('import-x/no-restricted-paths');
    expect(await broken(path, type(from))).toContain('import-x/no-restricted-paths');
  });

  it.each([
    ['platforms/x.ts', '../domain/alert.js'],
    ['store/x.ts', '../domain/alert.js'],
    ['activities/x.ts', '../store/inbox/writer.js'],
    ['activities/x.ts', '../platforms/ports.js'],
    ['workflows/x.ts', '../domain/alert.js'],
    ['gateway/x.ts', '../workflows/messages.js'],
    ['workers/x.ts', '../gateway/intake.js'],
    ['cli/x.ts', '../workers/config.js'],
    ['cli/demo/x.ts', '../../simulator/core/world.js'],
    ['simulator/x.ts', '../platforms/ports.js'],
    ['test/x.test.ts', '../simulator/core/world.js'],
  ])('%s may import %s', async (path, from) => {
    expect(await broken(path, value(from))).toEqual([]);
  });
});

describe('a command prints', () => {
  it.each(["process.stdout.write('x');", "process.stderr.write('x');", "console.log('x');"])(
    'by cli/terminal.ts alone, never by %s',
    async (line) => {
      for (const path of ['cli/x.ts', 'cli/demo/x.ts']) expect(await broken(path, line)).toHaveLength(1);
      expect(await broken('cli/terminal.ts', line)).toEqual([]);
    },
  );
});

describe('the workflow sandbox', () => {
  it.each([
    'node:crypto',
    'fs',
    'node:fs/promises',
    'zod',
    '@temporalio/client',
    '@temporalio/activity',
    '@temporalio/worker',
    '../activities/contract.js',
    '../activities/records/index.js',
  ])('refuses %s', async (from) => {
    expect(await broken('workflows/x.ts', value(from))).not.toEqual([]);
    if (!from.startsWith('..')) expect(await broken('domain/x.ts', value(from))).not.toEqual([]);
  });

  it.each(['@temporalio/workflow', '@temporalio/common'])('takes %s', async (from) => {
    expect(await broken('workflows/x.ts', value(from))).toEqual([]);
  });

  it('takes types of activities, and no more of them', async () => {
    expect(await broken('workflows/x.ts', type('../activities/contract.js'))).toEqual([]);
    expect(await broken('workflows/case/x.ts', type('../../activities/contract.js'))).toEqual([]);
    expect(await broken('workflows/case/x.ts', value('../../activities/contract.js'))).not.toEqual([]);
  });
});

describe('Temporal', () => {
  it('is unknown to domain by any kind of import', async () => {
    expect(
      await broken('domain/x.ts', "import { sleep } from '@temporalio/workflow';\nexport const s = sleep;"),
    ).not.toEqual([]);
  });

  it.each(['domain/x.ts', 'platforms/x.ts', 'platforms/slack/x.ts', 'store/x.ts'])('is unknown to %s', async (path) => {
    expect(await broken(path, value('@temporalio/common'))).not.toEqual([]);
  });

  it('is known to the payload codec alone in the store', async () => {
    expect(await broken('store/payload-codec.ts', value('@temporalio/common'))).toEqual([]);
  });
});
