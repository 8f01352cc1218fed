import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import { errno, io } from './files.js';
import type { OpenKey, SealKey } from './key-ring.js';
import { decrypt, encrypt, openKey, sealKey } from './seal.js';

/** A verified message as it came. */
export interface InboxMessage {
  readonly kind: 'alert' | 'callback';
  /** Configured source (`siem`) or callback channel (`slack`). No personal data: it is kept in the clear. */
  readonly source: string;
  /** A repeat inside the window is not kept again. Kept hashed (and encrypted with the body). */
  readonly dedupeKey: string;
  readonly receivedAt: Instant;
  readonly contentType: string;
  readonly body: Uint8Array;
}
export interface InboxItem extends InboxMessage {
  readonly seq: number;
  /** 0 at first; counts how often a person resent it from the dead letters. */
  readonly resent: number;
}
/** What became of a message; ids only. */
export interface InboxOutcome {
  readonly status: 'delivered' | 'duplicate' | 'ignored';
  readonly alertIds?: readonly string[];
  readonly caseIds?: readonly string[];
  readonly text?: string;
}
export type SettledOutcome = (InboxOutcome | { readonly status: 'dead_letter'; readonly text: string }) & {
  readonly seq: number;
  readonly at: Instant;
};
export interface DeadLetter {
  readonly seq: number;
  readonly source: string;
  readonly kind: InboxMessage['kind'];
  readonly receivedAt: Instant;
  readonly at: Instant;
  readonly reason: string;
}

const Sealed = z.strictObject({ to: z.string(), ephemeral: z.string(), box: z.string() });
/** First line of a segment: its key, sealed for the reader. */
const SegmentHead = z.strictObject({ sealed: Sealed });
/** What lies in the clear of a message. */
export const Envelope = z.strictObject({
  seq: z.number().int().positive(),
  kind: z.enum(['alert', 'callback']),
  source: z.string(),
  receivedAt: z.string(),
  dedupe: z.string(),
});
export type Envelope = z.infer<typeof Envelope>;
export const StoredRecord = Envelope.extend({ box: z.string() });
export type StoredRecord = z.infer<typeof StoredRecord>;
/** Encrypted in front of the body. */
const Inner = z.strictObject({ dedupeKey: z.string(), contentType: z.string() });

const SEGMENT = /^(\d{12})-[0-9a-f]{8}\.log$/;

export function logDir(dir: string): string {
  return join(dir, 'log');
}
export function segmentName(startSeq: number): string {
  return `${String(startSeq).padStart(12, '0')}-${randomBytes(4).toString('hex')}.log`;
}
export function startSeqOf(segment: string): number {
  return Number(SEGMENT.exec(segment)?.[1] ?? 0);
}

/** Segments in the order of writing, with their bytes. Errors: STORE. */
export async function listSegments(dir: string): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const names = await io('inbox', async () => {
    try {
      return (await readdir(logDir(dir))).filter((name) => SEGMENT.test(name)).sort();
    } catch (error) {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    }
  });
  const sized = await Promise.all(
    names.map(async (name) => ({
      name,
      bytes: await stat(join(logDir(dir), name)).then(
        ({ size }) => size,
        () => undefined,
      ),
    })),
  );
  return sized.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]));
}

export function segmentHead(segment: string, key: Uint8Array, to: SealKey): string {
  return `${JSON.stringify({ sealed: sealKey(key, to, segmentContext(segment)) })}\n`;
}
/** Errors: STORE_TAMPERED, STORE_GONE when it was sealed for another key. */
export function openSegmentHead(segment: string, line: string, own: OpenKey): Uint8Array {
  const head = SegmentHead.safeParse(jsonOf(line));
  if (!head.success) throw new QuellError('STORE_TAMPERED', 'an inbox segment has no key');
  const key = openKey([head.data.sealed], own, segmentContext(segment));
  if (key === undefined) throw new QuellError('STORE_GONE', 'an inbox segment was written for another key');
  return key;
}

export function envelopeOf(seq: number, message: InboxMessage): Envelope {
  return {
    seq,
    kind: message.kind,
    source: message.source,
    receivedAt: message.receivedAt,
    dedupe: dedupeHash(message),
  };
}
export function dedupeHash({ kind, source, dedupeKey }: Pick<InboxMessage, 'kind' | 'source' | 'dedupeKey'>): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, source, dedupeKey]))
    .digest('base64url')
    .slice(0, 22);
}

export function sealMessage(key: Uint8Array, envelope: Envelope, message: InboxMessage): StoredRecord {
  const inner = JSON.stringify({ dedupeKey: message.dedupeKey, contentType: message.contentType } satisfies z.infer<
    typeof Inner
  >);
  const plain = Buffer.concat([Buffer.from(`${inner}\n`), message.body]);
  return { ...envelope, box: encrypt(key, plain, envelopeContext(envelope)).toString('base64') };
}
/** Errors: STORE_TAMPERED. */
export function openMessage(key: Uint8Array, record: StoredRecord, resent: number): InboxItem {
  const plain = decrypt(key, Buffer.from(record.box, 'base64'), envelopeContext(record));
  const end = plain.indexOf(10);
  const { dedupeKey, contentType } = Inner.parse(jsonOf(plain.toString('utf8', 0, end)));
  const { seq, kind, source, receivedAt } = record;
  return { seq, kind, source, receivedAt, dedupeKey, contentType, body: plain.subarray(end + 1), resent };
}

function segmentContext(segment: string): string {
  return `quell inbox segment v1\0${segment}`;
}
function envelopeContext({ seq, kind, source, receivedAt, dedupe }: Envelope): string {
  return `quell inbox v1\0${JSON.stringify([seq, kind, source, receivedAt, dedupe])}`;
}
