import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { readCheckpoint } from '../../../store/audit/line.js';
import { AuditChain } from '../../../store/audit/chain.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { importState, type ImportResult } from '../../../store/import/import-state.js';
import { Lock } from '../../../store/lock.js';
import { query } from '../../../store/postgres/connection.js';
import { GRANTS } from '../../../store/postgres/grants.js';
import { verifyState } from '../../../store/verify.js';
import { cutPool } from '../../support/cut-pool.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { found, testKeys } from '../support.js';
import { AT, CASE, OldState, PLAN } from './old-state.js';

const ring = testKeys();
const otherRing = testKeys();
const keys = {
  ...{ audit: [ring.verifying('audit')], registry: ring.secret('registry'), inbox: ring.opening('inbox') },
  cases: fileKeys(ring, 'records'),
};
const base = mkdtempSync(join(tmpdir(), 'quell-import-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let database: OpenDatabase;
let old: OldState;
let n = 0;
beforeEach(async () => {
  database = await openDatabase();
  old = await OldState.build(join(base, String(n++)), ring);
});
afterEach(() => database.drop());

const run = (given: Partial<typeof keys> = {}, organisation = 'test'): Promise<ImportResult> =>
  importState(database.pool, organisation, old.root, { ...keys, ...given });

/** What is wrong with the database and the folder, as the console sees them. */
const problems = async (): Promise<readonly string[]> =>
  (
    await verifyState(old.root, folderStorage(old.root), database.as('console'), { audit: keys.audit, manifest: [] })
  ).flatMap((check) => check.problems.map(({ code, what }) => `${code} ${what}`));

/** Tables that have rows, of anybody. */
async function full(): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.keys(GRANTS).map(async (table) => {
      const { rowCount } = await query(database.pool, `SELECT FROM ${table} LIMIT 1`);
      return rowCount === 0 ? [] : [table];
    }),
  );
  return found.flat();
}

const entry = (key: string) => ({ key, at: AT, kind: 'content.read', by: 'p-1' });

