import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWhole, type ObjectStore } from '../../../store/objects/object-store.js';
import { useAws } from '../../support/aws.js';
import { keysIn, STORAGES, testStorage, type TestStorage } from '../../support/storage.js';

const MiB = 1024 * 1024;
const aws = useAws();

describe.each(STORAGES)('objects: %s', (kind) => {
  let storage: TestStorage;
  let store: ObjectStore;
  beforeAll(async () => {
    storage = await testStorage(kind, aws);
    store = storage.files;
  });
  afterAll(() => storage.drop());
  const read = (key: string): Promise<Buffer> => readWhole(store, key, 64 * MiB);

  it('gives back what was put, and overwrites nothing', async () => {
    expect(await store.put('a/b/one', Buffer.from('first'))).toBe(true);
    expect(await store.put('a/b/one', Buffer.from('second'))).toBe(false);
    expect((await read('a/b/one')).toString()).toBe('first');
    await store.put('a/b/none', Buffer.alloc(0));
    expect(await read('a/b/none')).toHaveLength(0);
    await expect(readWhole(store, 'a/b/one', 4)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
  });

  it.each([0, 1, 8 * MiB, 8 * MiB + 1, 20 * MiB])(
    'takes over a staged file of %i bytes, whole or not at all',
    async (bytes) => {
      const content = randomBytes(bytes);
      const key = `staged/by/${bytes}`;
      const staged = await store.stage('staged/by/');
      await staged.file.writeFile(content);
      expect(await store.exists(key)).toBe(false);
      expect(await keysIn(store, 'staged/by/')).not.toContain(key);
      expect(await staged.keep(key)).toBe(true);
      expect(await staged.keep(key)).toBe(false);
      await staged.close();
      expect((await read(key)).equals(content)).toBe(true);

      const dropped = await store.stage('staged/by/');
      await dropped.file.writeFile(content);
      await dropped.close();
      expect(await keysIn(store, 'staged/by/')).toContain(key);
      expect(await keysIn(store, 'staged/by/dropped/')).toEqual([]);
    },
  );

  it('lists below a prefix, with size and time, each parent in one go', async () => {
    const keys = ['l/a/2', 'l/a/1', 'l/a-b/1', 'l/a.b/1', 'l/b/c/d'];
    const before = Date.now();
    for (const key of keys) await store.put(key, Buffer.from(key));
    const found = [];
    for await (const info of store.list('l/')) found.push(info);
    expect(found.map(({ key }) => key).sort()).toEqual(keys.toSorted());
    const parents = found.map(({ key }) => key.slice(0, key.lastIndexOf('/')));
    expect(parents.filter((parent, i) => parent !== parents[i - 1])).toHaveLength(new Set(parents).size);
    for (const { key, size, at } of found) {
      expect(size).toBe(key.length);
      expect(Math.abs(at.getTime() - before)).toBeLessThan(60_000);
    }
    expect(await keysIn(store, 'l/a/')).toEqual(['l/a/1', 'l/a/2']);
    expect((await store.list('l/x/').next()).done).toBe(true);
    expect((await store.list('l/b/').next()).done).toBe(false);
  });

  it('removes one object, or all below a prefix and nothing beside it', async () => {
    for (const key of ['r/a', 'r/ab', 'r/a.b/1', 'r/x/1', 'r/x/y/2', 'r/xy/1']) await store.put(key, Buffer.from('1'));
    await store.remove('r/a');
    await store.remove('r/x/');
    await store.remove('r/gone');
    await store.remove('gone/');
    expect(await keysIn(store, 'r/')).toEqual(['r/a.b/1', 'r/ab', 'r/xy/1']);
    expect(await store.exists('r/a')).toBe(false);
    expect(await store.put('r/a', Buffer.from('again'))).toBe(true);
    expect((await read('r/a')).toString()).toBe('again');
  });

  it('says of what is not there that it is gone, and ends a read that nobody goes on with', async () => {
    await expect(read('no/such')).rejects.toMatchObject({ code: 'STORE_GONE', retryable: false });
    expect(await store.exists('no/such')).toBe(false);
    await store.put('long/one', randomBytes(4 * MiB));
    for await (const part of store.read('long/one')) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
  });

  it.each(['', '/', '../x', 'a/../b', 'a//b', '/a', '.hidden', 'a/.b', 'a\\b', 'a\0', 'ä'])(
    'takes no key that leaves its place: %j',
    async (bad) => {
      await expect(store.put(bad, Buffer.from('x'))).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(read(bad)).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(store.exists(bad)).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(store.remove(`${bad}/`)).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(store.list(`${bad}/`).next()).rejects.toMatchObject({ code: 'CONFIG' });
    },
  );
});
