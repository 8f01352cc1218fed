import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { EvidenceReader, EvidenceWriter } from '../store/evidence-store.js';
import { InboxWriter } from '../store/inbox.js';
import type { KeyRing } from '../store/key-ring.js';
import { EncryptionCodec, payloadKeys } from '../store/payload-codec.js';
import { EVIDENCE_RECIPIENTS } from '../store/role-keys.js';
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

/** What is kept: payload codec, inbox, evidence. Each on real files in `folder`, with its real fsync. */
export async function storeTasks(folder: string, keys: KeyRing): Promise<StoreTasks> {
  const inbox = await InboxWriter.open(join(folder, 'inbox'), keys.sealing('inbox'));
  return {
    tasks: [codec(keys), accept(inbox), ...(await evidence(join(folder, 'evidence'), keys))],
    close: async () => {
      await inbox.close();
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

/** As under a storm: many senders wait at once and share an fsync. */
function accept(inbox: InboxWriter): Task {
  const body = Buffer.from(JSON.stringify({ title: 'Bulk reads in private channels', rows: 'x'.repeat(1_500) }));
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
            body,
          }),
        ),
      ),
  };
}

async function evidence(folder: string, keys: KeyRing): Promise<readonly Task[]> {
  const rows = evidenceRows(ROWS);
  const writer = new EvidenceWriter(
    folder,
    EVIDENCE_RECIPIENTS.map((name) => keys.sealing(name)),
  );
  const reader = new EvidenceReader(folder, keys.opening('seal-analysis'));
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
