import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { folderStorage } from '../../../store/case-vault.js';
import { AuditChain } from '../../../store/audit/chain.js';
import { ActionLedger } from '../../../store/containment/ledger.js';
import { connected, query } from '../../../store/postgres/connection.js';
import { migrate, requireSchema } from '../../../store/postgres/migrations.js';
import { wrongRights } from '../../../store/postgres/rights.js';
import { verifyState } from '../../../store/verify.js';
import { useDatabase } from '../../support/database.js';
import { onServer } from '../../support/database-server.js';
import { releases, restoreRelease, type RecordedRelease } from '../../support/recorded-release.js';
import { noteBoxes, testKeys } from '../support.js';

const database = useDatabase();
const state = mkdtempSync(join(tmpdir(), 'quell-released-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));
const NOW = new Date('2026-01-01T01:00:00.000Z');

describe.each(releases())('a database of a release, with rows: %s', (file) => {
  let recorded: RecordedRelease;
  beforeEach(async () => {
    await onServer(database.settings, 'DROP SCHEMA public CASCADE');
    await onServer(database.settings, 'CREATE SCHEMA public');
    recorded = await connected(database.pool, (on) => restoreRelease(database.settings, on, file));
    await migrate(database.settings);
  });

  it('is brought up to this release with all its rows, its proof and the rights of this one', async () => {
    await requireSchema(database.pool);
    for (const [table, count] of Object.entries(recorded.rows)) {
      const { rows } = await query<{ n: number }>(database.pool, `SELECT count(*)::int AS n FROM ${table}`);
      expect([table, rows[0]?.n]).toEqual([table, count]);
    }
    expect(await wrongRights(database.pool)).toEqual([]);
    const keys = { audit: [recorded.audit], manifest: [] };
    const checks = await verifyState(state, folderStorage(state), database.as('console'), keys, { now: NOW });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
    expect(checks.find(({ name }) => name === 'containment ledger')?.count).toBeGreaterThan(0);
  });

  it('is of steps that were never changed afterwards', async () => {
    const { rows } = await query(database.pool, 'SELECT name, sha256 FROM schema_steps');
    expect(rows).toEqual(expect.arrayContaining([...recorded.steps]));
  });

  it('goes on: what waited is taken in, what was used is known, and all of it is proven', async () => {
    const ring = testKeys();
    await new AuditChain(database.as('records'), ring.signing('audit')).checkpoint();
    const ledger = new ActionLedger(database.as('containment'), noteBoxes(ring));
    await expect(ledger.use(['n-1'], 'another')).rejects.toMatchObject({ code: 'DECISION_REPLAYED' });
    expect(await ledger.stopped()).toBeDefined();
    await ledger.use(['n-9'], 'another');
    const keys = { audit: [recorded.audit, ring.verifying('audit')], manifest: [] };
    const checks = await verifyState(state, folderStorage(state), database.as('console'), keys, { now: NOW });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
