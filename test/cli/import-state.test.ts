import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registerImportState } from '../../cli/import-state.js';
import { generateDemoKeys } from '../../store/demo-keys.js';
import { KeyRing } from '../../store/key-ring.js';
import { socketUrl } from '../../store/postgres/settings.js';
import { OldState } from '../store/import/old-state.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();
const base = mkdtempSync(join(tmpdir(), 'quell-cli-import-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const vault = join(base, 'vault');
generateDemoKeys(vault);
const state = join(base, 'state');

beforeEach(() => {
  const { host, user, database: name, passwordFile = '' } = database.settings;
  vi.stubEnv('DATABASE_URL', socketUrl(host, user, name));
  vi.stubEnv('DATABASE_PASSWORD_FILE', passwordFile);
});
afterEach(() => vi.unstubAllEnvs());

/** The command as it is typed by the owner of the database, in this process. */
async function importState(...args: readonly string[]): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerImportState(program);
  try {
    await program.parseAsync(['import-state', ...args], { from: 'user' });
    return printed.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    printed.mockRestore();
  }
}

it('says of each part what was taken and what was left, and the second time that it was done', async () => {
  const old = await OldState.build(state, KeyRing.read({ dir: vault }));
  old.inbox.segment([{ seq: 1, body: 'one' }]);
  old.inbox.outcomes({ seq: 0, status: 'delivered', at: '2026-01-01T00:00:00.000Z' });
  const args = [state, '--organisation', 'test', '--keys', vault];
  const first = await importState(...args);
  expect(first).toMatch(new RegExp(`^imported \\S+: the audit chain holds, 4 lines to ${old.head}\n`));
  expect(first).toMatch(/^case index {5}0 alerts, 1 cases$/m);
  expect(first).toMatch(
    /^inbox {10}.*, 1 messages that wait, .*; left: 1 settled numbers whose message is forgotten$/m,
  );
  expect(first).toMatch(/they stay in the folder/);
  expect(await importState(...args)).toBe(first.replace(/^imported/, 'was imported before,'));
});

it('asks for organisation and keys, and refuses a vault without them', async () => {
  await expect(importState(state)).rejects.toThrow('--organisation');
  await expect(importState(state, '--organisation', 'test')).rejects.toThrow('--keys');
  await expect(importState(state, '--organisation', 'test', '--keys', base)).rejects.toMatchObject({ code: 'CONFIG' });
});
