// Reads what 0.2.0 kept; goes with the release after this one.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { io } from '../files.js';
import type { InboxMessage } from '../inbox/message.js';
import type { OpenKey } from '../key-ring.js';
import { readLines, readLog } from '../lines.js';
import { decrypt, openKey } from '../seal.js';
import { namesIn } from '../verify-check.js';

const Sealed = z.strictObject({ to: z.string(), ephemeral: z.string(), box: z.string() });
const SegmentHead = z.strictObject({ sealed: Sealed });
const Envelope = z.strictObject({
  seq: z.number().int().positive(),
  kind: z.enum(['alert', 'callback']),
  source: z.string(),
  receivedAt: z.iso.datetime(),
  dedupe: z.string(),
});
/** What lies in the clear of a message. */
export type Envelope = z.infer<typeof Envelope>;
const StoredRecord = Envelope.extend({ box: z.string() });
const Inner = z.strictObject({ dedupeKey: z.string(), contentType: z.string() });
const Letter = Envelope.extend({
  at: z.iso.datetime(),
  reason: z.string(),
  resent: z.number().int(),
  /** True while it is pending again. */
  waiting: z.boolean(),
  content: z.strictObject({ sealed: Sealed, box: z.string() }).optional(),
});
export type Letter = z.infer<typeof Letter>;
const Outcome = z.object({
  status: z.enum(['delivered', 'duplicate', 'ignored', 'dead_letter']),
  seq: z.number().int(),
  at: z.iso.datetime(),
  alertIds: z.array(z.string()).optional(),
  caseIds: z.array(z.string()).optional(),
  text: z.string().optional(),
});
export type Outcome = z.infer<typeof Outcome>;

const SEGMENT = /^(\d{12})-[0-9a-f]{8}\.log$/;

/** A message of a segment, with its content when it is asked for. */
export interface Stored {
  readonly envelope: Envelope;
  /** Errors: STORE_TAMPERED; STORE_GONE when it was sealed for another key. */
  open(): InboxMessage;
}

/** Segments in the order of writing, each with the number that it begins with. Errors: STORE. */
export async function segmentsIn(dir: string): Promise<readonly { readonly name: string; readonly first: number }[]> {
  const names = await namesIn(join(dir, 'log'));
  return names.flatMap((name) => {
    const first = SEGMENT.exec(name)?.[1];
    return first === undefined ? [] : [{ name, first: Number(first) }];
  });
}

/** Whole lines of a segment: one that a killed writer left unfinished was never acknowledged. Errors: STORE_TAMPERED when a line is none, STORE. */
export async function* messagesOf(dir: string, segment: string, own: OpenKey): AsyncGenerator<Stored> {
  let head: string | undefined;
  let key: Uint8Array | undefined;
  for await (const { text, whole } of readLines(join(dir, 'log', segment))) {
    if (!whole) return;
    if (head === undefined) {
      head = text;
      continue;
    }
    const { data } = StoredRecord.safeParse(jsonOf(text));
    if (data === undefined)
      throw new QuellError('STORE_TAMPERED', `inbox/log/${segment} has a line that is no message`);
    const { box, ...envelope } = data;
    const sealed = head;
    yield { envelope, open: () => messageOf((key ??= segmentKey(segment, sealed, own)), envelope, box) };
  }
}

/** What became of each message: of several lines the last counts. Errors: STORE_TAMPERED, STORE. */
export async function outcomesIn(dir: string): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  await readLog(join(dir, 'outcomes.jsonl'), (text) => {
    const { data } = Outcome.safeParse(jsonOf(text));
    if (data === undefined) throw new QuellError('STORE_TAMPERED', 'inbox/outcomes.jsonl');
    outcomes.set(data.seq, data);
    return data;
  });
  return outcomes;
}

/** Dead letters by number, those that somebody asked to deliver again as `waiting`. Errors: STORE_TAMPERED, STORE. */
export async function lettersIn(dir: string): Promise<readonly Letter[]> {
  const asked = new Set(await namesIn(join(dir, 'resend')));
  const names = (await namesIn(join(dir, 'dead'))).filter((name) => /^\d+\.json$/.test(name));
  const letters = await Promise.all(
    names.map(async (name) => {
      const text = await io('dead letters', () => readFile(join(dir, 'dead', name), 'utf8'));
      const { data } = Letter.safeParse(jsonOf(text));
      if (data === undefined) throw new QuellError('STORE_TAMPERED', `inbox/dead/${name}`);
      return asked.has(String(data.seq)) && !data.waiting ? { ...data, waiting: true, resent: data.resent + 1 } : data;
    }),
  );
  return letters.sort((a, b) => a.seq - b.seq);
}

/** As it came. Errors: STORE_TAMPERED; STORE_GONE when it was sealed for another key. */
export function openLetter(letter: Letter, content: NonNullable<Letter['content']>, own: OpenKey): InboxMessage {
  const key = openKey([content.sealed], own, `quell dead letter v1\0${letter.seq}`);
  if (key === undefined) throw new QuellError('STORE_GONE', `inbox/dead/${letter.seq}.json is for another key`);
  return messageOf(key, letter, content.box);
}

function segmentKey(segment: string, line: string, own: OpenKey): Uint8Array {
  const { data } = SegmentHead.safeParse(jsonOf(line));
  if (data === undefined) throw new QuellError('STORE_TAMPERED', `inbox/log/${segment} has no key`);
  const key = openKey([data.sealed], own, `quell inbox segment v1\0${segment}`);
  if (key === undefined) throw new QuellError('STORE_GONE', `inbox/log/${segment} is for another key`);
  return key;
}

function messageOf(key: Uint8Array, { seq, kind, source, receivedAt, dedupe }: Envelope, box: string): InboxMessage {
  const context = `quell inbox v1\0${JSON.stringify([seq, kind, source, receivedAt, dedupe])}`;
  const plain = decrypt(key, Buffer.from(box, 'base64'), context);
  const end = plain.indexOf(10);
  const { dedupeKey, contentType } = Inner.parse(jsonOf(plain.toString('utf8', 0, end)));
  // In the form in which a row gives it, which what is sealed is bound to.
  return {
    kind,
    source,
    receivedAt: new Date(receivedAt).toISOString(),
    dedupeKey,
    contentType,
    body: plain.subarray(end + 1),
  };
}
