import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const IMPORT_RULES = ['import-x/no-restricted-paths', 'no-restricted-imports', 'no-restricted-syntax'];
// The project's own configuration, without the type information that these rules don't ask for: it takes half a minute.
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => IMPORT_RULES.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** Rules that refuse this text as a file of that folder. */
async function refusedBy(folder: string, text: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: `${root}${folder}/x.ts` });
  expect(result?.fatalErrorCount).toBe(0);
  return (result?.messages ?? []).filter((m) => m.severity === 2).map((m) => m.ruleId ?? '');
}

describe('the lint configuration', () => {
  it.each([
    ['domain', "export { KeyRing } from '../store/key-ring.js';", 'import-x/no-restricted-paths'],
    ['domain', "export type { EvidencePort } from '../platforms/ports.js';", 'import-x/no-restricted-paths'],
    ['domain', "export { createHash } from 'node:crypto';", 'no-restricted-imports'],
    ['domain', "export { z } from 'zod';", 'no-restricted-imports'],
    ['domain', "import { sleep } from '@temporalio/workflow';\nexport const s = sleep;", 'no-restricted-syntax'],
    ['workflows', "export { readFile } from 'node:fs';", 'no-restricted-imports'],
    ['workflows', "export { readFile } from 'fs';", 'no-restricted-imports'],
    ['workflows', "export { KeyRing } from '../store/key-ring.js';", 'import-x/no-restricted-paths'],
    ['workflows', "export { Client } from '@temporalio/client';", 'no-restricted-imports'],
    [
      'workflows',
      "import { Activities } from '../activities/contract.js';\nexport const a = Activities;",
      'no-restricted-imports',
    ],
    ['platforms', "export { KeyRing } from '../store/key-ring.js';", 'import-x/no-restricted-paths'],
    ['platforms', "import { Context } from '@temporalio/activity';\nexport const c = Context;", 'no-restricted-syntax'],
    ['store', "export * from '../platforms/ports.js';", 'import-x/no-restricted-paths'],
    ['activities', "export * from '../workflows/messages.js';", 'import-x/no-restricted-paths'],
    ['activities', "export * from '../test/domain/fixtures.js';", 'import-x/no-restricted-paths'],
  ])('refuses in %s: %s', async (folder, text, rule) => {
    expect(await refusedBy(folder, text)).toContain(rule);
  });

  it.each([
    ['domain', "export { digest } from './canonical.js';\nexport { sha256 } from '@noble/hashes/sha2.js';"],
    ['workflows', "export { digest } from '../domain/canonical.js';\nexport { sleep } from '@temporalio/workflow';"],
    ['workflows', "export type * from '../activities/contract.js';"],
    ['platforms', "export { digest } from '../domain/canonical.js';\nexport { createHash } from 'node:crypto';"],
    ['store', "export { digest } from '../domain/canonical.js';\nexport { readFile } from 'node:fs/promises';"],
    ['activities', "export { KeyRing } from '../store/key-ring.js';\nexport type * from '../platforms/ports.js';"],
  ])('accepts in %s: %s', async (folder, text) => {
    expect(await refusedBy(folder, text)).toEqual([]);
  });
});
