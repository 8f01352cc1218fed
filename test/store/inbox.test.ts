import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  InboxReader,
  InboxWriter,
  listDeadLetters,
  OutcomeTail,
  requestResend,
  type InboxItem,
  type InboxMessage,
} from '../../store/inbox.js';
import { filesUnder, testKeys } from './support.js';

const ring = testKeys();
const [seal, open] = [ring.sealing('inbox'), ring.opening('inbox')];
const base = mkdtempSync(join(tmpdir(), 'quell-inbox-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let dir = '';
let n = 0;
beforeEach(() => {
  dir = join(base, String(n++));
});

const message = (i: number, more: Partial<InboxMessage> = {}): InboxMessage => ({
  kind: 'alert',
  source: 'siem',
  dedupeKey: `alert-${i}`,
  receivedAt: `2026-01-01T00:00:0${i % 10}.000Z`,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ i, who: 'kim.planted@example.com' })),
  ...more,
});
async function take(reader: InboxReader, except?: ReadonlySet<number>): Promise<InboxItem[]> {
  const items: InboxItem[] = [];
  for await (const item of reader.pending(except ? { except } : {})) items.push(item);
  return items;
}
const seqs = (items: readonly InboxItem[]): number[] => items.map(({ seq }) => seq);
const segments = (): string[] => readdirSync(join(dir, 'log')).sort();