describe('a state folder of 0.2.0', () => {
  it('is taken over so that verify is content with database and folder', async () => {
    expect(await run()).toMatchObject({ isNew: true, head: old.head, lines: 4, differ: [] });
    expect(await problems()).toEqual([]);
  });

  it('encrypts the reports for who reads them, and the case knows them by their keys', async () => {
    await run();
    const report = (await new CaseIndex(database.as('console')).get(CASE))?.report;
    const reader = new CaseVault(folderStorage(old.root), fileKeys(ring, 'console')).reader('reports');
    expect(await reader.readText(CASE, { key: report?.json ?? '' })).toBe('report');
    expect(await reader.readText(CASE, { key: report?.html ?? '' })).toBe('page');
    rmSync(join(old.root, 'reports', 'files', CASE, report?.html ?? ''));
    expect(await problems()).toEqual([`REPORT_MISSING reports/files/${CASE}/${report?.html ?? ''}`]);
  });

  it('keeps each line of the chain and each checkpoint as they were, and goes on behind them', async () => {
    old.spool(entry('spooled'));
    const { parts } = await run();
    expect(parts['audit']?.taken).toEqual({ lines: 4, checkpoints: 2, 'entries that waited': 1 });
    const { rows } = await query<{ seq: string; prev: string; hash: string; key: string }>(
      database.pool,
      `SELECT seq, prev, hash, key FROM audit_lines WHERE organisation = 'test' ORDER BY seq`,
    );
    expect(rows.slice(0, 4).map(({ prev, hash }) => [prev, hash])).toEqual(
      old.lines.map(({ prev, hash }) => [prev, hash]),
    );
    expect(rows.slice(4).map(({ key }) => key)).toEqual([
      'spooled',
      `imported:${CASE}.json`,
      `imported:${CASE}.html`,
      expect.stringMatching(/^ledger:/),
      'state.imported',
    ]);
    const chain = new AuditChain(database.as('records'), ring.signing('audit'));
    expect(await chain.checkpoint()).toMatchObject({ lines: 9, head: rows.at(-1)?.hash });
    await chain.append([entry('later')]);
    expect(await problems()).toEqual([]);
  });

  it('says in the chain what was imported', async () => {
    await run();
    const { rows } = await query<{ entry: object }>(
      database.pool,
      `SELECT entry FROM audit_entries WHERE key = 'state.imported'`,
    );
    expect(rows).toMatchObject([
      { entry: { kind: 'state.imported', data: { head: old.head, lines: 4, parts: { ledger: { taken: {} } } } } },
    ]);
  });

  it('takes an entry once that is in the chain and in the spool, and tells of a file there that is none', async () => {
    old.spool(entry('case.closed'));
    old.put('audit-spool/broken.json', '{');
    expect((await run()).parts['audit']?.taken).toMatchObject({ 'entries that waited': 1 });
    const { rows } = await query(
      database.pool,
      `SELECT FROM audit_entries WHERE entry->>'kind' = 'audit.broken_entry'`,
    );
    expect(rows).toHaveLength(1);
    expect(await problems()).toEqual([]);
  });

  it('may have last lines that were never finished', async () => {
    old.append('audit/chain.jsonl', '{"entry":');
    old.append('audit/checkpoints.jsonl', '{"at":');
    old.append('containment/ledger.jsonl', '{"type":"used"');
    old.append('cases/cases.jsonl', '{"entry"');
    await run();
    expect(await problems()).toEqual([]);
  });

  it('is believed by a past key of the records role too', async () => {
    const past = otherRing.signing('audit');
    old.chain(entry('by-the-past-key'));
    old.checkpoint(past);
    await expect(run()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    const audit = [ring.verifying('audit'), otherRing.verifying('audit')];
    expect(await run({ audit })).toMatchObject({ isNew: true, lines: 5 });
  });

  it('says where cases that were stopped in the middle differ', async () => {
    old.ledger({ type: 'result', key: `${PLAN}:2`, result: { at: AT } });
    expect((await run()).differ).toMatchObject([{ code: 'ACTION_NOT_IN_CHAIN', what: `${PLAN}:2:act` }]);
  });
});

describe('a second run', () => {
  it('says that it was done, also when roles have written since', async () => {
    const first = await run();
    await new AuditChain(database.as('records'), ring.signing('audit')).append([entry('later')]);
    const before = await query(database.pool, 'SELECT count(*) FROM audit_entries');
    expect(await run()).toEqual({ ...first, isNew: false });
    expect((await query(database.pool, 'SELECT count(*) FROM audit_entries')).rows).toEqual(before.rows);
  });

  it('is refused for another folder, and takes over that of another organisation', async () => {
    await run();
    old.chain(entry('another'));
    await expect(run()).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining('another folder') });
    expect(await run({}, 'other')).toMatchObject({ isNew: true, lines: 5 });
  });
});

