import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import type { Instant } from '../../domain/platform.js';
import type { OpenKey, SealKey } from '../key-ring.js';
import { decrypt, encrypt, openKey, sealKey, type SealedKey } from '../seal.js';

/** A verified message as it came. */
export interface InboxMessage {
  readonly kind: 'alert' | 'callback';
  /** Configured source (`siem`) or callback channel (`slack`). No personal data: it is kept in the clear. */
  readonly source: string;
  /** A repeat of what is still known is not kept again. Kept hashed (and encrypted with the body). */
  readonly dedupeKey: string;
  readonly receivedAt: Instant;
  readonly contentType: string;
  readonly body: Uint8Array;
}
export interface InboxItem extends InboxMessage {
  readonly seq: number;
  /** 0 at first; counts how often a person resent it from the dead letters. */
  readonly resent: number;
  /** Mail address of whom it is about, where a person had to say so. */
  readonly named?: string;
}

/** A row with its content. */
export interface InboxRow {
  readonly seq: string;
  readonly kind: InboxMessage['kind'];
  readonly source: string;
  readonly dedupe: string;
  readonly received_at: Date;
  readonly sealed_key: SealedKey;
  readonly box: Buffer;
  readonly named: Buffer | null;
  readonly resent: number;
}
export const ROW = 'seq, kind, source, dedupe, received_at, sealed_key, box, named, resent';

const Inner = z.strictObject({ dedupeKey: z.string(), contentType: z.string() });
const KEY_CONTEXT = 'quell inbox key v1';

/** Hash of what makes two messages one. */
export function dedupeHash({ kind, source, dedupeKey }: Pick<InboxMessage, 'kind' | 'source' | 'dedupeKey'>): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, source, dedupeKey]))
    .digest('base64url')
    .slice(0, 22);
}

/** A key for the messages of one statement. Whoever seals with it forgets it; `sealed` lies with each of them. */
export function newKey(to: SealKey): { readonly bytes: Uint8Array; readonly sealed: SealedKey } {
  const bytes = randomBytes(32);
  return { bytes, sealed: sealKey(bytes, to, KEY_CONTEXT) };
}

/** The content of a message for its row, and for no other. */
export function sealMessage(key: Uint8Array, message: InboxMessage, dedupe: string): Buffer {
  const { dedupeKey, contentType, body } = message;
  const inner = JSON.stringify({ dedupeKey, contentType } satisfies z.infer<typeof Inner>);
  return encrypt(key, Buffer.concat([Buffer.from(`${inner}\n`), body]), contentContext({ ...message, dedupe }));
}

/** Errors: STORE_GONE when it was sealed for another key, STORE_TAMPERED also when what was sealed is no message. */
export function openMessage(row: InboxRow, own: OpenKey): InboxItem {
  try {
    return opened(row, own);
  } catch (error) {
    // Whoever holds the public key seals what it likes, and nothing of it may stop what comes behind.
    if (!(error instanceof QuellError)) throw new QuellError('STORE_TAMPERED', 'what was sealed is no message');
    throw error;
  }
}

function opened(row: InboxRow, own: OpenKey): InboxItem {
  const { seq, kind, source, dedupe, resent, named } = row;
  const key = keyOf(row, own);
  const receivedAt = row.received_at.toISOString();
  const plain = decrypt(key, row.box, contentContext({ kind, source, receivedAt, dedupe }));
  const end = plain.indexOf(10);
  const { dedupeKey, contentType } = Inner.parse(jsonOf(plain.toString('utf8', 0, end)));
  return {
    ...{ seq: Number(seq), kind, source, receivedAt, dedupeKey, contentType, body: plain.subarray(end + 1), resent },
    ...(named === null ? {} : { named: decrypt(key, named, namedContext(row)).toString('utf8') }),
  };
}

/** Whom a person named, for the row alone. Errors: as `openMessage`. */
export function sealNamed(row: Pick<InboxRow, 'dedupe' | 'sealed_key'>, mail: string, own: OpenKey): Buffer {
  return encrypt(keyOf(row, own), Buffer.from(mail), namedContext(row));
}

function keyOf({ sealed_key }: Pick<InboxRow, 'sealed_key'>, own: OpenKey): Uint8Array {
  // JSON's null is a value to the server.
  const key = openKey(
    [sealed_key].filter((one) => (one as unknown) !== null),
    own,
    KEY_CONTEXT,
  );
  if (key === undefined) throw new QuellError('STORE_GONE', 'the message was sealed for another key');
  return key;
}

const contentContext = ({
  kind,
  source,
  receivedAt,
  dedupe,
}: Pick<InboxMessage, 'kind' | 'source' | 'receivedAt'> & { readonly dedupe: string }): string =>
  `quell inbox v2\0${JSON.stringify([kind, source, receivedAt, dedupe])}`;
const namedContext = ({ dedupe }: Pick<InboxRow, 'dedupe'>): string => `quell inbox named v1\0${dedupe}`;
