import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../../../store/postgres/connection.js';
import { cutPool } from '../../support/cut-pool.js';
import { database, Worker } from '../support/containment.js';
import { SHORT_TURN_MS } from '../support/dying.js';
import { action, decide, plan, SESSIONS } from '../support/plans.js';

const of = plan([action(1, { ...SESSIONS, rule: 'one' })]);
const input = { plan: of, step: 1, decisions: [decide(of)] };
const UNKEPT = { type: 'DATABASE_UNAVAILABLE', nonRetryable: false };
const TABLES = ['containment_turns', 'containment_uses', 'containment_leases', 'containment_notes'] as const;

/** A server whose disk is full takes so many more rows of a table. */
const room = (table: string, rows: number): Promise<unknown> =>
  query(database.pool, `INSERT INTO room VALUES ('${table}', ${String(rows)})`);
beforeAll(async () => {
  await query(database.pool, 'CREATE TABLE room (name text PRIMARY KEY, rows int NOT NULL)');
  await query(
    database.pool,
    `CREATE FUNCTION takes_room() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ DECLARE has int; BEGIN
       UPDATE room SET rows = rows - 1 WHERE name = TG_TABLE_NAME RETURNING rows INTO has;
       IF has < 0 THEN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END IF;
       RETURN NEW;
     END $$`,
  );
  for (const table of TABLES)
    await query(
      database.pool,
      `CREATE TRIGGER takes_room BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION takes_room()`,
    );
});
const makeRoom = (): Promise<unknown> => query(database.pool, 'TRUNCATE room');
afterEach(makeRoom);

const announced = async (): Promise<number> =>
  (await query(database.pool, `SELECT FROM containment_notes WHERE kind = 'intended'`)).rowCount ?? 0;

describe('a full disk under the action ledger', () => {
  // Notes of this step: the beginning, an announcement for each of two sessions, the result.
  it.each([
    ...TABLES.map((table) => [table, 0, 0] as const),
    ['containment_notes', 1, 0],
    ['containment_notes', 2, 1],
    ['containment_notes', 3, 2],
  ] as const)('lets no write out whose announcement is not kept (%s, after %i rows)', async (table, rows, writes) => {
    const worker = await Worker.start();
    worker.attempt = 99; // a vendor would have been given up
    await room(table, rows);
    await expect(worker.act(input)).rejects.toMatchObject(UNKEPT);
    expect(worker.tenant.journal).toHaveLength(writes);
    await makeRoom();
    expect(await worker.act(input)).toMatchObject({ status: 'done', verified: true, writes: worker.tenant.journal });
    expect(worker.tenant.journal.map((w) => w.targetId).sort()).toEqual(['U1/1', 'U1/2']);
  });
});

describe('a connection that breaks under the action ledger', () => {
  it.each(['before', 'after'] as const)(
    'lets no write out that was not announced (%s a statement is done)',
    async (when) => {
      let broke = 0;
      for (let at = 0, count = 0; at <= count; at++) {
        const worker = await Worker.start();
        const cut = cutPool(database.as('containment'), database.pool, { at, when });
        worker.restart(undefined, SHORT_TURN_MS, cut.pool);
        const heard = await worker.act(input).catch((error: unknown) => error);
        count = Math.max(count, cut.count());
        if (heard instanceof Error) expect(heard).toMatchObject(UNKEPT);
        if (heard instanceof Error) broke++;
        expect(worker.tenant.journal.length).toBeLessThanOrEqual(await announced());
        worker.restart();
        expect(await worker.act(input)).toMatchObject({
          status: 'done',
          verified: true,
          writes: worker.tenant.journal,
        });
        expect(worker.tenant.journal).toHaveLength(2);
      }
      expect(broke).toBeGreaterThan(15);
    },
  );
});
