import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/setup.mjs';

const RULES = ['import-x/no-restricted-paths', 'no-restricted-syntax'];

// Without type information, as in imports.test.ts: a text stands for a file that is not there.
const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

async function broken(path: string, line: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: join(ROOT, path) });
  expect(result?.fatalErrorCount).toBe(0);
  return (result?.messages ?? []).flatMap((m) => (m.severity === 2 && m.ruleId !== null ? [m.ruleId] : []));
}

const HOUSE = [
  'domain/x.ts',
  'store/x.ts',
  'workflows/case/x.ts',
  'activities/people/x.ts',
  'gateway/x.ts',
  'gateway/alerts/sentinel/x.ts',
  'workers/roles/x.ts',
  'cli/x.ts',
];

describe('nothing outside its folder', () => {
  it.each([
    "export const f = (p: string) => p === 'slack';",
    "export const f = (p: string) => 'microsoft' !== p;",
    "export function f(p: string) { switch (p) { case 'google': return 1; default: return 2; } }",
    'export const WORDS = { slack: 1 };',
    "export const WORDS = { 'google': 1 };",
    'export interface Live { readonly microsoft: string[] }',
    "export type P = 'slack' | 'webex';",
    "export const f = (ps: string[]) => ps.includes('google');",
    'export const f = (by: Record<string, string>) => by.slack;',
    "export const f = (by: Record<string, string>) => by['microsoft'];",
  ])('asks which platform it is: %s', async (line) => {
    for (const path of HOUSE) expect(await broken(path, line), path).toContain('no-restricted-syntax');
    for (const path of ['platforms/slack/x.ts', 'simulator/x.ts', 'cli/demo/x.ts', 'test/x.test.ts'])
      expect(await broken(path, line), path).toEqual([]);
  });

  it('but may name one as a value: a format of alerts is one vendor’s', async () => {
    const line = "export const alert = { platform: 'microsoft' };";
    for (const path of HOUSE) expect(await broken(path, line), path).toEqual([]);
  });

  it('imports a vendor, the registry alone', async () => {
    const vendor = (up: string): string => `export * from '${up}platforms/slack/settings.js';`;
    const registry = (up: string): string => `export * from '${up}platforms/registry.js';`;
    for (const [path, up] of [
      ['activities/x.ts', '../'],
      ['gateway/intake/x.ts', '../../'],
      ['workers/x.ts', '../'],
      ['cli/x.ts', '../'],
    ] as const) {
      expect(await broken(path, vendor(up)), path).toEqual(['import-x/no-restricted-paths']);
      expect(await broken(path, registry(up)), path).toEqual([]);
    }
    for (const [path, up] of [
      ['cli/demo/x.ts', '../../'],
      ['simulator/x.ts', '../'],
      ['test/x.test.ts', '../'],
      ['bench/x.ts', '../'],
      ['scripts/x.ts', '../'],
    ] as const)
      expect(await broken(path, vendor(up)), path).toEqual([]);
  });
});