describe('what is interrupted', () => {
  it('leaves nothing, wherever that was, and is done by the next run', async () => {
    let cuts = 0;
    for (; ; cuts++) {
      const cut = cutPool(database.pool, database.pool, { at: 4 * cuts, when: 'before' });
      const outcome = await importState(cut.pool, 'test', old.root, keys).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) break;
      expect(outcome).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(await full()).toEqual([]);
    }
    expect(cuts).toBeGreaterThan(10);
    expect(await problems()).toEqual([]);
  });

  it('after the last statement was done and its answer lost, the next run says so', async () => {
    const counted = cutPool(database.pool, database.pool, { at: -1, when: 'after' });
    await importState(counted.pool, 'other', old.root, keys);
    const cut = cutPool(database.pool, database.pool, { at: counted.count() - 1, when: 'after' });
    await expect(importState(cut.pool, 'test', old.root, keys)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await run()).toMatchObject({ isNew: false, lines: 4 });
    expect(await problems()).toEqual([]);
  });

  it('of two at once one does it', async () => {
    const outcomes = await Promise.allSettled([run(), run()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    expect(await problems()).toEqual([]);
  });
});

describe('refused, with nothing written', () => {
  const edit = (name: string, change: (text: string) => string): void => {
    const path = join(old.root, name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  const cases: readonly (readonly [string, string, () => void | Promise<void>])[] = [
    ['an edited line', 'STORE_TAMPERED', () => edit('audit/chain.jsonl', (t) => t.replace('records', 'console'))],
    ['a chain that was cut', 'STORE_TAMPERED', () => edit('audit/chain.jsonl', (t) => `${t.split('\n')[0] ?? ''}\n`)],
    ['no checkpoint', 'STORE_TAMPERED', () => rmSync(join(old.root, 'audit/checkpoints.jsonl'))],
    ['no chain', 'CONFIG', () => rmSync(join(old.root, 'audit'), { recursive: true })],
    ['a report that is not there', 'STORE_TAMPERED', () => rmSync(join(old.root, `reports/${CASE}.json`))],
    ['a report that was edited', 'STORE_TAMPERED', () => old.append(`reports/${CASE}.json`, '!')],
    ['dossiers that are not there', 'STORE_TAMPERED', () => rmSync(join(old.root, 'dossier'), { recursive: true })],
    ['a ledger with a line that is none', 'STORE_TAMPERED', () => old.ledger({ type: 'nothing' })],
    ['a case index with a line that is none', 'STORE_TAMPERED', () => old.cases({ stage: 'unknown' })],
    ['links with a line that is none', 'STORE_TAMPERED', () => old.links({})],
    [
      'a registry that does not open',
      'STORE_TAMPERED',
      () => old.append('registry/subjects.log', `${keys.registry.keyId} AAAA .\n`),
    ],
    [
      'a registry under another key',
      'CONFIG',
      () => old.append('registry/subjects.log', 'k-0000000000000000 AAAA .\n'),
    ],
    [
      'a message that was changed',
      'STORE_TAMPERED',
      () => {
        const path = old.inbox.segment([{ seq: 1, body: 'a' }]);
        writeFileSync(path, readFileSync(path, 'utf8').replace('"seq":1', '"seq":2'));
      },
    ],
    ['a file that cannot be read', 'STORE', () => old.put('cases/incident-links.jsonl/in-the-way', '')],
    [
      'an organisation that has rows',
      'CONFIG',
      async () => {
        await query(database.pool, `INSERT INTO containment_burnt (organisation, token) VALUES ('test', 't')`);
      },
    ],
  ];

  it.each(cases)('%s', async (_name, code, spoil) => {
    await spoil();
    const before = await full();
    await expect(run()).rejects.toMatchObject({ code });
    expect(await full()).toEqual(before);
  });

  it('an organisation that nobody signs in for', async () => {
    await expect(run({}, 'nobody')).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('an inbox for another key', async () => {
    old.inbox.segment([{ seq: 1, body: 'a' }]);
    await expect(run({ inbox: otherRing.opening('inbox') })).rejects.toMatchObject({ code: 'STORE_GONE' });
    expect(await full()).toEqual([]);
  });

  it('a folder that an old role writes still', async () => {
    const lock = await Lock.take(join(old.root, 'inbox', 'writer.lock'));
    await expect(run()).rejects.toMatchObject({ code: 'STORE' });
    await lock.release();
    expect(await run()).toMatchObject({ isNew: true });
  });

  it('a chain that was cut with its checkpoints, by a head that was kept elsewhere', async () => {
    const elsewhere = found(
      readCheckpoint(readFileSync(join(old.root, 'audit/checkpoints.jsonl'), 'utf8').split('\n')[1]!),
    );
    for (const name of ['chain', 'checkpoints'])
      edit(`audit/${name}.jsonl`, (text) => `${text.split('\n')[0] ?? ''}\n`);
    await expect(importState(database.pool, 'test', old.root, { ...keys, elsewhere })).rejects.toMatchObject({
      code: 'STORE_TAMPERED',
    });
  });
});
