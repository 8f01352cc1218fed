import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import type { PoolClient } from 'pg';
import { chainIn } from '../store/audit/kept.js';
import { readVerifyKey } from '../store/key-ring.js';
import { poolOf, snapshot, streamed } from '../store/postgres/connection.js';
import { databaseSettings } from '../store/postgres/settings.js';
import { checkChain } from '../store/verify.js';
import type { Spent } from './measure.js';

/** A process of its own that reads the audit chain once, as `quell verify` does or the plain way, and prints what it took from when it was ready. */
const [how, lines, auditKey = ''] = process.argv.slice(2);
setFlagsFromString('--optimize-for-size'); // as `quell verify` sets it

async function verified(on: PoolClient): Promise<number> {
  const [{ outcome, count, why }] = await checkChain(await chainIn(on), { keys: [readVerifyKey(auditKey)] });
  if (outcome !== 'ok') throw new Error(why);
  return count;
}

/** Each row read and hashed, and nothing held against anything. */
async function plain(on: PoolClient): Promise<number> {
  let rows = 0;
  const text = `SELECT l.seq, l.prev, l.hash, e.entry::text AS entry FROM audit_lines l JOIN audit_entries e USING (organisation, writer, key) ORDER BY l.seq`;
  for await (const row of streamed<{ seq: string; prev: string; entry: string }>(on, text, [])) {
    createHash('sha256').update(row.entry).update(row.prev).update(row.seq).digest('hex');
    rows++;
  }
  return rows;
}

const pool = poolOf(databaseSettings(process.env), { role: 'bench', max: 1 });
const [began, cpu] = [performance.now(), process.cpuUsage()];
const count = await snapshot(pool, how === 'plain' ? plain : verified);
const { user, system } = process.cpuUsage(cpu);
const spent: Spent = {
  ms: performance.now() - began,
  cpuMs: (user + system) / 1_000,
  maxRssMb: process.resourceUsage().maxRSS / 1_024,
};
await pool.end();
if (count !== Number(lines)) throw new Error(`${count} lines were read`);
process.stdout.write(JSON.stringify(spent));
