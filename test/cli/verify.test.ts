import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { registerVerify } from '../../cli/verify.js';
import { AuditChain } from '../../store/audit/chain.js';
import { generateDemoKeys } from '../../store/demo-keys.js';
import { KeyRing } from '../../store/key-ring.js';
import type { Check } from '../../store/verify-check.js';
import { statePaths } from '../../store/state-paths.js';
import { query } from '../../store/postgres/connection.js';
import { useDatabase } from '../support/database.js';
import { AT, CASE, WholeState } from '../store/whole-state.js';

const database = useDatabase();
const root = mkdtempSync(join(tmpdir(), 'quell-cli-verify-'));
const paths = statePaths(root);
const past = join(root, 'past');

/** The command as it is typed, in this process: what it prints and its exit code. */
async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command();
  registerVerify(program);
  const kept = process.exitCode;
  try {
    process.exitCode = 0;
    await program.parseAsync([...args], { from: 'user' });
    return { code: process.exitCode, out: printed.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    process.exitCode = kept;
    printed.mockRestore();
  }
}

const verify = (...args: readonly string[]) => run('verify', '--state', root, ...args);

/** A state folder whose audit key was changed once. */
beforeAll(async () => {
  generateDemoKeys(past);
  generateDemoKeys(paths.keys);
  const chain = new AuditChain(database.as('records'), KeyRing.read({ dir: past }).signing('audit'));
  await chain.append([{ key: 'one', at: AT, kind: 'containment.stopped', by: 'p-1' }]);
  await WholeState.build(root, KeyRing.read({ dir: paths.keys }), database);
  for (const [name, value] of Object.entries(database.env('console'))) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const BOTH = ['--audit-key', join(paths.keys, 'audit.pub'), join(past, 'audit.pub')];

it('takes the public halves of past keys, and opens manifests with the keys that it is given', async () => {
  expect(await verify()).toMatchObject({ code: 1, out: expect.stringContaining('not signed by a known key') });
  const closed = await verify(...BOTH);
  expect(closed).toMatchObject({ code: 0, out: expect.stringMatching(/^ok +audit chain \(9\)/m) });
  expect(closed.out).toMatch(/^not_checked +evidence manifests/m);
  expect((await verify(...BOTH, '--open', paths.keys)).out).toMatch(/^ok +evidence manifests \(1\)/m);
});

it('names what is missing, in words and as JSON, and ends with 1', async () => {
  const folder = join(paths.root, 'dossier', 'files');
  renameSync(folder, `${folder}.aside`);
  try {
    expect(await verify(...BOTH)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^ {2}DOSSIER_MISSING dossier/m),
    });
    const { code, out } = await verify(...BOTH, '--json');
    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: readonly Check[] };
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    const [problem] = checks.flatMap(({ problems }) => problems);
    expect(problem).toMatchObject({ code: 'DOSSIER_MISSING', what: expect.stringContaining(`dossier/files/${CASE}/`) });
  } finally {
    renameSync(`${folder}.aside`, folder);
  }
  expect(JSON.parse((await verify(...BOTH, '--json')).out)).toMatchObject({ ok: true });
});

it('proves one case, and is no success for one that nobody knows or where nothing is', async () => {
  expect((await verify(CASE, ...BOTH)).code).toBe(0);
  expect(await verify('case-s-nobody', ...BOTH)).toMatchObject({
    code: 1,
    out: expect.stringContaining('CASE_UNKNOWN'),
  });
});

it('proves an exported chain without a database', async () => {
  const folder = join(root, 'export');
  expect(await run('audit', 'export', folder)).toMatchObject({ code: 0, out: expect.stringContaining(folder) });
  vi.stubEnv('DATABASE_URL', 'postgresql://nobody@/nothing?host=/nowhere');
  try {
    expect(await verify(...BOTH, '--exported', folder)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ok +audit chain \(9\)/),
    });
  } finally {
    vi.stubEnv('DATABASE_URL', database.env('console')['DATABASE_URL']);
  }
  const chain = join(folder, 'chain.jsonl');
  writeFileSync(chain, readFileSync(chain, 'utf8').replace('"by":"p-1"', '"by":"p-2"'));
  expect(await verify(...BOTH, '--exported', folder)).toMatchObject({
    code: 1,
    out: expect.stringContaining('line 1'),
  });
  await expect(verify(...BOTH, '--exported', join(root, 'nothing'))).rejects.toMatchObject({ code: 'CONFIG' });
});

it('finds a cut that took the checkpoints along by heads that were kept elsewhere', async () => {
  const kept = join(root, 'kept.jsonl');
  copyFileSync(join(root, 'export', 'checkpoints.jsonl'), kept);
  for (const statement of [
    'DELETE FROM audit_entries WHERE key IN (SELECT key FROM audit_lines WHERE seq > 1)',
    'DELETE FROM audit_lines WHERE seq > 1',
    'DELETE FROM audit_checkpoints WHERE lines > 1',
  ])
    await query(database.pool, statement);
  expect((await verify(...BOTH)).out).toMatch(/^ok +audit chain \(1\)/m);
  expect((await verify(...BOTH, '--checkpoint', kept)).out).toMatch(/^bad +audit chain/m);
  copyFileSync(kept, paths.auditHeads); // where they are looked for by default
  expect((await verify(...BOTH)).out).toMatch(/^bad +audit chain/m);
  writeFileSync(kept, 'nonsense\n');
  const { code, out } = await verify(...BOTH, '--checkpoint', kept);
  expect({ code, out }).toMatchObject({ code: 1, out: expect.stringMatching(/^ok +audit chain \(1\)/) });
  expect(out).toContain(`HEAD_MALFORMED ${kept}:1`);
});
