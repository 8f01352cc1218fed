import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  paginateListObjectsV2,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { QuellError } from '../../domain/errors.js';
import { io } from '../files.js';
import { aws, awsName, storeError } from './aws-errors.js';
import { namesOf, type ObjectInfo, type ObjectStore, type StagedObject } from './object-store.js';

/** Of these, `PARTS` are in memory at a time; a part that fails is sent again from there. S3 takes 10,000 of an object: 80 GiB. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS = 2;
/** How often a read that breaks off goes on without a byte more. */
const TRIES = 4;
const PRIVATE = 0o600;

/** Until when nobody may delete or change an object: `compliance` lets nobody shorten it, `governance` those with the right to. The bucket must have object lock. */
export interface ObjectLock {
  readonly mode: 'governance' | 'compliance';
  readonly days: number;
}

export interface Bucket {
  readonly bucket: string;
  /** Names with `/` between them, before each key. */
  readonly prefix?: string | undefined;
  readonly lock?: ObjectLock | undefined;
  /** Keys that begin so are taken away soon: they are not locked. */
  readonly unlocked?: readonly string[];
}

/** Objects of a bucket of S3 or a server that speaks it. What is put is compared by the server with a checksum (SHA-256), and never overwrites (`If-None-Match`). */
export class S3Objects implements ObjectStore {
  private readonly before: string;

  constructor(
    private readonly client: S3Client,
    private readonly at: Bucket,
  ) {
    this.before = at.prefix === undefined ? '' : `${namesOf(at.prefix).join('/')}/`;
  }

  put(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.upload(key, bytes, bytes.length);
  }

  /** The file has no name from the start, so that nothing stays of a process that is killed. */
  async stage(): Promise<StagedObject> {
    const path = join(tmpdir(), `quell-${randomBytes(12).toString('hex')}.tmp`);
    const file = await io('staging', async () => {
      const made = await open(path, 'wx+', PRIVATE);
      await rm(path);
      return made;
    });
    return {
      file,
      keep: async (key) => {
        const { size } = await io('staging', () => file.stat());
        return this.upload(key, file.createReadStream({ start: 0, autoClose: false }), size);
      },
      close: () => file.close(),
    };
  }

  async *read(key: string): AsyncGenerator<Uint8Array> {
    const { size, etag, body: first } = await this.get(key);
    let body = first;
    for (let [at, tries] = [0, 0]; ;) {
      let broken: unknown;
      try {
        for await (const part of body) {
          at += part.length;
          tries = 0;
          yield part;
        }
      } catch (error) {
        broken = error;
      }
      if (at >= size) return;
      if (++tries === TRIES) throw storeError('read', broken);
      ({ body } = await this.get(key, { Range: `bytes=${at}-`, IfMatch: etag }));
    }
  }

