import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceRef } from '../../domain/evidence.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { readCheckpoint } from '../../store/audit-verify.js';
import { shredCase } from '../../store/case-keys.js';
import { verifyState, type VerifyKeys } from '../../store/verify.js';
import type { Check } from '../../store/verify-check.js';
import { SHREDDED } from '../../store/verify-story.js';
import { query } from '../../store/postgres/connection.js';
import { useDatabase } from '../support/database.js';
import { testKeys } from './support.js';
import { AT, CASE, REPORT, STEP, WholeState } from './whole-state.js';

const database = useDatabase();
const ring = testKeys();
const base = mkdtempSync(join(tmpdir(), 'quell-verify-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
const publicKeys = { audit: [ring.verifying('audit')], manifest: [ring.verifying('manifest')] };
const withKeys = { ...publicKeys, open: [ring.opening('seal-records'), ring.opening('seal-analysis')] };
const NOW = new Date('2026-01-01T01:00:00.000Z');

/** Every test tampers with a copy of its own. */
let whole: WholeState;
let root = '';
let n = 0;
beforeAll(async () => {
  whole = await WholeState.build(join(base, 'whole'), ring, database);
});
beforeEach(async () => {
  root = join(base, String(n++));
  cpSync(whole.root, root, { recursive: true });
  const [planDigest = '', step] = STEP.split(':');
  await query(database.pool, 'TRUNCATE containment_notes, cases');
  await whole.finished(planDigest, Number(step));
  await whole.index(CASE);
});
const at = (...parts: readonly string[]): string => join(root, ...parts);
const evidence = (ref: EvidenceRef): string => join('evidence', 'files', CASE, ref.key);
const dossier = (ref: EvidenceRef): string => join('dossier', 'files', CASE, ref.key);
/** The roles of this test's folder. */
const roles = (): WholeState => whole.at(root);

const verify = (keys: VerifyKeys = publicKeys, only?: string): Promise<readonly Check[]> =>
  verifyState(root, database.as('console'), keys, { now: NOW, ...(only === undefined ? {} : { only }) });
const of = (checks: readonly Check[]): Record<string, Check['outcome']> =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
/** What is wrong, each with its name. */
async function wrong(keys?: VerifyKeys, only?: string): Promise<readonly string[]> {
  return (await verify(keys, only)).flatMap(({ problems }) => problems.map(({ code, what }) => `${code} ${what}`));
}
function flip(file: string, byte = 50): void {
  const bytes = readFileSync(file);
  bytes[byte]! ^= 1;
  writeFileSync(file, bytes);
}
const good = {
  'audit chain': 'ok',
  cases: 'ok',
  'evidence files': 'ok',
  'evidence manifests': 'ok',
  'grounds files': 'ok',
  'dossier files': 'ok',
  reports: 'ok',
  policies: 'ok',
  'action ledger': 'ok',
  'audit spool': 'ok',
};

describe('a whole state folder', () => {
  it('is proven, with keys and, as far as it goes, without', async () => {
    const checks = await verify(withKeys);
    expect(of(checks)).toEqual(good);
    expect(checks.map(({ count }) => count)).toEqual([4, 1, 2, 1, 0, 1, 2, 1, 1, 0]);
    expect(checks[2]?.why).toContain('of 2 the plaintext');
    expect(of(await verify())).toEqual({ ...good, 'evidence manifests': 'not_checked' });
  });

  it('is proven for one case, and not for one that nobody knows', async () => {
    await roles().open('case-s-b');
    rmSync(at('evidence', 'files', CASE), { recursive: true });
    expect(await wrong(withKeys, 'case-s-b')).toEqual([]);
    expect(await wrong(withKeys, CASE)).toHaveLength(2);
    expect(await wrong(withKeys, 'case-s-c')).toEqual(['CASE_UNKNOWN case-s-c']);
  });
});

describe('what is missing', () => {
  it('is everything, where there is nothing', async () => {
    expect(
      (await verifyState(join(base, 'nowhere'), database.as('console'), withKeys)).flatMap((c) =>
        c.problems.map((p) => p.code),
      ),
    ).toEqual(['AUDIT_MISSING']);
  });

  it('is anything to prove, where nothing has happened yet', async () => {
    root = join(base, 'fresh');
    await query(database.pool, 'TRUNCATE cases');
    await roles().append();
    expect(await wrong(withKeys)).toEqual(['NOTHING_TO_VERIFY audit/chain.jsonl']);
  });

  it.each([
    ['audit', ['AUDIT_MISSING audit']],
    ['audit/chain.jsonl', ['CHAIN_MISSING audit/chain.jsonl', 'CHAIN_BROKEN audit/chain.jsonl line 1']],
    [
      'audit/checkpoints.jsonl',
      ['CHECKPOINTS_MISSING audit/checkpoints.jsonl', 'CHAIN_BROKEN audit/chain.jsonl line 1'],
    ],
    ['policies', () => [`POLICY_MISSING policies/${whole.policy}.json`]],
    [`reports/${REPORT}.json`, [`REPORT_MISSING reports/${REPORT}.json`]],
    [`reports/${REPORT}.html`, [`REPORT_MISSING reports/${REPORT}.html`]],
    [`dossier/files/${CASE}`, () => [`DOSSIER_MISSING ${dossier(whole.dossier)}`]],
    [`evidence/keys/${CASE}`, [`KEYS_MISSING evidence/keys/${CASE}`]],
    [`dossier/keys/${CASE}`, [`KEYS_MISSING dossier/keys/${CASE}`]],
  ] as const)('is named: %s', async (path, expected) => {
    rmSync(at(path), { recursive: true });
    expect(await wrong()).toEqual(typeof expected === 'function' ? expected() : expected);
  });

  it('is named without any key: an evidence file, a manifest, a dossier file', async () => {
    for (const file of [evidence(whole.raw), evidence(whole.manifest), dossier(whole.dossier)]) rmSync(at(file));
    expect((await wrong()).toSorted()).toEqual(
      [
        `DOSSIER_MISSING ${dossier(whole.dossier)}`,
        `EVIDENCE_MISSING ${evidence(whole.raw)}`,
        `MANIFEST_MISSING ${evidence(whole.manifest)}`,
      ].toSorted(),
    );
  });

  it('is a manifest that was never written', async () => {
    const entry = { key: 'k2', at: AT, kind: 'evidence.collected', by: 'evidence', caseId: CASE };
    await roles().append({ ...entry, evidence: [{ ...whole.raw, compartment: 'evidence' }] });
    expect(await wrong(withKeys)).toEqual([`MANIFEST_MISSING ${evidence(whole.raw)}`]);
  });

  it('is a case in the index', async () => {
    await query(database.pool, 'TRUNCATE cases');
    expect(await wrong()).toEqual([`CASE_NOT_IN_INDEX ${CASE}`]);
  });

  it('is a case in the chain', async () => {
    await roles().index('case-s-b');
    expect(await wrong()).toEqual(['CASE_NOT_IN_CHAIN case-s-b']);
  });

  it('is what a role left for the chain and nobody took, once it is older than a minute', async () => {
    const spool = new AuditSpool(at('audit-spool'));
    const entry = { key: 's', kind: 'case.read', by: 'p-1', caseId: CASE };
    await spool.drop({ ...entry, at: new Date(NOW.getTime() - 59_000).toISOString() });
    expect((await verify()).at(-1)).toMatchObject({ outcome: 'ok', count: 1 });
    await spool.drop({ ...entry, at: new Date(NOW.getTime() - 61_000).toISOString() });
    writeFileSync(at('audit-spool', '9-torn.json'), '{"key"');
    expect(await wrong()).toEqual([
      expect.stringMatching(/^SPOOL_WAITS audit-spool\/20260101005859000-/),
      'SPOOL_BROKEN audit-spool/9-torn.json',
    ]);
    expect(await wrong(publicKeys, CASE)).toHaveLength(2);
    await roles().open('case-s-b');
    expect(await wrong(publicKeys, 'case-s-b')).toEqual(['SPOOL_BROKEN audit-spool/9-torn.json']);
  });

  it('is a step in the ledger, as after an older copy was put back', async () => {
    await query(database.pool, `UPDATE containment_notes SET kind = 'begun'`);
    expect(await wrong()).toEqual([`ACTION_NOT_IN_LEDGER ${STEP}:act`]);
  });

  it('is a step in the chain, unless it is on its way', async () => {
    const planDigest = 'e'.repeat(64);
    await roles().finished(planDigest, 2);
    expect(await wrong()).toEqual([`ACTION_NOT_IN_CHAIN ${planDigest}:2:act`]);
    await new AuditSpool(at('audit-spool')).drop({
      ...{ key: 'a', at: NOW.toISOString(), kind: 'action.act.done', by: 'containment', caseId: CASE },
      data: { planDigest, step: 2 },
    });
    expect(await wrong()).toEqual([]);
  });

  it('is not what was shredded and said so, and is what a later case of the same person loses', async () => {
    for (const compartment of ['evidence', 'dossier']) await shredCase(at(compartment), CASE);
    for (const name of ['json', 'html']) rmSync(at('reports', `${REPORT}.${name}`));
    rmSync(at(evidence(whole.raw)));
    expect(await wrong()).toContain(`KEYS_MISSING dossier/keys/${CASE}`);
    await roles().append({ key: 'k2', at: AT, kind: SHREDDED, by: 'records', caseId: CASE });
    const checks = await verify(withKeys);
    expect(of(checks)).toEqual({ ...good, 'shredded cases': 'ok', 'evidence manifests': 'not_checked' });
    expect(checks.find(({ name }) => name === 'shredded cases')?.why).toContain(CASE);
    const later = { key: `manifest.${'1'.repeat(40)}`, compartment: 'evidence' as const };
    await roles().append({
      key: 'k3',
      at: AT,
      kind: 'evidence.collected',
      by: 'evidence',
      caseId: CASE,
      evidence: [later],
    });
    expect(await wrong(withKeys)).toEqual([`MANIFEST_MISSING evidence/files/${CASE}/${later.key}`]);
  });
});

describe('what was changed', () => {
  it('is named: evidence, manifest, dossier, without any key', async () => {
    for (const file of [evidence(whole.raw), evidence(whole.manifest), dossier(whole.dossier)]) flip(at(file));
    expect((await wrong()).toSorted()).toEqual(
      [
        `DOSSIER_CHANGED ${dossier(whole.dossier)}`,
        `EVIDENCE_CHANGED ${evidence(whole.raw)}`,
        `MANIFEST_CHANGED ${evidence(whole.manifest)}`,
      ].toSorted(),
    );
  });

  it('is named: a file that was cut, and one in the place of another', async () => {
    truncateSync(at(evidence(whole.raw)), 40);
    renameSync(at(evidence(whole.manifest)), at(dossier(whole.dossier)));
    expect(await wrong()).toEqual([
      `EVIDENCE_CHANGED ${evidence(whole.raw)}`,
      `MANIFEST_MISSING ${evidence(whole.manifest)}`,
      `DOSSIER_CHANGED ${dossier(whole.dossier)}`,
    ]);
  });

  it('is named: a manifest that another key signed, and ones whose hash is not that of a file', async () => {
    const foreign = await roles().writeManifest(whole.raw, ring.signing('audit'));
    const wide = await roles().writeManifest({ ...whole.raw, sha256: '0'.repeat(64) });
    const odd = await roles().writeManifest(whole.raw, undefined, { odd: { ...whole.raw, sha256: '1'.repeat(64) } });
    await roles().writeManifest(whole.raw, undefined, { odd: whole.raw });
    expect((await wrong(withKeys)).toSorted()).toEqual(
      [foreign, wide, odd].map((ref) => `MANIFEST_CHANGED ${evidence(ref)}`).toSorted(),
    );
  });

  it('is named: a report, a policy, lines that nobody of Quell writes', async () => {
    writeFileSync(at('reports', `${REPORT}.html`), 'another');
    flip(at('policies', `${whole.policy}.json`), 3);
    expect(await wrong()).toEqual([
      `REPORT_CHANGED reports/${REPORT}.html`,
      `POLICY_CHANGED policies/${whole.policy}.json`,
    ]);
  });

  const chain = (): string => at('audit', 'chain.jsonl');
  const lines = (): string[] => readFileSync(chain(), 'utf8').split('\n').slice(0, -1);
  const put = (all: readonly string[]): void => writeFileSync(chain(), all.map((line) => `${line}\n`).join(''));

  it.each([
    ['edited', (all: string[]) => all.with(2, all[2]!.replace('"by":"', '"by":"x')), 3],
    ['dropped', (all: string[]) => all.toSpliced(2, 1), 3],
    ['reordered', (all: string[]) => all.with(2, all[3]!).with(3, all[2]!), 3],
    ['cut', (all: string[]) => all.slice(0, 2), 3],
  ] as const)('is named: a line of the chain, %s', async (_, change, line) => {
    put(change(lines()));
    const [found] = await wrong();
    expect(found).toBe(`CHAIN_BROKEN audit/chain.jsonl line ${line}`);
  });

  it('is named: a last line cut in its middle', async () => {
    truncateSync(chain(), readFileSync(chain()).length - 20);
    expect((await wrong())[0]).toBe('CHAIN_BROKEN audit/chain.jsonl line 4');
  });

  it('is named: a checkpoint that another key signed', async () => {
    expect(await wrong({ ...publicKeys, audit: [ring.verifying('manifest')] })).toEqual([
      'CHAIN_BROKEN audit/checkpoints.jsonl',
    ]);
  });

  it('shows in what lies beside it, when chain and checkpoints were rolled back together', async () => {
    const points = at('audit', 'checkpoints.jsonl');
    const kept = readCheckpoint(readFileSync(points, 'utf8').trim().split('\n').at(-1)!);
    put(lines().slice(0, 2));
    const signed = readFileSync(points, 'utf8').split('\n').slice(0, -1);
    const fitting = signed.filter((line) => readCheckpoint(line).lines <= 2);
    writeFileSync(points, fitting.map((line) => `${line}\n`).join(''));
    expect(await wrong()).toEqual([`ACTION_NOT_IN_CHAIN ${STEP}:act`]);
    expect(await wrong({ ...publicKeys, anchor: kept })).toEqual(['CHAIN_BROKEN audit/chain.jsonl line 3']);
  });
});
