import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { shredCase } from '../../../store/case-keys.js';
import { CaseVault, fileKeys } from '../../../store/case-vault.js';
import { readWhole, type ObjectStore } from '../../../store/objects/object-store.js';
import { openStorage, type StorageSettings } from '../../../store/storage-settings.js';
import { TestAws, useAws } from '../../support/aws.js';
import { keysIn } from '../../support/storage.js';
import { testKeys } from '../support.js';

const MiB = 1024 * 1024;
const aws = useAws();
type Files = NonNullable<StorageSettings['files']>;

const at = (bucket: string, more: object = {}): Files => ({
  s3: { ...aws.service, pathStyle: true, bucket, ...more },
});
const storeOf = (files: Files): ObjectStore => openStorage('', '', { files, keys: { folder: '/keys' } }).files;

/** How many versions and marks of deletion a bucket holds. */
async function versionsIn(Bucket: string): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket }));
  return Versions.length + DeleteMarkers.length;
}

type Seen = { readonly url: string; readonly headers: IncomingHttpHeaders };
let proxy: Server | undefined;
afterEach(() => proxy?.close());

/** A line to the server that notes what goes over it, and breaks in the first answers that are long. */
async function lineTo(times = 0): Promise<{ readonly endpoint: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  let left = times;
  proxy = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      seen.push({ url: request.url ?? '', headers: request.headers });
      const answer = await fetch(`${aws.endpoint}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
          typeof value === 'string' && !['host', 'connection', 'expect', 'content-length'].includes(name)
            ? [[name, value]]
            : [],
        ),
        ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
      });
      const body = Buffer.from(await answer.arrayBuffer());
      response.writeHead(
        answer.status,
        Object.fromEntries([...answer.headers, ['content-length', String(body.length)]]),
      );
      if (body.length < MiB || left-- <= 0) response.end(body);
      else response.write(body.subarray(0, MiB), () => response.destroy());
    })();
  });
  await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen };
}

describe('a bucket with versions', () => {
  it('keeps no version of the keys of a case that was shredded, more than a page of them', async () => {
    const [files, keys] = [await aws.bucket({ versions: true }), await aws.bucket({ versions: true })];
    const storage = openStorage('', '', { files: at(files), keys: at(keys) });
    const vault = new CaseVault(storage, fileKeys(testKeys(), 'records'));
    const ref = await vault.writer('dossier').writeJson('case-a', 'note', { a: 1 });
    await vault.writer('dossier').writeJson('case-ab', 'note', { b: 1 });
    for (let n = 0; n < 1_100; n += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, i) => storage.keys.put(`dossier/keys/case-a/k${n + i}.json`, Buffer.from('{}'))),
      );
    const place = { ...storage, compartment: 'dossier' as const };
    await shredCase(place, 'case-a');
    expect((await storage.keys.list('dossier/keys/case-a/').next()).done).toBe(true);
    expect(await versionsIn(keys)).toBe(1);
    await expect(vault.reader('dossier').readJson('case-a', ref)).rejects.toMatchObject({ code: 'STORE_GONE' });
  });
});

describe('a bucket with object lock', () => {
  it('keeps what is put until the time is over, and says no to whoever removes it before', async () => {
    const bucket = await aws.bucket({ lock: true });
    const { endpoint, seen } = await lineTo();
    const store = storeOf(at(bucket, { endpoint, lock: { mode: 'compliance', days: 30 } }));
    await store.put('a/short', Buffer.from('short'));
    const kept = await aws.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a/short' }));
    expect(kept.ObjectLockMode).toBe('COMPLIANCE');
    const days = ((kept.ObjectLockRetainUntilDate?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    // This server does not lock what comes in parts; what S3 would go by is what is asked.
    await store.put('a/long', randomBytes(9 * MiB));
    const begun = seen.find(({ url }) => url.includes('uploads'));
    expect(begun?.headers).toMatchObject({
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': expect.stringMatching(/^20/) as string,
    });
    await expect(store.remove('a/short')).rejects.toMatchObject({ code: 'STORE_REFUSED', retryable: false });
    expect((await readWhole(store, 'a/short', 100)).toString()).toBe('short');
  });

  it('keeps what is locked alone: what comes behind it goes, more than a page of it', async () => {
    const bucket = await aws.bucket({ lock: true });
    const [locking, plain] = [storeOf(at(bucket, { lock: { mode: 'compliance', days: 30 } })), storeOf(at(bucket))];
    await locking.put('a/000', Buffer.from('locked'));
    for (let n = 0; n < 1_100; n += 50)
      await Promise.all(Array.from({ length: 50 }, (_, i) => plain.put(`a/x${n + i}`, Buffer.from('x'))));
    await expect(plain.remove('a/')).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    expect(await keysIn(plain, 'a/')).toEqual(['a/000']);
    expect(await versionsIn(bucket)).toBe(1);
  });

  it('is asked for in vain of a bucket without', async () => {
    const store = storeOf(at(await aws.bucket(), { lock: { mode: 'governance', days: 1 } }));
    await expect(store.put('a/x', Buffer.from('x'))).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    expect(await store.exists('a/x')).toBe(false);
  });
});

describe('what S3 answers', () => {
  it('is CONFIG for a bucket that is not there', async () => {
    const store = storeOf(at('no-such-bucket'));
    await expect(store.put('a/x', Buffer.from('x'))).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(store.list('a/').next()).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(store.remove('a/')).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('is STORE, to be tried again, when nobody is there', async () => {
    const down = new TestAws();
    await down.start();
    const bucket = await down.bucket();
    const store = storeOf({ s3: { ...down.service, pathStyle: true, bucket } });
    const staged = await store.stage('a/');
    await staged.file.writeFile('whole');
    await down.stop();
    const failing = [
      () => staged.keep('a/x'),
      () => store.exists('a/x'),
      () => readWhole(store, 'a/x', 100),
      () => store.list('a/').next(),
      () => store.remove('a/'),
    ];
    for (const work of failing) await expect(work()).rejects.toMatchObject({ code: 'STORE', retryable: true });
    await down.start();
    await down.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    expect(await staged.keep('a/x')).toBe(true);
    expect((await readWhole(store, 'a/x', 100)).toString()).toBe('whole');
    await staged.close();
    await down.stop();
  });
});

describe('a line that breaks', () => {
  it('is taken up where it broke: no byte is read twice', async () => {
    const { endpoint, seen } = await lineTo(3);
    const store = storeOf(at(await aws.bucket(), { endpoint }));
    const content = randomBytes(6 * MiB);
    await store.put('a/x', content);
    expect((await readWhole(store, 'a/x', 10 * MiB)).equals(content)).toBe(true);
    const ranges = seen.flatMap(({ headers }) => headers.range ?? []);
    expect(ranges).toHaveLength(3);
    expect(new Set(ranges).size).toBe(3);
  });

  it('leaves no part of an upload behind that nobody finishes', async () => {
    const bucket = await aws.bucket();
    const store = storeOf(at(bucket));
    const staged = await store.stage('a/');
    await staged.file.writeFile(randomBytes(20 * MiB));
    await store.put('a/x', Buffer.from('was first'));
    expect(await staged.keep('a/x')).toBe(false);
    await staged.close();
    expect((await readWhole(store, 'a/x', 100)).toString()).toBe('was first');
    const { Uploads = [] } = await aws.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });
});
