import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceRef } from '../../domain/evidence.js';
import { AuditChain } from '../../store/audit/chain.js';
import { AuditLog } from '../../store/audit/log.js';
import { chainIn } from '../../store/audit/kept.js';
import { shredCase } from '../../store/case-keys.js';
import { forgetFiles } from '../../store/forgetting/case-files.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import { openedBy } from '../../store/file-key-wrapping.js';
import { verifyState, type VerifyKeys } from '../../store/verify.js';
import type { Check } from '../../store/verify-check.js';
import { SHREDDED } from '../../store/verify-story.js';
import { query } from '../../store/postgres/connection.js';
import { openDatabase, type OpenDatabase } from '../support/database.js';
import { found, testKeys } from './support.js';
import { AT, CASE, STEP, WholeState } from './whole-state.js';

const ring = testKeys();
const base = mkdtempSync(join(tmpdir(), 'quell-verify-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
const publicKeys = { audit: [ring.verifying('audit')], manifest: [ring.verifying('manifest')] };
const withKeys = {
  ...publicKeys,
  open: [openedBy(ring.opening('seal-records')), openedBy(ring.opening('seal-analysis'))],
};
const NOW = new Date('2026-01-01T01:00:00.000Z');

/** Every test tampers with a state folder and a database of its own. */
let whole: WholeState;
let database: OpenDatabase;
let root = '';
let n = 0;
beforeEach(async () => {
  root = join(base, String(n++));
  database = await openDatabase();
  whole = await WholeState.build(root, ring, database);
});
afterEach(() => database.drop());
/** As somebody would who owns the database. */
const inDatabase = (statement: string) => query(database.pool, statement);
const at = (...parts: readonly string[]): string => join(root, ...parts);
const evidence = (ref: EvidenceRef): string => join('evidence', 'files', CASE, ref.key);
const dossier = (ref: EvidenceRef): string => join('dossier', 'files', CASE, ref.key);
const verify = (keys: VerifyKeys = publicKeys, only?: string): Promise<readonly Check[]> =>
  verifyState(root, folderStorage(root), database.as('console'), keys, {
    now: NOW,
    ...(only === undefined ? {} : { only }),
  });
const report = (ref: EvidenceRef): string => join('reports', 'files', CASE, ref.key);
const of = (checks: readonly Check[]): Record<string, Check['outcome']> =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
/** What is wrong, each with its name. */
async function wrong(keys?: VerifyKeys, only?: string): Promise<readonly string[]> {
  return (await verify(keys, only)).flatMap(({ problems }) =>
    problems.map(
      ({ code, what }) => `${code} ${what.replace(/^ledger:.*/, 'ledger').replace(/\/[0-9a-f]{32}\.json$/, '')}`,
    ),
  );
}
function flip(file: string, byte = 50): void {
  const bytes = readFileSync(file);
  bytes[byte]! ^= 1;
  writeFileSync(file, bytes);
}
/** What a whole state has in its audit log. */
const LEDGER = ['ledger', 'ledger', 'ledger', 'ledger'];
const ENTRIES = [`${CASE}:opened`, 'collected', ...LEDGER, `${STEP}:act`, 'reported'];
const ROWS = ['lease', 'note', 'use'].map((row) => `${row}:${row === 'use' ? 'n-1' : STEP}`);
const good = {
  'audit chain': 'ok',
  cases: 'ok',
  'evidence files': 'ok',
  'evidence manifests': 'ok',
  'grounds files': 'ok',
  'dossier files': 'ok',
  'reports files': 'ok',
  policies: 'ok',
  'action ledger': 'ok',
  'containment ledger': 'ok',
  'audit entries': 'ok',
};

describe('a whole state folder', () => {
  it('is proven, with keys and, as far as it goes, without', async () => {
    const checks = await verify(withKeys);
    expect(of(checks)).toEqual(good);
    expect(checks.map(({ count }) => count)).toEqual([8, 1, 2, 1, 0, 1, 1, 1, 1, 3, 0]);
    expect(checks[2]?.why).toContain('of 2 the plaintext');
    expect(of(await verify())).toEqual({ ...good, 'evidence manifests': 'not_checked' });
  });

  it('is proven for one case, and not for one that nobody knows', async () => {
    await whole.open('case-s-b');
    rmSync(at('evidence', 'files', CASE), { recursive: true });
    expect(await wrong(withKeys, 'case-s-b')).toEqual([]);
    expect(await wrong(withKeys, CASE)).toHaveLength(2);
    expect(await wrong(withKeys, 'case-s-c')).toEqual(['CASE_UNKNOWN case-s-c']);
  });
});

describe('what is missing', () => {
  it('is everything, where there is nothing', async () => {
    const nowhere = await openDatabase();
    const checks = await verifyState(
      join(base, 'nowhere'),
      folderStorage(join(base, 'nowhere')),
      nowhere.as('console'),
      withKeys,
    );
    expect(checks.flatMap((c) => c.problems.map((p) => p.code))).toEqual(['NOTHING_TO_VERIFY']);
    await nowhere.drop();
  });

  it.each([
    ['its lines', 'DELETE FROM audit_lines', ['CHAIN_BROKEN line 1', ...ENTRIES.map((key) => `ENTRY_LOST ${key}`)]],
    ['its entries', 'DELETE FROM audit_entries', ['CHAIN_BROKEN line 1']],
    ['its checkpoints', 'DELETE FROM audit_checkpoints', ['CHAIN_BROKEN line 1']],
    [
      'its tail',
      'DELETE FROM audit_lines WHERE seq > 2',
      [
        'CHAIN_BROKEN line 3',
        'ENTRY_LOST reported',
        `ENTRY_LOST ${STEP}:act`,
        ...LEDGER.map((key) => `ENTRY_LOST ${key}`),
      ],
    ],
    ['one entry', `DELETE FROM audit_entries WHERE key = 'collected'`, ['CHAIN_BROKEN line 2']],
  ] as const)('is named, of the audit log: %s', async (_, statement, expected) => {
    await inDatabase(statement);
    expect((await wrong()).toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ['policies', () => [`POLICY_MISSING policies/${whole.policy}.json`]],
    [`reports/files/${CASE}`, () => [`REPORT_MISSING ${report(whole.report)}`]],
    [`dossier/files/${CASE}`, () => [`DOSSIER_MISSING ${dossier(whole.dossier)}`]],
    [`evidence/keys/${CASE}`, [`KEYS_MISSING evidence/keys/${CASE}`]],
    [`dossier/keys/${CASE}`, [`KEYS_MISSING dossier/keys/${CASE}`]],
    [`reports/keys/${CASE}`, [`KEYS_MISSING reports/keys/${CASE}`]],
  ] as const)('is named: %s', async (path, expected) => {
    rmSync(at(path), { recursive: true });
    // Raw rows and manifest have a key each.
    expect([...new Set(await wrong())]).toEqual(typeof expected === 'function' ? expected() : expected);
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
    await whole.append({ ...entry, evidence: [{ ...whole.raw, compartment: 'evidence' }] });
    expect(await wrong(withKeys)).toEqual([`MANIFEST_MISSING ${evidence(whole.raw)}`]);
  });

  it('is a case in the index', async () => {
    await query(database.pool, 'TRUNCATE cases');
    expect(await wrong()).toEqual([`CASE_NOT_IN_INDEX ${CASE}`]);
  });

  it('is a case in the chain', async () => {
    await whole.index('case-s-b');
    expect(await wrong()).toEqual(['CASE_NOT_IN_CHAIN case-s-b']);
  });

  it('is what a role noted and nobody took into the chain, once it is older than a minute', async () => {
    const log = new AuditLog(database.as('console'));
    const entry = { kind: 'case.read', by: 'p-1', caseId: CASE };
    await log.note({ ...entry, key: 'new', at: new Date(NOW.getTime() - 59_000).toISOString() });
    expect((await verify()).at(-1)).toMatchObject({ outcome: 'ok', count: 1 });
    await log.note({ ...entry, key: 'old', at: new Date(NOW.getTime() - 61_000).toISOString() });
    await log.note({ kind: 'console.signed_in', by: 'p-1', key: 'kept back', at: NOW.toISOString() });
    await inDatabase(`DELETE FROM audit_waiting WHERE key = 'kept back'`);
    expect((await wrong()).toSorted()).toEqual(['ENTRY_LOST kept back', 'ENTRY_WAITS old']);
    expect(await wrong(publicKeys, CASE)).toHaveLength(2);
    expect(await wrong(publicKeys, 'case-s-b')).toContain('CASE_UNKNOWN case-s-b');
  });

  it('is a step in the ledger, as after an older copy was put back', async () => {
    await query(database.pool, `UPDATE containment_notes SET kind = 'begun' WHERE kind = 'finished'`);
    expect(await wrong()).toEqual([`ACTION_NOT_IN_LEDGER ${STEP}:act`, `LEDGER_CHANGED note:${STEP}`]);
  });

  it('is a step in the chain, unless it is on its way', async () => {
    const planDigest = 'e'.repeat(64);
    await whole.finished(planDigest, 2);
    expect(await wrong()).toEqual([`ACTION_NOT_IN_CHAIN ${planDigest}:2:act`]);
    await new AuditLog(database.as('containment')).note({
      ...{ key: 'a', at: NOW.toISOString(), kind: 'action.act.done', by: 'containment', caseId: CASE },
      data: { planDigest, step: 2 },
    });
    expect(await wrong()).toEqual([]);
  });

  it('is not what was shredded and said so, and is what a later case of the same person loses', async () => {
    for (const compartment of ['evidence', 'dossier', 'reports'] as const)
      await shredCase({ ...folderStorage(root), compartment }, CASE);
    rmSync(at(evidence(whole.raw)));
    expect(await wrong()).toContain(`KEYS_MISSING dossier/keys/${CASE}`);
    await whole.append({ key: 'k2', at: AT, kind: SHREDDED, by: 'records', caseId: CASE });
    const checks = await verify(withKeys);
    expect(of(checks)).toEqual({ ...good, 'shredded cases': 'ok', 'evidence manifests': 'not_checked' });
    expect(checks.find(({ name }) => name === 'shredded cases')?.why).toContain(CASE);
    const later = { key: `manifest.${'1'.repeat(40)}`, compartment: 'evidence' as const };
    await whole.append({
      key: 'k3',
      at: AT,
      kind: 'evidence.collected',
      by: 'evidence',
      caseId: CASE,
      evidence: [later],
    });
    expect(await wrong(withKeys)).toEqual([`MANIFEST_MISSING evidence/files/${CASE}/${later.key}`]);
  });

  it('is a key of a case that has others, and all keys of a later case of the same person', async () => {
    const storage = folderStorage(root);
    const dossierFile = (vault = new CaseVault(storage, fileKeys(ring, 'records'))) =>
      vault.writer('dossier').writeJson(CASE, 'message', { said: 'hello' });
    const named = (key: string, ...refs: readonly EvidenceRef[]) =>
      whole.append({
        ...{ key, at: AT, kind: 'dossier.kept', by: 'records', caseId: CASE },
        evidence: refs.map((ref) => ({ key: ref.key, compartment: 'dossier' as const })),
      });
    const before = readdirSync(at('dossier', 'keys', CASE));
    await named('k2', await dossierFile());
    const own = readdirSync(at('dossier', 'keys', CASE)).find((name) => !before.includes(name))!;
    const key = readFileSync(at('dossier', 'keys', CASE, own));
    rmSync(at('dossier', 'keys', CASE, own));
    const missing = (await verify(withKeys)).flatMap(({ problems }) => problems);
    expect(missing).toMatchObject([{ code: 'KEYS_MISSING', what: `dossier/keys/${CASE}/${own}` }]);
    writeFileSync(at('dossier', 'keys', CASE, own), key);

    await whole.append({ key: 'k3', at: AT, kind: SHREDDED, by: 'records', caseId: CASE });
    for (const compartment of ['evidence', 'dossier', 'reports'] as const)
      await shredCase({ ...storage, compartment }, CASE);
    expect(await wrong()).toEqual([]);
    // The files stay where a bucket has locked them: a later dossier lists them again.
    await named('k4', whole.dossier, await dossierFile());
    expect(await wrong()).toEqual([]);
    await shredCase({ ...storage, compartment: 'dossier' }, CASE);
    expect(await wrong()).toEqual([`KEYS_MISSING dossier/keys/${CASE}`]);
  });

  it('is not asked for only in the parts that were shredded, and by the index until its row was forgotten', async () => {
    const storage = folderStorage(root);
    const shredded = (parts: readonly string[], compartments: readonly string[]) =>
      whole.append({
        ...{ key: parts.join(), at: AT, kind: SHREDDED, by: 'records', caseId: CASE },
        data: { parts, compartments },
      });
    await shredded(['evidence'], ['evidence', 'grounds']);
    await forgetFiles(storage, CASE, ['evidence', 'grounds']);
    expect(await wrong()).toEqual([]);
    await shredCase({ ...storage, compartment: 'dossier' }, CASE);
    expect(await wrong()).toEqual([`KEYS_MISSING dossier/keys/${CASE}`]);
    await shredded(['dossier'], ['dossier', 'reports']);
    await forgetFiles(storage, CASE, ['dossier', 'reports']);
    expect(await wrong()).toEqual([]);
    await inDatabase('DELETE FROM cases');
    expect(await wrong()).toEqual([`CASE_NOT_IN_INDEX ${CASE}`]);
    await shredded(['row'], []);
    expect(await wrong()).toEqual([]);
    await whole.append({ key: 'k9', at: AT, kind: 'case.opened', by: 'records', caseId: CASE, data: {} });
    expect(await wrong()).toEqual([`CASE_NOT_IN_INDEX ${CASE}`]);
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
    const foreign = await whole.writeManifest(whole.raw, ring.signing('audit'));
    const wide = await whole.writeManifest({ ...whole.raw, sha256: '0'.repeat(64) });
    const odd = await whole.writeManifest(whole.raw, undefined, { odd: { ...whole.raw, sha256: '1'.repeat(64) } });
    await whole.writeManifest(whole.raw, undefined, { odd: whole.raw });
    expect((await wrong(withKeys)).toSorted()).toEqual(
      [foreign, wide, odd].map((ref) => `MANIFEST_CHANGED ${evidence(ref)}`).toSorted(),
    );
  });

  it('is named: a report, a policy, lines that nobody of Quell writes', async () => {
    flip(at(report(whole.report)));
    flip(at('policies', `${whole.policy}.json`), 3);
    expect(await wrong()).toEqual([
      `REPORT_CHANGED ${report(whole.report)}`,
      `POLICY_CHANGED policies/${whole.policy}.json`,
    ]);
  });

  it.each([
    ['edited', `UPDATE audit_entries SET entry = '{"key":"collected","by":"x"}' WHERE key = 'collected'`, 2],
    ['dropped', 'DELETE FROM audit_lines WHERE seq = 3', 3],
    [
      'passed off as another role’s',
      `WITH entry AS (UPDATE audit_entries SET writer = 'console' WHERE key = 'collected')
       UPDATE audit_lines SET writer = 'console' WHERE key = 'collected'`,
      2,
    ],
    [
      'exchanged',
      `UPDATE audit_entries e SET entry = replace(o.entry::text, o.key, e.key)::json FROM audit_entries o
       WHERE (e.key, o.key) IN (('collected', '${STEP}:act'), ('${STEP}:act', 'collected'))`,
      2,
    ],
  ] as const)('is named: an entry of the audit log, %s', async (_, statement, line) => {
    await inDatabase(statement);
    expect((await wrong())[0]).toBe(`CHAIN_BROKEN line ${line}`);
  });

  it.each(['{"key":"planted","evidence":5}', '{"key":"planted","kind":"evidence.collected","evidence":[null]}'])(
    'is named: an entry that is none, and all the rest is proven: %s',
    async (text) => {
      await database.as('evidence').query('INSERT INTO audit_entries (key, entry) VALUES ($1, $2)', ['planted', text]);
      await new AuditChain(database.as('records'), ring.signing('audit')).checkpoint();
      expect(await wrong()).toEqual(['ENTRY_MALFORMED planted']);
    },
  );

  it.each(['evidence', 'containment', 'console'] as const)(
    'is named: a case that %s calls shredded, and what is gone of it all the same',
    async (role) => {
      await new AuditLog(database.as(role)).note({ key: 'k', at: AT, kind: SHREDDED, by: 'records', caseId: CASE });
      await whole.append();
      rmSync(at(dossier(whole.dossier)));
      expect(await wrong()).toEqual(['ENTRY_MALFORMED k', `DOSSIER_MISSING ${dossier(whole.dossier)}`]);
    },
  );

  it('is named: a checkpoint that another key signed', async () => {
    expect(await wrong({ ...publicKeys, audit: [ring.verifying('manifest')] })).toEqual(['CHAIN_BROKEN checkpoints']);
  });

  it('shows in what lies beside it, when an older copy of the audit log was put back, and by a head kept elsewhere', async () => {
    const { checkpoints } = await chainIn(database.as('console'));
    await inDatabase('DELETE FROM audit_entries WHERE key IN (SELECT key FROM audit_lines WHERE seq > 2)');
    await inDatabase('DELETE FROM audit_lines WHERE seq > 2');
    await inDatabase('DELETE FROM audit_checkpoints WHERE lines > 2');
    expect((await wrong()).toSorted()).toEqual([
      `ACTION_NOT_IN_CHAIN ${STEP}:act`,
      ...ROWS.map((row) => `LEDGER_NOT_IN_CHAIN ${row}`),
    ]);
    expect(await wrong({ ...publicKeys, elsewhere: found(...checkpoints.slice(-1)) })).toEqual(['CHAIN_BROKEN line 3']);
  });
});
