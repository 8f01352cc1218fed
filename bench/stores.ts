import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Pool } from 'pg';
import { CaseVault, fileKeys, folderStorage } from '../store/case-vault.js';
import { InboxWriter } from '../store/inbox/writer.js';
import type { KeyRing } from '../store/key-ring.js';
import { EncryptionCodec, payloadKeys } from '../store/payload-codec.js';
import { query } from '../store/postgres/connection.js';
import type { EvidenceEvent } from '../domain/evidence.js';
import type { Task } from './measure.js';
import { evidenceRows } from './rows.js';

const ALERTS = 500;
const PAYLOADS = 200;
const ROWS = 10_000;

export interface StoreTasks {
  readonly tasks: readonly Task[];
  close(): Promise<void>;
}

/** What is kept: payload codec, evidence, each on real files in `folder` with its real fsync; the inbox on PostgreSQL, beside the plain inserts that it is held against. */
export async function storeTasks(folder: string, keys: KeyRing, intake: Pool): Promise<StoreTasks> {
  return {
    tasks: [
      codec(keys),
      accept(new InboxWriter(intake, keys.sealing('inbox'), { maxBytes: Infinity })),
      insertOneByOne(intake),
      insertInOne(intake),
      ...(await evidence(folder, keys)),
    ],
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

/** As under a storm: many senders wait at once and share statements. */
function accept(inbox: InboxWriter): Task {
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
  };
}

const ROW = `INSERT INTO inbox (kind, source, dedupe, received_at, sealed_key, box) VALUES ('alert', 'siem', $1, now(), '{}', $2)`;

/** What anybody would write first: a statement for each, by all connections of the pool. */
const insertOneByOne = (pool: Pool): Task => ({
  name: 'inbox, plain inserts of such rows',
  unit: 'alerts',
  count: ALERTS,
  run: () => Promise.all(Array.from({ length: ALERTS }, () => query(pool, ROW, [randomUUID(), BODY]))),
});

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

async function evidence(folder: string, keys: KeyRing): Promise<readonly Task[]> {
  const rows = evidenceRows(ROWS);
  const vault = new CaseVault(folderStorage(folder), fileKeys(keys, 'analysis'));
  const writer = vault.writer('evidence');
  const reader = vault.reader('evidence');
  const file = await writer.writeRows('case-1', 'raw', rows);
  return [
    {
      name: 'evidence, write and encrypt rows',
      unit: 'rows',
      count: rows.length,
      run: () => writer.writeRows('case-1', 'raw', rows),
    },
    {
      name: 'evidence, read and decrypt rows',
      unit: 'rows',
      count: rows.length,
      run: async () => {
        let read = 0;
        for await (const row of reader.readRows<EvidenceEvent>('case-1', file)) read += row.id === '' ? 0 : 1;
        if (read !== rows.length) throw new Error('rows were lost');
      },
    },
  ];
}
