import { randomBytes } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  copyFileSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { shredCase } from '../../store/case-keys.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import type { Place } from '../../store/compartment.js';
import { checkCiphertext, EvidenceReader, type EvidenceWriter } from '../../store/evidence-store.js';
import { openedBy } from '../../store/file-key-wrapping.js';
import type { Role } from '../../store/role-keys.js';
import { filesUnder, testKeys } from './support.js';

const keys = testKeys();
const base = mkdtempSync(join(tmpdir(), 'quell-evidence-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let root = '';
let writer: EvidenceWriter;
let reader: EvidenceReader;
let place: Place;
let n = 0;
const vaultOf = (role: Role): CaseVault => new CaseVault(place, fileKeys(keys, role));
beforeEach(() => {
  const state = join(base, String(n++));
  root = join(state, 'dossier');
  place = { ...folderStorage(state), compartment: 'dossier' };
  writer = vaultOf('evidence').writer('dossier');
  reader = vaultOf('analysis').reader('dossier');
});

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
}
const CHUNK = 64 * 1024;

describe('evidence store', () => {
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
    const files = filesUnder(root);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      expect(file).not.toMatch(/planted|kim/i);
      expect(readFileSync(file).toString('latin1')).not.toMatch(/planted|203\.0\.113\.77|it was me/i);
      expect(statSync(file).mode & 0o007).toBe(0);
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
    expect(readdirSync(join(root, 'files', 'case-a')).sort()).toEqual([first.key, second.key].sort());
    expect(await reader.list('case-a', 'rows')).toHaveLength(2);
    expect(await reader.list('case-a', 'row')).toEqual([]);
  });

  it('notices a cut, a changed bit, a foreign file and a renamed file', async () => {
    const ref = await writer.writeBytes('case-a', 'file', randomBytes(2 * CHUNK));
    const path = join(root, 'files', 'case-a', ref.key);
    const good = readFileSync(path);
    const read = (): Promise<unknown> => reader.readBytes('case-a', ref);
    for (const length of [0, 20, 36, 60, 36 + CHUNK + 16, good.length - 1]) {
      truncateSync(path, length);
      await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
      await expect(checkCiphertext(place, 'case-a', ref.key)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
      writeFileSync(path, good);
    }
    for (const at of [0, 21, 40, CHUNK + 60, good.length - 1]) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1;
      writeFileSync(path, bad);
      await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    }
    writeFileSync(path, Buffer.concat([good, good.subarray(36)]));
    await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    const other = await writer.writeBytes('case-a', 'file', randomBytes(2 * CHUNK));
    copyFileSync(join(root, 'files', 'case-a', other.key), path);
    await expect(read()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    await expect(reader.readBytes('case-a', { key: ref.key })).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    writeFileSync(path, good);
    await expect(read()).resolves.toHaveLength(2 * CHUNK);
    await expect(checkCiphertext(place, 'case-a', ref.key)).resolves.toBeUndefined();
    await expect(reader.readBytes('case-a', { ...ref, sha256: other.sha256 })).rejects.toMatchObject({
      code: 'STORE_TAMPERED',
    });
    copyFileSync(path, join(root, 'files', 'case-a', ref.key.replace('file.', 'other.')));
    await expect(reader.readBytes('case-a', { key: ref.key.replace('file.', 'other.') })).rejects.toMatchObject({
      code: 'STORE_TAMPERED',
    });
  });

  it('makes a case unreadable for ever when its keys are shredded; what comes later has a new key', async () => {
    const ref = await writer.writeRows('case-a', 'rows', [{ a: 1 }]);
    const kept = await writer.writeRows('case-b', 'rows', [{ b: 1 }]);
    await shredCase(place, 'case-a');
    await expect(all(reader.readRows('case-a', ref))).rejects.toMatchObject({ code: 'STORE_GONE' });
    expect(await all(reader.readRows('case-b', kept))).toEqual([{ b: 1 }]);
    const later = await writer.writeRows('case-a', 'rows', [{ a: 2 }]);
    expect(await all(reader.readRows('case-a', later))).toEqual([{ a: 2 }]);
    await expect(all(reader.readRows('case-a', ref))).rejects.toMatchObject({ code: 'STORE_GONE' });
  });

  it('shares one key between writes that start together', async () => {
    const refs = await Promise.all(Array.from({ length: 8 }, (_, i) => writer.writeRows('case-a', `r${i}`, [{ i }])));
    expect(readdirSync(join(root, 'keys', 'case-a'))).toHaveLength(1);
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