  exists(key: string): Promise<boolean> {
    return aws('look', async () => {
      try {
        await this.client.send(new HeadObjectCommand(this.named(key)));
        return true;
      } catch (error) {
        // A HEAD has no body, so that there is no other name for it.
        if (awsName(error) === 'NotFound') return false;
        throw error;
      }
    });
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    const { Bucket, Key: Prefix } = this.named(prefix);
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket, Prefix });
    for (;;) {
      const page = await aws('list', () => pages.next());
      if (page.done === true) return;
      for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.value.Contents ?? [])
        yield { key: Key.slice(this.before.length), size: Size, at: LastModified };
    }
  }

  /** Looks again until nothing is left: it is gone, not only asked to go. A page of which all is refused is passed over, so that the rest goes. */
  async remove(keyOrPrefix: string): Promise<void> {
    const { Bucket, Key: Prefix } = this.named(keyOrPrefix);
    let refused: QuellError | undefined;
    let past: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {};
    for (;;) {
      const page = await aws('remove', () =>
        this.client.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...past })),
      );
      const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
        .filter(({ Key = '' }) => Key === Prefix || Prefix.endsWith('/'))
        .map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length === 0) break;
      const { Errors = [] } = await aws('remove', () =>
        this.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
      );
      if (Errors.length < Objects.length) continue;
      const found = Errors.map((error) => storeError('remove', refusalOf(error)));
      // One that another try may not get counts more than one that stays.
      refused = [refused, ...found].find((error) => error?.retryable) ?? refused ?? found[0];
      if (page.IsTruncated !== true) break;
      past = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    if (refused) throw refused;
  }

  async lockState(): Promise<string> {
    const asked = this.at.lock ? `${this.at.lock.mode}, ${this.at.lock.days} days, for each object` : undefined;
    return aws('object lock', async () => {
      try {
        const { ObjectLockConfiguration: found } = await this.client.send(
          new GetObjectLockConfigurationCommand({ Bucket: this.at.bucket }),
        );
        const { Mode, Days, Years } = found?.Rule?.DefaultRetention ?? {};
        const own = Mode && `by default of the bucket ${Mode.toLowerCase()}, ${Days ?? (Years ?? 0) * 365} days`;
        return (
          [asked, own].filter((part) => part !== undefined).join('; ') || 'the bucket has it, and nothing asks for it'
        );
      } catch (error) {
        if (awsName(error) !== 'ObjectLockConfigurationNotFoundError') throw error;
        if (asked === undefined) return 'none';
        throw new QuellError('CONFIG', 'the configuration asks for it, and the bucket has none');
      }
    });
  }

  private async upload(key: string, Body: Uint8Array | Readable, ContentLength: number): Promise<boolean> {
    const params: PutObjectCommandInput = {
      ...this.named(key),
      ...{
        Body,
        ContentLength,
        IfNoneMatch: '*',
        ChecksumAlgorithm: 'SHA256',
        ContentType: 'application/octet-stream',
      },
      ...(this.at.unlocked?.some((prefix) => key.startsWith(prefix)) ? {} : retention(this.at.lock)),
    };
    const upload = new Upload({ client: this.client, params, partSize: PART_BYTES, queueSize: PARTS });
    return aws('write', async () => {
      try {
        await upload.done();
        return true;
      } catch (error) {
        await this.drop(key, upload.uploadId);
        if (awsName(error) === 'PreconditionFailed') return false;
        // The answer of a try before was lost.
        if (awsName(error) === 'NoSuchUpload' && (await this.exists(key))) return false;
        throw error;
      }
    });
  }

  /** Parts that nobody puts together. The library leaves them when it is the last call that failed. */
  private async drop(key: string, UploadId: string | undefined): Promise<void> {
    if (UploadId === undefined) return;
    // Why the upload failed is what counts; where this fails too, the rule of the bucket takes the parts away.
    await this.client.send(new AbortMultipartUploadCommand({ ...this.named(key), UploadId })).catch(() => undefined);
  }

  private async get(
    key: string,
    more: { readonly Range?: string; readonly IfMatch?: string | undefined } = {},
  ): Promise<{ readonly size: number; readonly etag: string | undefined; readonly body: AsyncIterable<Uint8Array> }> {
    const found = await aws('read', () => this.client.send(new GetObjectCommand({ ...this.named(key), ...more })));
    // In Node it is a stream of Node.
    return { size: found.ContentLength ?? 0, etag: found.ETag, body: found.Body as Readable };
  }

  private named(keyOrPrefix: string): { readonly Bucket: string; readonly Key: string } {
    const key = `${namesOf(keyOrPrefix).join('/')}${keyOrPrefix.endsWith('/') ? '/' : ''}`;
    return { Bucket: this.at.bucket, Key: `${this.before}${key}` };
  }
}

/** S3 says of one object what it would say of a call. */
const refusalOf = ({ Code = 'unknown' }: { readonly Code?: string | undefined }): Error =>
  Object.assign(new Error(Code), { name: Code, $metadata: { httpStatusCode: Code === 'InternalError' ? 500 : 403 } });

function retention(lock: ObjectLock | undefined): Partial<PutObjectCommandInput> {
  if (lock === undefined) return {};
  return {
    ObjectLockMode: lock.mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date(Date.now() + lock.days * 86_400_000),
  };
}
