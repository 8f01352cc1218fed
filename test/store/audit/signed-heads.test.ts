import { beforeEach, expect, it } from 'vitest';
import { canonicalJson } from '../../../domain/canonical.js';
import { AuditChain, type KeepElsewhere } from '../../../store/audit/chain.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { chainIn, newestCheckpoint } from '../../../store/audit/kept.js';
import { readCheckpoint, type Checkpoint } from '../../../store/audit/line.js';
import { verifyChain, type ChainVerdict } from '../../../store/audit/scan.js';
import { query } from '../../../store/postgres/connection.js';
import { useDatabase } from '../../support/database.js';
import { testKeys } from '../support.js';

const ring = testKeys();
const database = useDatabase();
beforeEach(async () => {
  await query(database.pool, 'TRUNCATE audit_entries, audit_waiting, audit_lines, audit_checkpoints, audit_heads');
});

const entry = (i: number, kind = 'case.progress'): AuditEntry => ({
  ...{ key: `k${i}`, at: '2026-01-01T00:00:00.000Z', kind, by: 'records', data: { i } },
});
const chain = (keep?: KeepElsewhere): AuditChain => new AuditChain(database.as('records'), ring.signing('audit'), keep);
const proven = async (): Promise<ChainVerdict> =>
  verifyChain(await chainIn(database.as('console')), { keys: [ring.verifying('audit')] });

it('counts nothing for kinds that an object has by itself, and reads heads with names that it does not know', async () => {
  await chain().append(['constructor', '__proto__'].map((kind, i) => entry(i, kind)));
  const head = await newestCheckpoint(database.as('console'));
  expect(head).toMatchObject({ lines: 2 });
  expect(Object.keys(head?.counts ?? {})).toEqual([]);
  expect(await proven()).toMatchObject({ ok: true, lines: 2 });
  const counts = { cases: 1, 'things of a later release': 2 };
  expect(readCheckpoint(canonicalJson({ ...head!, counts }))).toEqual({ ...head!, counts });
});

it('goes on while no head can be kept elsewhere, tells it, and keeps the last one as soon as it can', async () => {
  const kept: Checkpoint[] = [];
  const failures: unknown[] = [];
  let isDown = true;
  const keep = (point: Checkpoint): Promise<void> =>
    isDown ? Promise.reject(new Error('no room')) : Promise.resolve(void kept.push(point));
  const one = chain(keep);
  await one.append([entry(0)]);
  await one.append([entry(1)]);
  const head = await one.checkpoint();
  expect(head).toMatchObject({ lines: 2 });
  expect(await proven()).toMatchObject({ ok: true, lines: 2, signed: 2 });
  const run = async (chainOf: AuditChain, until: () => boolean): Promise<void> => {
    const stopping = new AbortController();
    const running = chainOf.run(5, (error) => failures.push(error), stopping.signal);
    await expect.poll(until).toBe(true);
    stopping.abort();
    await running;
  };
  await run(one, () => failures.length > 0);
  expect(failures[0]).toMatchObject({ message: 'no room' });
  isDown = false;
  // Another process: the one that could not keep it is gone.
  await run(chain(keep), () => kept.length > 0);
  expect(kept).toEqual([head]);
  isDown = true;
  await one.append([entry(2)]);
  const last = await one.checkpoint();
  isDown = false;
  await run(one, () => kept.length > 1);
  expect(kept).toEqual([head, last]);
});
