import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signed, SwitchDecision } from '../../domain/decision.js';
import { folderStorage } from '../../store/case-vault.js';
import { AuditChain } from '../../store/audit/chain.js';
import { AuditLog } from '../../store/audit/log.js';
import { burntRow, entryOf, leaseRow } from '../../store/containment/ledger-rows.js';
import { ActionLedger } from '../../store/containment/ledger.js';
import { verifyState } from '../../store/verify.js';
import { openDatabase, type OpenDatabase } from '../support/database.js';
import { noteBoxes, testKeys } from './support.js';
import { AT, CASE, STEP, WholeState } from './whole-state.js';

const ring = testKeys();
const base = mkdtempSync(join(tmpdir(), 'quell-verify-ledger-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const NOW = new Date('2026-01-01T01:00:00.000Z');
const LATER = '2026-01-02T00:00:00.000Z';
const [planDigest = ''] = STEP.split(':');

let database: OpenDatabase;
let ledger: ActionLedger;
let root = '';
let n = 0;
beforeEach(async () => {
  root = join(base, String(n++));
  database = await openDatabase();
  await WholeState.build(root, ring, database);
  ledger = new ActionLedger(database.as('containment'), noteBoxes(ring, root));
  const lease = { owner: 'another:1', accounts: [{ accountId: 'U1', department: 'Sales' }], at: AT, endsAt: LATER };
  await ledger.bind({ planDigest, tokens: ['n-2', 'n-1'], lease }, () => undefined);
  await ledger.burn(['g-1', 'g-1']);
  const body = { type: 'switch', verb: 'stop', nonce: 'n-3', personId: 'p-1', at: AT } as unknown as SwitchDecision;
  const signed: Signed<SwitchDecision> = { body, keyId: 'k-1', signature: 's' };
  await ledger.obey({ used: [] }, signed, { by: 'p-1', at: AT, why: '', nonce: 'n-3' });
  await signedNow();
});
afterEach(() => database.drop());

const signedNow = () => new AuditChain(database.as('records'), ring.signing('audit')).checkpoint();
/** As somebody would who owns the database. */
const inDatabase = (statement: string) => database.pool.query(statement);
const keys = { audit: [ring.verifying('audit')], manifest: [ring.verifying('manifest')] };
async function wrong(): Promise<readonly string[]> {
  const checks = await verifyState(root, folderStorage(root), database.as('console'), keys, { now: NOW });
  return checks.flatMap(({ problems }) => problems.map(({ code, what }) => `${code} ${what}`)).toSorted();
}

describe('the ledger of the containment workers', () => {
  it('is proven as it was written, also what the chain does not have yet, and what was done twice', async () => {
    expect(await wrong()).toEqual([]);
    await ledger.endLease('another:1', AT);
    await ledger.burn(['g-1', 'g-2']);
    await ledger.use(['n-1'], planDigest);
    expect(await wrong()).toEqual([]);
    await signedNow();
    expect(await wrong()).toEqual([]);
  });

  it.each([
    ['a note', `UPDATE containment_notes SET content = '{}' WHERE kind = 'intended'`, `LEDGER_CHANGED note:${STEP}`],
    ['whose a use was', `UPDATE containment_uses SET plan_digest = 'x' WHERE token = 'n-2'`, 'LEDGER_CHANGED use:n-2'],
    ['what a lease takes', `UPDATE containment_leases SET accounts = '[]'`, 'LEDGER_CHANGED lease:another:1'],
    ['until when', `UPDATE containment_leases SET ends_at = at`, 'LEDGER_CHANGED lease:another:1'],
    [
      'that it ended',
      `UPDATE containment_leases SET released_at = at`,
      'LEDGER_CHANGED lease:another:1',
      `LEDGER_CHANGED lease:${STEP}`,
    ],
    ['whether all is stopped', `UPDATE containment_switches SET stopped = NULL`, 'LEDGER_CHANGED switch:1'],
    [
      'the order of notes',
      `ALTER TABLE containment_notes ALTER seq DROP IDENTITY; UPDATE containment_notes SET seq = -seq`,
      `LEDGER_CHANGED note:${STEP}`,
    ],
    ['one note', `DELETE FROM containment_notes WHERE kind = 'intended'`, `LEDGER_MISSING note:${STEP}`],
    ['a used decision', `DELETE FROM containment_uses WHERE token = 'n-1'`, 'LEDGER_MISSING use:n-1'],
    ['a burnt ground', `DELETE FROM containment_burnt`, 'LEDGER_MISSING burnt:g-1'],
    ['a lease', `DELETE FROM containment_leases WHERE owner = 'another:1'`, 'LEDGER_MISSING lease:another:1'],
    ['the stop', `DELETE FROM containment_switches`, 'LEDGER_MISSING switch:1'],
    [
      'a note that nobody wrote',
      `INSERT INTO containment_notes (organisation, plan_digest, step, kind, content) VALUES ('test', 'p', 1, 'begun', '{}')`,
      'LEDGER_NOT_IN_CHAIN note:p:1',
    ],
    [
      'a use that nobody wrote',
      `INSERT INTO containment_uses (organisation, token, plan_digest) VALUES ('test', 'n-9', 'p')`,
      'LEDGER_NOT_IN_CHAIN use:n-9',
    ],
  ])('shows what was done to it: %s', async (_, statement, ...expected) => {
    await inDatabase(statement);
    expect(await wrong()).toEqual(expected);
  });

  it('shows an older copy of it that was put back: what it forgot, and what it has as it was', async () => {
    await inDatabase('CREATE TABLE older AS SELECT * FROM containment_leases');
    await ledger.endLease('another:1', LATER);
    await ledger.use(['n-4'], planDigest);
    await signedNow();
    await inDatabase(`DELETE FROM containment_uses WHERE token = 'n-4'`);
    await inDatabase('DELETE FROM containment_leases');
    await inDatabase('INSERT INTO containment_leases SELECT * FROM older');
    expect(await wrong()).toEqual(['LEDGER_CHANGED lease:another:1', 'LEDGER_MISSING use:n-4']);
  });

  it.each(['evidence', 'console'] as const)('is vouched for by no other role, such as %s', async (role) => {
    const lease = { owner: 'another:1', accounts: [], at: AT, endsAt: LATER };
    const forged = [leaseRow(lease), burntRow('g-never')].map((row) => entryOf(row));
    await new AuditLog(database.as(role)).note(...forged);
    expect(await wrong()).toEqual([]);
    await signedNow();
    await inDatabase(`UPDATE containment_leases SET accounts = '[]' WHERE owner = 'another:1'`);
    expect(await wrong()).toEqual(
      [...forged.map(({ key }) => `ENTRY_MALFORMED ${key}`), 'LEDGER_CHANGED lease:another:1'].toSorted(),
    );
  });

  it('tells the audit log of nothing that it did not write', async () => {
    const { rowCount: before } = await inDatabase('SELECT FROM audit_entries');
    await expect(ledger.use(['n-1', 'n-7'], 'another')).rejects.toMatchObject({ code: 'DECISION_REPLAYED' });
    const turn = { key: 'k', holder: '00000000-0000-4000-8000-000000000000' };
    const note = { kind: 'begun', content: {} } as unknown as Parameters<ActionLedger['note']>[2];
    await expect(ledger.note(turn, { planDigest, step: 9, caseId: CASE }, note)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    await ledger.burn(['g-1']);
    await ledger.endLease('nobody', AT);
    expect((await inDatabase('SELECT FROM audit_entries')).rowCount).toBe(before);
    expect(await wrong()).toEqual([]);
  });
});
