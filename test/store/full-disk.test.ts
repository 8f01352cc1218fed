import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EvidenceReader, EvidenceWriter, listEvidence } from '../../store/evidence-store.js';
import { InboxReader, InboxWriter, type InboxMessage } from '../../store/inbox.js';
import { disk } from '../support/full-disk.js';
import { filesUnder, testKeys } from './support.js';

vi.mock('node:fs/promises', async (real) => (await import('../support/full-disk.js')).onDisk(await real()));

const ring = testKeys();
const base = mkdtempSync(join(tmpdir(), 'quell-full-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
afterEach(() => disk.makeRoom());
let dir = '';
let n = 0;
const fresh = (): string => (dir = join(base, String(n++)));
beforeEach(fresh);

const AT = '2026-01-01T00:00:00.000Z';
const message = (i: number): InboxMessage => ({
  ...{ kind: 'alert', source: 'siem', dedupeKey: `alert-${i}`, receivedAt: AT, contentType: 'text/plain' },
  body: Buffer.from(`alert ${i}`),
});

/** The ways in which a disk is full, for one write. */
const faults = fc.oneof(
  fc.integer({ min: 0, max: 1500 }).map((room) => ({ room })),
  fc.integer({ min: 0, max: 1500 }).map((room) => ({ room, refusesCut: true })),
  fc.constant({ refusesSync: true }),
  fc.constant({ refusesSync: true, refusesCut: true }),
  fc.constant({ refusesNames: true }),
);
/** Writes numbers, some of them while the disk is full; returns those that were acknowledged. Everything is acknowledged once there is room. */
async function written(
  write: (i: number) => Promise<unknown>,
  fault: Partial<typeof disk>,
): Promise<readonly number[]> {
  const kept: number[] = [];
  const attempt = async (i: number): Promise<void> => {
    try {
      await write(i);
      kept.push(i);
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORE', retryable: true });
    }
  };
  await attempt(1);
  Object.assign(disk, fault);
  await attempt(2);
  await attempt(3);
  const refused = [2, 3].filter((i) => !kept.includes(i));
  disk.makeRoom();
  for (const i of [...refused, 4]) await attempt(i);
  expect(kept.toSorted()).toEqual([1, 2, 3, 4]);
  return kept;
}
const always = (work: (fault: Partial<typeof disk>) => Promise<void>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(faults, async (fault) => {
      fresh();
      await work(fault);
    }),
    { numRuns: 20 },
  );

describe('a full disk', () => {
  it('costs the inbox nothing that was acknowledged, and nothing half-written is delivered', () =>
    always(async (fault) => {
      let writer = await InboxWriter.open(dir, ring.sealing('inbox'));
      const reader = await InboxReader.open(dir, ring.opening('inbox'));
      const bodies = async (): Promise<string[]> => {
        const found: string[] = [];
        for await (const { body } of reader.pending()) found.push(Buffer.from(body).toString());
        return found;
      };
      const kept = await written(async (i) => {
        const { duplicate } = await writer.append(message(i));
        expect(duplicate).toBe(false);
        expect(await bodies()).toContain(`alert ${i}`);
      }, fault);
      expect(await bodies()).toEqual(kept.map((i) => `alert ${i}`));
      await writer.close();
      writer = await InboxWriter.open(dir, ring.sealing('inbox'));
      expect(await writer.append(message(3))).toMatchObject({ duplicate: true });
      await writer.close();
      await reader.close();
    }));

  it('leaves no empty segments of the inbox, however often it is tried', async () => {
    const writer = await InboxWriter.open(dir, ring.sealing('inbox'));
    disk.room = 20;
    for (let i = 0; i < 5; i++) await expect(writer.append(message(i))).rejects.toMatchObject({ code: 'STORE' });
    expect(readdirSync(join(dir, 'log'))).toEqual([]);
    disk.makeRoom();
    expect(await writer.append(message(1))).toMatchObject({ duplicate: false });
    await writer.close();
  });

  it('leaves no evidence file that is not whole', () =>
    always(async (fault) => {
      const writer = new EvidenceWriter(dir, [ring.sealing('seal-analysis')]);
      const reader = new EvidenceReader(dir, ring.opening('seal-analysis'));
      await written((i) => writer.writeRows('case-a', `rows-${i}`, [{ i }, { text: 'x'.repeat(400) }]), fault);
      const keys = await listEvidence(dir, 'case-a');
      expect(keys.map((key) => key.split('.')[0]).toSorted()).toEqual(['rows-1', 'rows-2', 'rows-3', 'rows-4']);
      for (const key of keys) await reader.check('case-a', { key, rows: 2 });
      expect(filesUnder(join(dir, 'files')).filter((path) => path.endsWith('.tmp'))).toEqual([]);
    }));
});
