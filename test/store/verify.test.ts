import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceManifest, EvidenceRef } from '../../domain/evidence.js';
import { AuditChain } from '../../store/audit-chain.js';
import type { AuditEntry } from '../../store/audit-entry.js';
import { shredCase } from '../../store/case-keys.js';
import { EvidenceWriter } from '../../store/evidence-store.js';
import { signManifest } from '../../store/signing.js';
import { statePaths } from '../../store/state-paths.js';
import { SHREDDED, verifyState, type Check } from '../../store/verify.js';
import { testKeys } from './support.js';

const ring = testKeys();
const base = mkdtempSync(join(tmpdir(), 'quell-verify-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
const at = '2026-01-01T00:00:00.000Z';
const publicKeys = { audit: [ring.verifying('audit')], manifest: [ring.verifying('manifest')] };
const withKeys = { ...publicKeys, open: [ring.opening('seal-records'), ring.opening('seal-analysis')] };
const caseId = 'case-s-a';
let root = '';
let n = 0;
let raw: EvidenceRef;
let manifest: EvidenceRef;

async function append(...entries: AuditEntry[]): Promise<void> {
  const chain = await AuditChain.open(statePaths(root).audit, ring.signing('audit'));
  await chain.append(entries);
  await chain.close();
}
async function writeManifest(file: EvidenceRef, key = ring.signing('manifest')): Promise<EvidenceRef> {
  const body: EvidenceManifest = {
    platform: 'slack',
    tenant: 'acme',
    caseId,
    subjectId: 's-a',
    readAt: at,
    policyDigest: 'd',
    file,
    window: { depth: 'narrow', from: at, to: at },
    accounts: [],
    grounds: [],
  };
  return new EvidenceWriter(statePaths(root).evidence, [ring.sealing('seal-analysis')]).writeManifest(
    signManifest(body, key),
  );
}
beforeEach(async () => {
  root = join(base, String(n++));
  const paths = statePaths(root);
  raw = await new EvidenceWriter(paths.evidence, [ring.sealing('seal-analysis')]).writeRows(caseId, 'narrow', [
    { id: 'e1' },
    { id: 'e2' },
  ]);
  manifest = await writeManifest(raw);
  const dossier = await new EvidenceWriter(paths.dossier, [ring.sealing('seal-records')]).writeJson(
    caseId,
    'assessment',
    { findings: [] },
  );
  await append({
    key: 'k1',
    at,
    kind: 'evidence.collected',
    by: 'records',
    caseId,
    evidence: [
      { ...raw, compartment: 'evidence' },
      { ...manifest, compartment: 'evidence' },
      { ...dossier, compartment: 'dossier' },
    ],
  });
});
const of = (checks: readonly Check[]): Record<string, Check['outcome']> =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
const good = {
  'audit chain': 'ok',
  'files named in the audit log': 'ok',
  'evidence files': 'ok',
  'dossier files': 'ok',
  'evidence manifests': 'ok',
  policies: 'ok',
};
const pathOf = (ref: EvidenceRef): string => join(statePaths(root).evidence, 'files', caseId, ref.key);

describe('verify', () => {
  it('proves a whole state folder, with keys and, as far as it goes, without', async () => {
    const checks = await verifyState(root, withKeys);
    expect(of(checks)).toEqual(good);
    expect(checks[1]).toMatchObject({ count: 3, why: expect.stringContaining('of 3 the plaintext') as string });
    expect(of(await verifyState(root, publicKeys))).toEqual({ ...good, 'evidence manifests': 'not_checked' });
    expect(of(await verifyState(join(base, 'nothing'), withKeys))).toEqual(good);
  });

  it('shows a changed file, without any key', async () => {
    const bytes = readFileSync(pathOf(raw));
    bytes[50]! ^= 1;
    writeFileSync(pathOf(raw), bytes);
    expect(of(await verifyState(root, publicKeys))).toMatchObject({
      'audit chain': 'ok',
      'files named in the audit log': 'bad',
      'evidence files': 'bad',
    });
    expect(of(await verifyState(root, withKeys))['evidence manifests']).toBe('bad');
  });

  it('shows a missing file, and one that was never named in the audit log but in a manifest', async () => {
    rmSync(pathOf(raw));
    expect(of(await verifyState(root, withKeys))).toMatchObject({
      'files named in the audit log': 'bad',
      'evidence files': 'ok',
      'evidence manifests': 'bad',
    });
  });

  it('shows a manifest that another key signed', async () => {
    await writeManifest(raw, ring.signing('audit'));
    expect(of(await verifyState(root, withKeys))).toEqual({ ...good, 'evidence manifests': 'bad' });
  });

  it('shows a manifest whose hash is not that of its file', async () => {
    await writeManifest({ ...raw, sha256: '0'.repeat(64) });
    expect(of(await verifyState(root, withKeys))).toEqual({ ...good, 'evidence manifests': 'bad' });
  });

  it('shows an edited audit line', async () => {
    const path = join(statePaths(root).audit, 'chain.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"by":"records"', '"by":"someone"'));
    const [chain] = await verifyState(root, withKeys);
    expect(chain).toMatchObject({ outcome: 'bad', why: expect.stringContaining('line 1') as string });
  });

  it('tells keys that were deleted by the rules from keys that are simply gone', async () => {
    await shredCase(statePaths(root).evidence, caseId);
    await shredCase(statePaths(root).dossier, caseId);
    expect(of(await verifyState(root, withKeys))).toMatchObject({
      'audit chain': 'ok',
      'evidence files': 'bad',
      'dossier files': 'bad',
    });
    await append({ key: 'k2', at, kind: SHREDDED, by: 'records', caseId });
    expect(of(await verifyState(root, withKeys))).toEqual({ ...good, 'evidence manifests': 'not_checked' });
  });
});
