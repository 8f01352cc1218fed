import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { registerVerify } from '../../cli/verify.js';
import type { EvidenceManifest } from '../../domain/evidence.js';
import { AuditChain } from '../../store/audit-chain.js';
import { generateDemoKeys } from '../../store/demo-keys.js';
import { EvidenceWriter } from '../../store/evidence-store.js';
import { KeyRing } from '../../store/key-ring.js';
import { signManifest } from '../../store/signing.js';
import { statePaths } from '../../store/state-paths.js';

const caseId = 'case-s-a';
const at = '2026-01-01T00:00:00.000Z';
const root = mkdtempSync(join(tmpdir(), 'quell-cli-verify-'));
const paths = statePaths(root);
const past = join(root, 'past');

/** The command as it is typed, in this process: what it prints and its exit code. */
async function verify(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command();
  registerVerify(program);
  const kept = process.exitCode;
  try {
    process.exitCode = 0;
    await program.parseAsync(['verify', '--state', root, ...args], { from: 'user' });
    return { code: process.exitCode, out: printed.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    process.exitCode = kept;
    printed.mockRestore();
  }
}

async function append(keys: KeyRing, key: string): Promise<void> {
  const chain = await AuditChain.open(paths.audit, keys.signing('audit'));
  await chain.append([{ key, at, kind: 'case.opened', by: 'records', caseId }]);
  await chain.close();
}

/** A state folder whose audit key was changed once. */
beforeAll(async () => {
  generateDemoKeys(past);
  generateDemoKeys(paths.keys);
  const keys = KeyRing.read({ dir: paths.keys });
  await append(KeyRing.read({ dir: past }), 'one');
  await append(keys, 'two');
  const writer = new EvidenceWriter(paths.evidence, [keys.sealing('seal-analysis')]);
  const file = await writer.writeRows(caseId, 'raw', [{ id: 'e1' }]);
  const manifest: EvidenceManifest = {
    ...{ platform: 'slack' as const, tenant: 'main', caseId, subjectId: 's-a', readAt: at, policyDigest: 'd', file },
    window: { depth: 'narrow', from: at, to: at },
    accounts: [],
    grounds: [],
  };
  await writer.writeManifest(signManifest(manifest, keys.signing('manifest')));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const BOTH = ['--audit-key', join(paths.keys, 'audit.pub'), join(past, 'audit.pub')];

it('takes the public halves of past keys, and opens manifests with the keys that it is given', async () => {
  expect(await verify()).toMatchObject({ code: 1, out: expect.stringContaining('not signed by a known key') });
  const closed = await verify(...BOTH);
  expect(closed).toMatchObject({ code: 0, out: expect.stringMatching(/^ok +audit chain \(2\)/m) });
  expect(closed.out).toMatch(/^not_checked +evidence manifests/m);
  expect((await verify(...BOTH, '--open', paths.keys)).out).toMatch(/^ok +evidence manifests \(1\)/m);
});

it('finds a cut that took the checkpoints along when it is given one that was kept elsewhere', async () => {
  const kept = join(root, 'kept.jsonl');
  copyFileSync(join(paths.audit, 'checkpoints.jsonl'), kept);
  for (const name of ['chain.jsonl', 'checkpoints.jsonl']) {
    const file = join(paths.audit, name);
    truncateSync(file, readFileSync(file, 'utf8').indexOf('\n') + 1);
  }
  expect((await verify(...BOTH)).code).toBe(0);
  expect(await verify(...BOTH, '--checkpoint', kept)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^bad +audit chain/m),
  });
  writeFileSync(kept, 'nonsense\n');
  await expect(verify(...BOTH, '--checkpoint', kept)).rejects.toMatchObject({ code: 'CONFIG' });
});
