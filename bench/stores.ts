import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Pool } from 'pg';
import { InboxWriter } from '../store/inbox/writer.js';
import type { KeyRing } from '../store/key-ring.js';
import { EncryptionCodec, payloadKeys } from '../store/payload-codec.js';
import { query } from '../store/postgres/connection.js';
import type { Task } from './measure.js';
import { evidenceRows } from './rows.js';

const ALERTS = 500;
const PAYLOADS = 200;

/** Payload codec, and the inbox on PostgreSQL beside the plain inserts that it is held against. */
export function storeTasks(keys: KeyRing, intake: Pool): readonly Task[] {
  return [
    codec(keys),
    accept(new InboxWriter(intake, keys.sealing('inbox'), { maxBytes: Infinity }), intake),
    insertInOne(intake),
  ];
}

/** A payload of the size of a case's state: packed, encrypted, and back. */
function codec(keys: KeyRing): Task {
  const worker = new EncryptionCodec(payloadKeys(keys));
  const payload = defaultPayloadConverter.toPayload(evidenceRows(100));
  if (!payload) throw new Error('rows are JSON');
  const kilobytes = Math.round((payload.data?.length ?? 0) / 1024);
  return {
    name: `encode and decode payloads of ${kilobytes} KiB`,
    unit: 'KiB',
    count: PAYLOADS * kilobytes,
    run: async () => {
      for (let i = 0; i < PAYLOADS; i++) await worker.decode(await worker.encode([payload]));
    },
  };
}

const BODY = Buffer.from(JSON.stringify({ title: 'Bulk reads in private channels', rows: 'x'.repeat(1_500) }));

const ROW = `INSERT INTO inbox (kind, source, dedupe, received_at, sealed_key, box) VALUES ('alert', 'siem', $1, now(), '{}', $2)`;

/** As under a storm: many senders wait at once and share statements. The plain way is a statement for each, by all connections of the pool. */
function accept(inbox: InboxWriter, pool: Pool): Task {
  return {
    name: 'inbox, accept alerts',
    unit: 'alerts',
    count: ALERTS,
    run: () =>
      Promise.all(
        Array.from({ length: ALERTS }, () =>
          inbox.append({
            kind: 'alert',
            source: 'siem',
            dedupeKey: randomUUID(),
            receivedAt: '2026-03-10T12:00:00.000Z',
            contentType: 'application/json',
            body: BODY,
          }),
        ),
      ),
    plain: () => Promise.all(Array.from({ length: ALERTS }, () => query(pool, ROW, [randomUUID(), BODY]))),
  };
}

/** The least that the database takes for it: one statement that makes the rows itself. */
const insertInOne = (pool: Pool): Task => ({
  name: 'inbox, one insert of all such rows',
  unit: 'alerts',
  count: ALERTS,
  run: () =>
    query(
      pool,
      `INSERT INTO inbox (kind, source, dedupe, received_at, sealed_key, box)
       SELECT 'alert', 'siem', $1 || n, now(), '{}', $2::bytea FROM generate_series(1, $3) AS n`,
      [randomUUID(), BODY, ALERTS],
    ),
});
