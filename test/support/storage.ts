import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { folderStorage } from '../../store/case-vault.js';
import type { CaseStorage } from '../../store/compartment.js';
import type { ObjectStore } from '../../store/objects/object-store.js';
import { openStorage } from '../../store/storage-settings.js';
import type { TestAws } from './aws.js';

/** A place for cases of its own, and what somebody can do there past Quell. */
export interface TestStorage extends CaseStorage {
  /** What lies there under a key of the files. */
  bytes(key: string): Promise<Buffer>;
  /** Puts something else in its place. */
  replace(key: string, bytes: Uint8Array): Promise<void>;
  drop(): void;
}

export const STORAGES = ['folder', 's3', 's3 with versions'] as const;

export async function testStorage(kind: (typeof STORAGES)[number], aws: TestAws): Promise<TestStorage> {
  if (kind === 'folder') return inFolder();
  const versions = kind === 's3 with versions';
  const [files, keys] = [await aws.bucket({ versions }), await aws.bucket({ versions })];
  const at = { ...aws.service, pathStyle: true };
  const storage = openStorage('', '', {
    files: { s3: { ...at, bucket: files, prefix: 'quell/one' } },
    keys: { s3: { ...at, bucket: keys } },
  });
  const named = (key: string) => ({ Bucket: files, Key: `quell/one/${key}` });
  return {
    ...storage,
    bytes: async (key) => {
      const { Body } = await aws.s3.send(new GetObjectCommand(named(key)));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    replace: async (key, Body) => {
      await aws.s3.send(new PutObjectCommand({ ...named(key), Body }));
    },
    drop: () => undefined,
  };
}

function inFolder(): TestStorage {
  const root = mkdtempSync(join(tmpdir(), 'quell-storage-'));
  return {
    ...folderStorage(root),
    bytes: async (key) => readFileSync(join(root, key)),
    replace: async (key, bytes) => writeFileSync(join(root, key), bytes),
    drop: () => rmSync(root, { recursive: true, force: true }),
  };
}

export async function keysIn(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}
