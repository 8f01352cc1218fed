import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AuditChain } from '../../../store/audit/chain.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { chainAt, chainIn, exportChain, outsideOfChain } from '../../../store/audit/kept.js';
import type { Checkpoint } from '../../../store/audit/line.js';
import { AuditLog } from '../../../store/audit/log.js';
import { verifyChain, type ChainVerdict } from '../../../store/audit/scan.js';
import { ActionLedger } from '../../../store/containment/ledger.js';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../../store/postgres/grants.js';
import { useDatabase } from '../../support/database.js';
import { found, noteBoxes, testKeys } from '../support.js';

const ring = testKeys();
const key = ring.signing('audit');
const keys = [ring.verifying('audit')];
const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'quell-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  await query(database.pool, 'TRUNCATE audit_entries, audit_waiting, audit_lines, audit_checkpoints, audit_heads');
});

const entry = (i: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  key: `k${i}`,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'case.progress',
  by: 'records',
  data: { i },
  ...more,
});
const chain = (every = 4): AuditChain => new AuditChain(database.as('records'), key, undefined, every);
const log = (): AuditLog => new AuditLog(database.as('containment'));

/** As an auditor proves it, with the rights of the console. */
async function proven(told: AuditEntry[] = []): Promise<ChainVerdict> {
  return await verifyChain(await chainIn(database.as('console')), { keys }, (one) => told.push(one));
}
async function keysInChain(): Promise<readonly string[]> {
  const told: AuditEntry[] = [];
  expect(await proven(told)).toMatchObject({ ok: true });
  return told.map((one) => one.key);
}
const all = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `k${from + i}`);