describe('inbox', () => {
  it('gives every message back as it came, in order, until it is settled', async () => {
    const writer = await InboxWriter.open(dir, seal);
    const bodies = [Buffer.from('{"a":1}'), Buffer.from([0, 10, 13, 255]), Buffer.alloc(0), Buffer.alloc(100_000, 7)];
    await Promise.all(bodies.map((body, i) => writer.append(message(i, { body }))));
    const reader = await InboxReader.open(dir, open);
    const items = await take(reader);
    expect(items.map(({ body }) => Buffer.from(body).toString('hex'))).toEqual(
      bodies.map((body) => body.toString('hex')),
    );
    expect(items[1]).toMatchObject({
      seq: 2,
      kind: 'alert',
      source: 'siem',
      dedupeKey: 'alert-1',
      contentType: 'application/json',
      receivedAt: '2026-01-01T00:00:01.000Z',
      resent: 0,
    });
    await reader.done(2, { status: 'delivered', caseIds: ['case-a'], alertIds: ['al-1'] });
    expect(seqs(await take(reader))).toEqual([1, 3, 4]);
    expect(seqs(await take(reader, new Set([1])))).toEqual([3, 4]);
    await writer.append(message(9));
    expect(seqs(await take(reader))).toEqual([1, 3, 4, 5]);
    expect(await reader.backlog()).toEqual({ items: 4, oldest: '2026-01-01T00:00:00.000Z', damaged: 0 });
    await reader.close();
    const again = await InboxReader.open(dir, open);
    expect(seqs(await take(again))).toEqual([1, 3, 4, 5]);
    const outcomes = new OutcomeTail(dir);
    expect(await outcomes.find(2)).toMatchObject({ seq: 2, status: 'delivered', caseIds: ['case-a'] });
    expect(await outcomes.find(3)).toBeUndefined();
    await again.done(3, { status: 'ignored' });
    expect(await outcomes.find(3)).toMatchObject({ seq: 3, status: 'ignored' });
    await again.close();
    await writer.close();
  });

  it('keeps a repeat once, also when both come at the same time or after a restart', async () => {
    let writer = await InboxWriter.open(dir, seal);
    const both = await Promise.all([writer.append(message(1)), writer.append(message(1))]);
    expect(both).toEqual([
      { seq: 1, duplicate: false },
      { seq: 1, duplicate: true },
    ]);
    expect(await writer.append(message(1, { source: 'edr' }))).toEqual({ seq: 2, duplicate: false });
    await writer.close();
    writer = await InboxWriter.open(dir, seal);
    expect(await writer.append(message(1))).toEqual({ seq: 1, duplicate: true });
    expect(await writer.append(message(2))).toEqual({ seq: 3, duplicate: false });
    await writer.close();
  });

  it('shows nothing of a message on disk, a dead letter neither', async () => {
    const writer = await InboxWriter.open(dir, seal);
    await writer.append(message(1, { dedupeKey: 'mail kim.planted@example.com' }));
    const reader = await InboxReader.open(dir, open);
    await take(reader);
    await reader.deadLetter(1, 'ALERT_FORMAT');
    const files = filesUnder(dir);
    expect(files.some((file) => file.includes('dead'))).toBe(true);
    for (const file of files) {
      const text = readFileSync(file).toString('latin1');
      for (const planted of ['planted', Buffer.from('planted@example').toString('base64').slice(0, 12)])
        expect(text).not.toContain(planted);
    }
    await reader.close();
    await writer.close();
  });

  it('keeps dead letters with their reason and delivers them again when asked, by itself or by another process', async () => {
    const writer = await InboxWriter.open(dir, seal);
    for (let i = 1; i <= 3; i++) await writer.append(message(i));
    let reader = await InboxReader.open(dir, open);
    await take(reader);
    await reader.done(1, { status: 'delivered' });
    await reader.deadLetter(2, 'ALERT_FORMAT');
    await reader.deadLetter(3, 'ALERT_NO_SUBJECT');
    expect(await take(reader)).toEqual([]);
    expect((await listDeadLetters(dir)).map(({ seq, reason, source }) => [seq, reason, source])).toEqual([
      [2, 'ALERT_FORMAT', 'siem'],
      [3, 'ALERT_NO_SUBJECT', 'siem'],
    ]);
    expect(await new OutcomeTail(dir).find(2)).toMatchObject({ status: 'dead_letter', text: 'ALERT_FORMAT' });
    await reader.resend(2);
    await requestResend(dir, 3);
    await expect(requestResend(dir, 9)).rejects.toMatchObject({ code: 'STORE_GONE' });
    const items = await take(reader);
    expect(items.map(({ seq, resent, body }) => [seq, resent, Buffer.from(body).toString()])).toEqual(
      [2, 3].map((i) => [i, 1, Buffer.from(message(i).body).toString()]),
    );
    expect(await reader.deadLetters()).toEqual([]);
    await reader.close();
    reader = await InboxReader.open(dir, open);
    expect(seqs(await take(reader))).toEqual([2, 3]);
    await reader.done(2, { status: 'delivered' });
    await reader.deadLetter(3, 'ALERT_NO_SUBJECT');
    expect(await take(reader)).toEqual([]);
    expect((await reader.deadLetters()).map(({ seq }) => seq)).toEqual([3]);
    await reader.close();
    await writer.close();
  });

  it('is full at its bound, says so, and has room again when messages are settled', async () => {
    const writer = await InboxWriter.open(dir, seal, { maxBytes: 40_000, segmentBytes: 8_000 });
    let kept = 0;
    const fill = async (): Promise<unknown> => {
      for (;;) {
        await writer.append(message(1000 + kept, { body: Buffer.alloc(2000) }));
        kept++;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'INBOX_FULL', retryable: true });
    expect(kept).toBeGreaterThan(5);
    const full = kept;
    await expect(writer.append(message(1000 + kept, { body: Buffer.alloc(2000) }))).rejects.toMatchObject({
      code: 'INBOX_FULL',
    });
    const reader = await InboxReader.open(dir, open);
    const items = await take(reader);
    expect(items).toHaveLength(full);
    for (const { seq } of items) await reader.done(seq, { status: 'delivered' });
    await take(reader);
    expect(segments()).toHaveLength(1);
    // The one that was refused is taken now: nothing remembers it as a repeat.
    expect(await writer.append(message(1000 + kept, { body: Buffer.alloc(2000) }))).toEqual({
      seq: full + 1,
      duplicate: false,
    });
    await reader.close();
    await writer.close();
  });

  it('never gives a number twice, even when everything was settled and deleted', async () => {
    let writer = await InboxWriter.open(dir, seal, { segmentBytes: 10 });
    for (let i = 0; i < 5; i++) await writer.append(message(i));
    const reader = await InboxReader.open(dir, open);
    for (const { seq } of await take(reader)) await reader.done(seq, { status: 'delivered' });
    await take(reader);
    expect(segments()).toHaveLength(1);
    await writer.close();
    writer = await InboxWriter.open(dir, seal);
    expect((await writer.append(message(77))).seq).toBe(6);
    expect(seqs(await take(reader))).toEqual([6]);
    await reader.close();
    await writer.close();
  });

  it('goes on after a torn line, and gives what was whole', async () => {
    let writer = await InboxWriter.open(dir, seal);
    await writer.append(message(1));
    await writer.close();
    appendFileSync(join(dir, 'log', segments()[0]!), '{"seq":2,"kind":"al');
    writer = await InboxWriter.open(dir, seal);
    expect((await writer.append(message(2))).seq).toBe(2);
    const reader = await InboxReader.open(dir, open);
    expect((await take(reader)).map(({ seq, dedupeKey }) => [seq, dedupeKey])).toEqual([
      [1, 'alert-1'],
      [2, 'alert-2'],
    ]);
    appendFileSync(join(dir, 'outcomes.jsonl'), '{"seq":1,"sta');
    await reader.close();
    const again = await InboxReader.open(dir, open);
    await again.done(1, { status: 'ignored' });
    await again.close();
    const last = await InboxReader.open(dir, open);
    expect(seqs(await take(last))).toEqual([2]);
    await last.close();
    await writer.close();
  });

  it('makes a message that was changed on disk a dead letter, and delivers the rest', async () => {
    const writer = await InboxWriter.open(dir, seal);
    for (let i = 1; i <= 3; i++) await writer.append(message(i));
    const path = join(dir, 'log', segments()[0]!);
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[2] = lines[2]!.replace('"source":"siem"', '"source":"evil"');
    writeFileSync(path, lines.join('\n'));
    appendFileSync(path, 'no line of ours\n');
    const reader = await InboxReader.open(dir, open);
    expect(seqs(await take(reader))).toEqual([1, 3]);
    expect(await reader.deadLetters()).toMatchObject([
      { seq: 2, reason: expect.stringContaining('STORE_TAMPERED') as string },
    ]);
    await expect(reader.resend(2)).rejects.toMatchObject({ code: 'STORE_GONE' });
    expect(await reader.backlog()).toMatchObject({ items: 2, damaged: 1 });
    await reader.close();
    await writer.close();
  });

  it('has one writer and one reader', async () => {
    const writer = await InboxWriter.open(dir, seal);
    const reader = await InboxReader.open(dir, open);
    await expect(InboxWriter.open(dir, seal)).rejects.toMatchObject({ code: 'STORE' });
    await expect(InboxReader.open(dir, open)).rejects.toMatchObject({ code: 'STORE' });
    await reader.close();
    await writer.close();
  });
});
