import type { Pool } from 'pg';
import { canonicalJson } from '../domain/canonical.js';
import { counted, type Counts } from '../store/audit/counts.js';
import type { AuditEntry } from '../store/audit/entry.js';
import { checkpointBody, hashOf, ZERO } from '../store/audit/line.js';
import type { SigningKey } from '../store/key-ring.js';
import { query } from '../store/postgres/connection.js';
import { signatureOf } from '../store/signing.js';

const AT = '2026-03-10T12:00:00.000Z';
const OF_A_CASE = 200;
const STATEMENT = 10_000;

/** A case's entries: opened, every tenth with a file and its manifest, the rest progress. */
function entryOf(i: number): AuditEntry {
  const [caseId, n] = [`case-s-${Math.floor(i / OF_A_CASE)}`, i % OF_A_CASE];
  const of = { key: `${caseId}:${n}`, at: AT, by: 'playbook', caseId };
  if (n === 0) return { ...of, kind: 'case.opened', data: { policyDigest: '0'.repeat(64) } };
  if (n % 10 !== 0) return { ...of, kind: 'case.triage', text: 'slack: 96 rows of narrow evidence' };
  const hash = hashOf({ seq: i, prev: ZERO, entry: caseId });
  const file = { sha256: hash, bytes: 9_000, rows: 96, compartment: 'evidence' } as const;
  const named = (name: string) => ({ ...file, key: `${name}.${hash.slice(0, 40)}` });
  return { ...of, kind: 'evidence.collected', evidence: [named('slack'), named('manifest')] };
}

/** A chain of `lines` as `AuditChain` leaves it when it signs every `signEvery` lines, by a few large statements. */
export async function fillChain(records: Pool, key: SigningKey, lines: number, signEvery: number): Promise<void> {
  let [head, counts]: [string, Counts] = [ZERO, {}];
  for (let from = 0; from < lines; from += STATEMENT) {
    const [rows, points]: [unknown[], unknown[]] = [[], []];
    for (let seq = from + 1; seq <= from + STATEMENT; seq++) {
      const entry = entryOf(seq - 1);
      const text = canonicalJson(entry);
      const prev = head;
      head = hashOf({ seq, prev, entry: text });
      counts = counted(counts, entry);
      rows.push({ seq, prev, hash: head, key: entry.key, entry: text });
      if (seq % signEvery !== 0) continue;
      const point = { lines: seq, head, at: AT, counts };
      points.push({ ...point, key_id: key.keyId, signature: signatureOf(checkpointBody(point), key) });
    }
    await query(records, LINES, [JSON.stringify(rows)]);
    await query(records, POINTS, [JSON.stringify(points)]);
    await query(records, 'DELETE FROM audit_waiting');
  }
}

const LINES = `
  WITH given AS (SELECT * FROM json_to_recordset($1) AS row (seq bigint, key text, prev text, hash text, entry text)),
       entries AS (INSERT INTO audit_entries (key, entry) SELECT key, entry::json FROM given)
  INSERT INTO audit_lines (seq, writer, key, prev, hash) SELECT seq, 'records', key, prev, hash FROM given`;
const POINTS = `
  INSERT INTO audit_checkpoints (lines, head, at, counts, key_id, signature)
  SELECT * FROM json_to_recordset($1) AS row (lines bigint, head text, at text, counts json, key_id text, signature text)`;