describe('the audit log', () => {
  it.each(['1', 'null', '"k1"', '[]', '{}', '{"key":"other"}', '{"key":null}', '{"key":"k1",\n"a":1}'])(
    'takes no entry that the chain could not be read with: %s',
    async (text) => {
      for (const role of ['evidence', 'containment', 'console'] as const)
        await expect(
          database.as(role).query('INSERT INTO audit_entries (key, entry) VALUES ($1, $2)', ['k1', text]),
        ).rejects.toMatchObject({ constraint: 'audit_entries_readable' });
    },
  );

  it('takes each key once, and what was noted first stays', async () => {
    await log().note(entry(0), entry(1), entry(1, { text: 'again' }));
    await log().note(entry(0, { text: 'again' }), entry(2));
    await chain().checkpoint();
    const told: AuditEntry[] = [];
    expect(await proven(told)).toMatchObject({ ok: true, lines: 3, signed: 3 });
    expect(told).toEqual([entry(0), entry(1), entry(2)]);
  });

  it('refuses an entry that does not fit, and with it those beside it', async () => {
    await expect(log().note(entry(1), { ...entry(2), surprise: true } as AuditEntry)).rejects.toThrow();
    await expect(log().note(entry(1, { kind: 'No kind' }))).rejects.toThrow();
    expect(await outsideOfChain(database.as('console'))).toEqual([]);
  });

  it('notes what another process was noting in another order', async () => {
    const other = await database.pool.connect();
    const insert = `INSERT INTO audit_entries (organisation, writer, key, entry) VALUES ('test', 'containment', $1, json_build_object('key', $1::text))`;
    try {
      await other.query('BEGIN');
      await other.query(insert, ['k2']);
      const noted = log().note(entry(1), entry(2)); // has k1, and waits for k2
      await expect
        .poll(
          async () =>
            (
              await query(
                database.pool,
                `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
              )
            ).rowCount,
        )
        .toBe(1);
      await other.query(insert, ['k1']); // the server rolls one of the two back
      await other.query('COMMIT');
      await noted;
    } finally {
      other.release(true);
    }
    expect((await outsideOfChain(database.as('console'))).map(({ key: k }) => k).toSorted()).toEqual(['k1', 'k2']);
  });

  it('keeps what is undefined out of an entry', async () => {
    await log().note(entry(1, { data: { a: undefined, b: 1 } }));
    await chain().takeIn();
    const told: AuditEntry[] = [];
    await proven(told);
    expect(told).toEqual([entry(1, { data: { b: 1 } })]);
  });
});

describe('the audit chain', () => {
  it('goes on where another process left it', async () => {
    await chain().append([entry(0), entry(1)]);
    await chain().append([entry(1), entry(2)]);
    await chain().checkpoint();
    expect(await keysInChain()).toEqual(all(0, 3));
  });

  it('is one, however many processes add to it and take in at the same time', async () => {
    const writers = [chain(), chain(), chain()];
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        await log().note(entry(i), entry(i + 1_000), entry((i + 1) % 60));
        await writers[i % 3]!.takeIn();
      }),
    );
    await chain().checkpoint();
    expect(new Set(await keysInChain())).toEqual(new Set([...all(0, 60), ...all(1_000, 1_060)]));
    expect(await outsideOfChain(database.as('console'))).toEqual([]);
    expect(await proven()).toMatchObject({ lines: 120, signed: 120 });
  });

  it('loses and doubles nothing when connections are cut at any moment', async () => {
    let stop = false;
    const cutting = (async () => {
      while (!stop)
        await query(
          database.pool,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('test_records', 'test_containment') AND datname = current_database() AND random() < 0.3`,
        );
    })();
    const writers = [chain(), chain()];
    const until = async (work: () => Promise<unknown>): Promise<void> => {
      for (;;) {
        try {
          await work();
          return;
        } catch (error) {
          expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
        }
      }
    };
    await Promise.all(
      Array.from({ length: 80 }, async (_, i) => {
        await until(() => log().note(entry(i)));
        await until(() => writers[i % 2]!.takeIn());
      }),
    );
    stop = true;
    await cutting;
    await until(() => chain().checkpoint());
    expect((await keysInChain()).toSorted()).toEqual(all(0, 80).toSorted());
  });

  it('is signed at first, after some lines, after a while, and when asked', async () => {
    const kept: Checkpoint[] = [];
    const one = new AuditChain(database.as('records'), key, (point) => Promise.resolve(void kept.push(point)), 4);
    const signedLines = (): readonly number[] => kept.map(({ lines }) => lines);
    await one.append([entry(0)]);
    await one.append([entry(1)]);
    expect(signedLines()).toEqual([1]);
    await one.append([entry(2), entry(3), entry(4)]);
    expect(signedLines()).toEqual([1, 5]);
    await one.append([entry(5)]);
    await query(database.pool, `UPDATE audit_heads SET signed_at = now() - interval '31 seconds'`);
    expect(signedLines()).toEqual([1, 5]);
    await one.takeIn();
    expect(signedLines()).toEqual([1, 5, 6]);
    await one.append([entry(6)]);
    await one.checkpoint();
    expect(await one.checkpoint()).toBeUndefined();
    expect(signedLines()).toEqual([1, 5, 6, 7]);
    expect((await chainIn(database.as('console'))).checkpoints).toEqual(kept);
  });

  it('takes in again and again, also after a round that failed, and signs when it ends', async () => {
    const failures: unknown[] = [];
    // The first time nobody is told: it is tried again at once.
    let failing = 2;
    const one = new AuditChain(database.as('records'), key, () =>
      failing-- > 0 ? Promise.reject(new Error('no room')) : Promise.resolve(),
    );
    const stopping = new AbortController();
    await log().note(entry(0));
    const running = one.run(5, (error) => failures.push(error), stopping.signal);
    await expect.poll(keysInChain).toEqual(['k0']);
    await log().note(entry(1));
    await expect.poll(keysInChain).toEqual(['k0', 'k1']);
    stopping.abort();
    await running;
    expect(failures).toMatchObject([{ message: 'no room' }]);
    expect(await proven()).toMatchObject({ ok: true, lines: 2, signed: 2 });
  });

  it('says in its signed heads how many things of each kind it vouches for, and what a cut lost', async () => {
    const file = (name: string) => ({ key: name, compartment: 'evidence' as const });
    await chain().append([
      entry(0, { kind: 'case.opened' }),
      entry(1, { kind: 'evidence.collected', evidence: [file('raw.1'), file('manifest.1')] }),
      entry(2, { kind: 'action.act.done' }),
    ]);
    await chain().checkpoint();
    await new ActionLedger(database.as('containment'), noteBoxes()).burn(['g-counts']);
    const head = await chain().checkpoint();
    const counts = { cases: 1, 'evidence files': 1, manifests: 1, acts: 1 };
    expect(head).toMatchObject({ lines: 4, counts: { ...counts, 'ledger rows': 1 } });
    expect(await proven()).toMatchObject({ ok: true, counts: head?.counts });
    const kept = await chainIn(database.as('console'));
    const forged = { keys, elsewhere: found({ ...head!, counts }) };
    expect(await verifyChain(kept, forged)).toMatchObject({ ok: true, unbelieved: [{ is: 'unsigned' }] });
    for (const table of ['audit_lines', 'audit_checkpoints']) await query(database.pool, `TRUNCATE ${table}`);
    const gone = await verifyChain(await chainIn(database.as('console')), { keys, elsewhere: found(head!) });
    expect(gone).toMatchObject({ ok: false, badLine: 1 });
    expect(gone.why).toContain('gone with them: 1 cases, 1 evidence files, 1 manifests, 1 acts, 1 ledger rows');
  });

  it('is found when a head was signed over other counts', async () => {
    await chain().append([entry(0, { kind: 'case.opened' })]);
    await query(database.pool, `UPDATE audit_heads SET counts = '{"cases":9}'`);
    await chain().append([entry(1)]);
    await chain().checkpoint();
    expect(await proven()).toMatchObject({ ok: false, badLine: 2, why: expect.stringContaining('counted') });
  });

  it('is not gone on with when it does not end where it was left', async () => {
    await chain().append([entry(0), entry(1), entry(2)]);
    await query(database.pool, 'DELETE FROM audit_lines WHERE seq = 3');
    await expect(chain().append([entry(3)])).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
  });

  it('is exported with whatever signs a text holds', async () => {
    await chain().append([entry(0, { text: 'two\u2028\u2029\u0085lines\r\n' }), entry(1)]);
    await chain().checkpoint();
    await exportChain(database.as('console'), folder);
    expect(await verifyChain(await chainAt(folder), { keys })).toMatchObject({ ok: true, lines: 2 });
  });

  it('proves the same when it was exported, and shows what was changed of that', async () => {
    await chain().append([entry(0), entry(1, { text: '"entry":{},"hash":"x"' }), entry(2)]);
    await chain().checkpoint();
    await exportChain(database.as('console'), folder);
    const exported = async (): Promise<ChainVerdict> => verifyChain(await chainAt(folder), { keys });
    expect(await exported()).toEqual(await proven());
    const file = join(folder, 'chain.jsonl');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"by":"records"', '"by":"mallory"'));
    expect(await exported()).toMatchObject({ ok: false, badLine: 1 });
    writeFileSync(file, text.slice(0, -3));
    expect(await exported()).toMatchObject({ ok: false, badLine: 3 });
    writeFileSync(file, text.split('\n').slice(1).join('\n'));
    expect(await exported()).toMatchObject({ ok: false, badLine: 1 });
  });
});

describe('what was done to it in the database', () => {
  beforeEach(async () => {
    await chain().append(Array.from({ length: 10 }, (_, i) => entry(i)));
    await chain().checkpoint();
  });

  it.each([
    ['an edited entry', `UPDATE audit_entries SET entry = '{"key":"k4","by":"mallory"}' WHERE key = 'k4'`, 5],
    ['a removed entry', `DELETE FROM audit_entries WHERE key = 'k4'`, 5],
    ['a removed line', `DELETE FROM audit_lines WHERE seq = 5`, 5],
    ['a removed tail', `DELETE FROM audit_lines WHERE seq > 7`, 8],
    [
      'two exchanged entries',
      `UPDATE audit_entries e SET entry = replace(o.entry::text, o.key, e.key)::json FROM audit_entries o WHERE (e.key, o.key) IN (('k3', 'k4'), ('k4', 'k3'))`,
      4,
    ],
    ['no checkpoint', `DELETE FROM audit_checkpoints`, 1],
  ])('is found: %s', async (_, statement, badLine) => {
    await query(database.pool, statement);
    expect(await proven()).toMatchObject({ ok: false, badLine });
  });

  it('is found when an older copy is put back, by a checkpoint that was kept elsewhere', async () => {
    const before = await chain().checkpoint();
    expect(before).toBeUndefined();
    await chain().append([entry(10)]);
    const elsewhere = found((await chain().checkpoint())!);
    await query(database.pool, 'DELETE FROM audit_lines WHERE seq > 10');
    await query(database.pool, 'DELETE FROM audit_checkpoints WHERE lines > 10');
    expect(await proven()).toMatchObject({ ok: true });
    const kept = await chainIn(database.as('console'));
    expect(await verifyChain(kept, { keys, elsewhere })).toMatchObject({ ok: false, badLine: 11 });
  });

  it('is told of entries that the chain does not have: on their way, or lost', async () => {
    await log().note(entry(10), entry(11));
    await query(database.pool, `DELETE FROM audit_waiting WHERE key = 'k11'`);
    expect(await outsideOfChain(database.as('console'))).toEqual([
      { writer: 'containment', key: 'k10', entry: entry(10), lost: false },
      { writer: 'containment', key: 'k11', entry: entry(11), lost: true },
    ]);
  });
});

describe('who may do what', () => {
  const REFUSED = { code: 'DATABASE_REFUSED', state: '42501' };

  it.each(DATABASE_ROLES)('%s changes and deletes no entry, line or checkpoint', async (role) => {
    await chain().append([entry(0)]);
    for (const table of ['audit_entries', 'audit_lines', 'audit_checkpoints'])
      for (const statement of [`UPDATE ${table} SET organisation = 'x'`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(query(database.as(role), statement), statement).rejects.toMatchObject(REFUSED);
  });

  it.each(DATABASE_ROLES.filter((role) => role !== 'records'))('%s adds no line, checkpoint or end', async (role) => {
    for (const statement of [
      `INSERT INTO audit_lines (seq, writer, key, prev, hash) VALUES (1, 'x', 'a', 'b', 'c')`,
      `INSERT INTO audit_checkpoints (lines, head, at, key_id, signature) VALUES (1, 'a', 'b', 'c', 'd')`,
      `UPDATE audit_heads SET lines = 0`,
      `DELETE FROM audit_waiting`,
    ])
      await expect(query(database.as(role), statement), statement).rejects.toMatchObject(REFUSED);
  });

  it.each(['intake', 'people', 'analysis'] as const)('%s notes nothing and reads nothing', async (role) => {
    await expect(new AuditLog(database.as(role)).note(entry(0))).rejects.toMatchObject(REFUSED);
    await expect(query(database.as(role), 'SELECT key FROM audit_entries')).rejects.toMatchObject(REFUSED);
  });

  it.each(['containment', 'evidence'] as const)('%s reads back nothing, and notes for nobody else', async (role) => {
    await expect(query(database.as(role), 'SELECT key FROM audit_entries')).rejects.toMatchObject(REFUSED);
    await expect(
      query(database.as(role), `INSERT INTO audit_entries (organisation, key, entry) VALUES ('other', 'a', '{}')`),
    ).rejects.toMatchObject(REFUSED);
  });

  it('has its keys to itself: nobody takes the place of an entry that another role writes', async () => {
    await new AuditLog(database.as('evidence')).note(entry(0, { by: 'containment', text: 'planted' }));
    await new AuditLog(database.as('containment')).note(entry(0, { by: 'containment', text: 'true' }));
    await chain().takeIn();
    const told: AuditEntry[] = [];
    expect(await proven(told)).toMatchObject({ ok: true, lines: 2 });
    expect(told.map((one) => one.text)).toEqual(['planted', 'true']);
    await expect(
      query(
        database.as('evidence'),
        `INSERT INTO audit_entries (writer, key, entry) VALUES ('containment', 'a', '{"key":"a"}')`,
      ),
    ).rejects.toMatchObject(REFUSED);
  });

  it('is asked of each organisation alone', async () => {
    await new AuditLog(database.as('evidence', 'other')).note(entry(0), entry(7));
    await chain().append([entry(0)]);
    await new AuditChain(database.as('records', 'other'), key).takeIn();
    expect(await keysInChain()).toEqual(['k0']);
    const told: AuditEntry[] = [];
    await verifyChain(await chainIn(database.as('console', 'other')), { keys }, (one) => told.push(one));
    expect(told.map((one) => one.key)).toEqual(['k0', 'k7']);
  });
});
