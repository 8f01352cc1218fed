import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { EvidenceEvent, EvidenceRef } from '../domain/evidence.js';
import { CaseVault, fileKeys, folderStorage } from '../store/case-vault.js';
import type { KeyRing } from '../store/key-ring.js';
import { openStorage } from '../store/storage-settings.js';
import { TestAws } from '../test/support/aws.js';
import type { Task } from './measure.js';
import { evidenceRows } from './rows.js';

const ROWS = 10_000;
const KIB = 1_024;
/** A page of rows, and the messages of a quarter. */
const SIZES = [
  { size: '64 KiB', bytes: 64 * KIB, files: 16 },
  { size: '16 MiB', bytes: 16 * KIB * KIB, files: 1 },
] as const;

/** Where files are kept, by the product and by the plain client. */
interface Kept {
  readonly vault: CaseVault;
  write(name: string, bytes: Uint8Array): Promise<unknown>;
  read(name: string): Promise<Uint8Array>;
}

/** Evidence files through `CaseVault`, encrypted, hashed and durable; beside the plain write and read of the same bytes in the same place. */
export function evidenceTasks(
  root: string,
  keys: KeyRing,
): { readonly tasks: readonly Task[]; close(): Promise<void> } {
  const aws = new TestAws();
  const folder = inFolder(root, keys);
  return {
    tasks: [
      ...rowTasks(folder.vault),
      ...fileTasks('a folder', () => Promise.resolve(folder)),
      ...fileTasks(
        'S3, emulated',
        once(() => inS3(aws, root, keys)),
      ),
    ],
    close: () => aws.stop(),
  };
}

/** Not before somebody asks. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function rowTasks(vault: CaseVault): readonly Task[] {
  const rows = evidenceRows(ROWS);
  const written = once(() => vault.writer('evidence').writeRows('case-1', 'rows', rows));
  return [
    {
      ...{ name: 'evidence, write and encrypt rows', unit: 'rows', count: rows.length },
      run: () => vault.writer('evidence').writeRows('case-1', 'rows', rows),
    },
    {
      ...{ name: 'evidence, read and decrypt rows', unit: 'rows', count: rows.length },
      run: async () => {
        let read = 0;
        for await (const row of vault.reader('evidence').readRows<EvidenceEvent>('case-1', await written()))
          read += row.id === '' ? 0 : 1;
        if (read !== rows.length) throw new Error('rows were lost');
      },
    },
  ];
}

function fileTasks(place: string, kept: () => Promise<Kept>): readonly Task[] {
  return SIZES.flatMap(({ size, bytes, files }): Task[] => {
    const content = randomBytes(bytes);
    const times = async (work: () => Promise<unknown>): Promise<void> => {
      for (let i = 0; i < files; i++) await work();
    };
    const whole = (read: Uint8Array): void => {
      if (read.length !== bytes) throw new Error('bytes were lost');
    };
    const writer = once(async () => (await kept()).vault.writer('evidence'));
    const ref = once<EvidenceRef>(async () => (await writer()).writeBytes('case-1', 'raw', content));
    const plain = `plain-${bytes}`;
    const plainWritten = once(async () => (await kept()).write(plain, content));
    return [
      {
        ...{ name: `evidence, write ${size} to ${place}`, unit: 'files', count: files },
        run: async () => {
          const to = await writer();
          await times(() => to.writeBytes('case-1', 'raw', content));
        },
        plain: async () => {
          const to = await kept();
          await times(() => to.write(randomUUID(), content));
        },
      },
      {
        ...{ name: `evidence, read ${size} from ${place}`, unit: 'files', count: files },
        run: async () => {
          const [from, one] = [(await kept()).vault.reader('evidence'), await ref()];
          await times(async () => whole(await from.readBytes('case-1', one)));
        },
        plain: async () => {
          await plainWritten();
          const from = await kept();
          await times(async () => whole(await from.read(plain)));
        },
      },
    ];
  });
}

function inFolder(root: string, keys: KeyRing): Kept {
  const plain = join(root, 'plain');
  mkdirSync(plain);
  return {
    vault: new CaseVault(folderStorage(root), fileKeys(keys, 'analysis')),
    write: async (name, bytes) => {
      const file = await open(join(plain, name), 'wx');
      await file.writeFile(bytes);
      await file.sync();
      await file.close();
    },
    read: (name) => readFile(join(plain, name)),
  };
}

/** The server of the tests: what its ratios say is what the calls around the bytes cost, not what S3 is. */
async function inS3(aws: TestAws, root: string, keys: KeyRing): Promise<Kept> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' });
  await aws.start();
  const [files, keysBucket, Bucket] = [await aws.bucket(), await aws.bucket(), await aws.bucket()];
  const at = (bucket: string) => ({ s3: { ...aws.service, bucket, pathStyle: true } });
  const storage = openStorage(root, root, { files: at(files), keys: at(keysBucket) });
  const { s3 } = aws;
  return {
    vault: new CaseVault(storage, fileKeys(keys, 'analysis')),
    write: (Key, Body) => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
    read: async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
  };
}
