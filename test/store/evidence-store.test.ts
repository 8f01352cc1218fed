import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shredCase } from '../../store/case-keys.js';
import { CaseVault, fileKeys } from '../../store/case-vault.js';
import type { Place } from '../../store/compartment.js';
import { checkCiphertext, EvidenceReader, type EvidenceWriter } from '../../store/evidence-store.js';
import { openedBy } from '../../store/file-key-wrapping.js';
import { readWhole } from '../../store/objects/object-store.js';
import type { Role } from '../../store/role-keys.js';
import { useAws } from '../support/aws.js';
import { keysIn, STORAGES, testStorage, type TestStorage } from '../support/storage.js';
import { testKeys } from './support.js';

const keys = testKeys();
const aws = useAws();

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
}
const CHUNK = 64 * 1024;
const FILES = 'dossier/files/';
const KEYS = 'dossier/keys/';

describe.each(STORAGES)('evidence store: %s', (kind) => {
  let storage: TestStorage;
  let place: Place;
  let writer: EvidenceWriter;
  let reader: EvidenceReader;
  const vaultOf = (role: Role): CaseVault => new CaseVault(storage, fileKeys(keys, role));
  beforeEach(async () => {
    storage = await testStorage(kind, aws);
    place = { ...storage, compartment: 'dossier' };
    writer = vaultOf('evidence').writer('dossier');
    reader = vaultOf('analysis').reader('dossier');
  });
  afterEach(() => storage.drop());

  it('gives rows back to each recipient, and to nobody else', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ i, text: `größe ${i} \n "quoted"` }));
    const ref = await writer.writeRows('case-a', 'slack.audit_logs', rows);
    expect(ref).toMatchObject({ rows: 5000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(await all(reader.readRows('case-a', ref))).toEqual(rows);
    expect(await all(vaultOf('records').reader('dossier').readRows('case-a', { key: ref.key }))).toEqual(rows);
    await expect(
      all(new EvidenceReader(place, openedBy(keys.opening('inbox'))).readRows('case-a', ref)),
    ).rejects.toMatchObject({
      code: 'STORE_GONE',
    });
  });

  it('gives bytes of any length back, at the edges of its frames too', async () => {
    for (const length of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7]) {
      const bytes = randomBytes(length);
      const ref = await writer.writeBytes('case-a', 'file', bytes);
      expect(ref.bytes).toBe(length);
      expect(Buffer.from(await reader.readBytes('case-a', ref)).equals(bytes)).toBe(true);
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 })), async (parts) => {
        const ref = await writer.writeBytes(
          'case-b',
          'parts',
          (async function* () {
            for (const part of parts) yield await Promise.resolve(part);
          })(),
        );
        expect(Buffer.from(await reader.readBytes('case-b', ref)).equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('shows no plaintext, in content or in names', async () => {
    await writer.writeRows('case-a', 'rows', [
      { name: 'Kim Planted', mail: 'kim.planted@example.com', ip: '203.0.113.77' },
    ]);
    await writer.writeBytes('case-a', 'note', Buffer.from('Kim Planted said: it was me'));
    const kept = [
      ...(await keysIn(storage.files, FILES)).map((key) => ({ key, from: storage.files })),
      ...(await keysIn(storage.keys, KEYS)).map((key) => ({ key, from: storage.keys })),
    ];
    expect(kept).toHaveLength(3);
    for (const { key, from } of kept) {
      expect(key).not.toMatch(/planted|kim/i);
      expect((await readWhole(from, key, CHUNK)).toString('latin1')).not.toMatch(/planted|203\.0\.113\.77|it was me/i);
    }
  });

  it('overwrites nothing when it is asked twice, and leaves nothing of a stream that fails', async () => {
    const first = await writer.writeRows('case-a', 'rows', [{ a: 1 }]);
    const second = await writer.writeRows('case-a', 'rows', [{ a: 1 }]);
    expect(second.key).not.toBe(first.key);
    expect(second.sha256).toBe(first.sha256);
    const failing = (async function* (): AsyncGenerator<object> {
      yield await Promise.resolve({ a: 2 });
      throw new Error('vendor went away');
    })();
    await expect(writer.writeRows('case-a', 'rows', failing)).rejects.toThrow('vendor went away');
    expect(await keysIn(storage.files, FILES)).toEqual(
      [first.key, second.key].sort().map((key) => `${FILES}case-a/${key}`),
    );
    expect(await reader.list('case-a', 'rows')).toHaveLength(2);
    expect(await reader.list('case-a', 'row')).toEqual([]);
  });

  it('notices a cut, a changed bit, a foreign file and a renamed file', async () => {
    const ref = await writer.writeBytes('case-a', 'file', randomBytes(2 * CHUNK));
    const path = `${FILES}case-a/${ref.key}`;
    const good = await storage.bytes(path);
    const read = (): Promise<unknown> => reader.readBytes('case-a', ref);
    for (const length of [0, 20, 36, 60, 36 + CHUNK + 16, good.length - 1]) {
      await storage.replace(path, good.subarray(0, length));
      await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
      await expect(checkCiphertext(place, 'case-a', ref.key)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    }
    for (const at of [0, 21, 40, CHUNK + 60, good.length - 1]) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1;
      await storage.replace(path, bad);
      await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    }
    await storage.replace(path, Buffer.concat([good, good.subarray(36)]));
    await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    const other = await writer.writeBytes('case-a', 'file', randomBytes(2 * CHUNK));
    await storage.replace(path, await storage.bytes(`${FILES}case-a/${other.key}`));
    await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    await expect(reader.readBytes('case-a', { key: ref.key })).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    await storage.replace(path, good);
    await expect(read()).resolves.toHaveLength(2 * CHUNK);
    await expect(checkCiphertext(place, 'case-a', ref.key)).resolves.toMatch(/^[0-9a-f]{32}$/);
    await expect(reader.readBytes('case-a', { ...ref, sha256: other.sha256 })).rejects.toMatchObject({
      code: 'STORE_TAMPERED',
    });
    await storage.files.put(`${FILES}case-a/${ref.key.replace('file.', 'other.')}`, good);
    await expect(reader.readBytes('case-a', { key: ref.key.replace('file.', 'other.') })).rejects.toMatchObject({
      code: 'STORE_TAMPERED',
    });
  });

  it('makes a case unreadable for ever when its keys are shredded; what comes later has a new key', async () => {
    const ref = await writer.writeRows('case-a', 'rows', [{ a: 1 }]);
    const kept = await writer.writeRows('case-b', 'rows', [{ b: 1 }]);
    expect((await place.keys.list(`${place.compartment}/keys/case-a/`).next()).done === true).toBe(false);
    await shredCase(place, 'case-a');
    expect((await place.keys.list(`${place.compartment}/keys/case-a/`).next()).done === true).toBe(true);
    await expect(all(reader.readRows('case-a', ref))).rejects.toMatchObject({ code: 'STORE_GONE' });
    expect(await all(reader.readRows('case-b', kept))).toEqual([{ b: 1 }]);
    const later = await writer.writeRows('case-a', 'rows', [{ a: 2 }]);
    expect(await all(reader.readRows('case-a', later))).toEqual([{ a: 2 }]);
    await expect(all(reader.readRows('case-a', ref))).rejects.toMatchObject({ code: 'STORE_GONE' });
  });

  it('shares one key between writes that start together', async () => {
    const refs = await Promise.all(Array.from({ length: 8 }, (_, i) => writer.writeRows('case-a', `r${i}`, [{ i }])));
    expect(await keysIn(storage.keys, KEYS)).toHaveLength(1);
    for (const [i, ref] of refs.entries()) expect(await reader.readJson('case-a', ref)).toEqual({ i });
  });

  it.each(['../x', '..', '.hidden', 'a/b', 'a\\b', '', 'x'.repeat(200), 'kim@example.com', 'a\0b'])(
    'lets no name leave its folder: %j',
    async (bad) => {
      await expect(writer.writeRows(bad, 'rows', [])).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(writer.writeRows('case-a', bad, [])).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(reader.readBytes('case-a', { key: bad })).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
      await expect(reader.readBytes(bad, { key: `rows.${'0'.repeat(40)}` })).rejects.toMatchObject({
        code: 'STORE_TAMPERED',
      });
      await expect(shredCase(place, bad)).rejects.toMatchObject({ code: 'CONFIG' });
    },
  );

  it('says that a file is gone, and refuses to read a huge one into memory', async () => {
    await expect(reader.readBytes('case-a', { key: `rows.${'0'.repeat(40)}` })).rejects.toMatchObject({
      code: 'STORE_GONE',
      retryable: false,
    });
    const ref = await writer.writeBytes('case-a', 'big', randomBytes(1000));
    await expect(reader.readBytes('case-a', ref, 999)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
  });
});
