import { resolve } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { isLoopbackHost } from '../domain/loopback.js';
import { CaseVault, fileKeys, folderStorage } from './case-vault.js';
import { COMPARTMENTS, PROBE, type CaseStorage } from './compartment.js';
import type { KeyRing } from './key-ring.js';
import { openedByAny, type KeyWrapping } from './key-wrapping.js';
import { kmsKeys } from './kms-key-wrapping.js';
import { FolderObjects } from './objects/folder-objects.js';
import type { ObjectStore } from './objects/object-store.js';
import { S3Objects } from './objects/s3-objects.js';
import type { Role } from './role-keys.js';

/** Where a service of AWS is, or what speaks like it. Who signs in is for the SDK's own chain to find; nothing of that is in the configuration. */
const service = {
  region: z.string().min(1),
  /** Without it AWS itself. Plain `http` on this machine alone: keys and bearers of rights go over it. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .refine((url) => isPrivateWay(new URL(url)), 'https, or an address of this machine')
    .optional(),
};

const isPrivateWay = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || isLoopbackHost(hostname);

const bucket = {
  ...service,
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
  /** Before each key, without a `/` at either end. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/, 'names with / between them')
    .optional(),
  /** The bucket in the path, not in the host: for most servers that are not AWS. */
  pathStyle: z.boolean().default(false),
};
const lock = z.strictObject({ mode: z.enum(['governance', 'compliance']), days: z.int().positive() });

const folder = z.strictObject({ folder: z.string().min(1) });
const filesPlace = z.union([folder, z.strictObject({ s3: z.strictObject({ ...bucket, lock: lock.optional() }) })]);
const keysPlace = z.union([folder, z.strictObject({ s3: z.strictObject(bucket) })]);

/** Part `storage` of the configuration. */
export const StorageSettings = z
  .strictObject({
    /** Encrypted files of cases; by default the state folder. */
    files: filesPlace.optional(),
    /** Wrapped keys of cases, apart from them; by default beside the files in the state folder. */
    keys: keysPlace.optional(),
    /** What wraps them, a key for each compartment; by default the key files of the readers. */
    kms: z.strictObject({ ...service, keys: z.record(z.enum(COMPARTMENTS), z.string().min(1)) }).optional(),
  })
  .refine(
    ({ files, keys }) => files === undefined || keys !== undefined,
    'name a place for keys too, apart from that of the files',
  )
  .refine(
    ({ files, keys }) => files === undefined || keys === undefined || areApart(files, keys),
    'keys must lie apart from files: neither place may hold the other',
  );
export type StorageSettings = z.infer<typeof StorageSettings>;
type PlaceSettings = z.infer<typeof filesPlace> | z.infer<typeof keysPlace>;

/** Without settings, files and keys beside each other in the state folder. `base` is what folders are relative to. */
export function openStorage(state: string, base: string, settings: StorageSettings = {}): CaseStorage {
  const beside = folderStorage(state);
  return {
    files: settings.files ? objectsAt(settings.files, base) : beside.files,
    keys: settings.keys ? objectsAt(settings.keys, base) : beside.keys,
  };
}

/** A role's way to the files of cases. Keys that were wrapped for key files stay readable when KMS wraps the new ones. */
export function openVault(storage: CaseStorage, ring: KeyRing, role: Role, settings: StorageSettings = {}): CaseVault {
  const files = fileKeys(ring, role);
  const kms = kmsOf(settings);
  if (kms === undefined) return new CaseVault(storage, files);
  return new CaseVault(storage, { wrap: (key, use) => kms.wrap(key, use), ...openedByAny([kms, files]) });
}

/** What wraps by KMS, if the settings say so. */
export function kmsOf({ kms }: StorageSettings = {}): KeyWrapping | undefined {
  return kms && kmsKeys(new KMSClient({ ...CALLS, ...serviceOf(kms) }), kms.keys);
}

/** Progress of collections, and what `quell check-storage` tries. */
const UNLOCKED = ['spool/', ...COMPARTMENTS.map((compartment) => `${compartment}/files/${PROBE}/`)];

/** AWS's own retries with backoff; a connection that says nothing is given up. */
const CALLS = { maxAttempts: 5, requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 } };

function objectsAt(place: PlaceSettings, base: string): ObjectStore {
  if ('folder' in place) return new FolderObjects(resolve(base, place.folder));
  const { pathStyle, ...at } = place.s3;
  const client = new S3Client({
    ...{ ...CALLS, ...serviceOf(at), forcePathStyle: pathStyle },
    // What is read is proven by its name and its seal.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return new S3Objects(client, { ...at, unlocked: UNLOCKED });
}

const serviceOf = ({ region, endpoint }: { readonly region: string; readonly endpoint?: string | undefined }) => ({
  region,
  ...(endpoint === undefined ? {} : { endpoint }),
});

function areApart(files: PlaceSettings, keys: PlaceSettings): boolean {
  const [a, b] = [pathOf(files), pathOf(keys)];
  return !a.startsWith(b) && !b.startsWith(a);
}

const pathOf = (place: PlaceSettings): string =>
  'folder' in place
    ? `folder:${resolve(place.folder)}/`
    : `s3:${serverOf(place.s3)}:${place.s3.bucket}/${place.s3.prefix === undefined ? '' : `${place.s3.prefix}/`}`;

/** The name of a bucket is one bucket at AWS, by whichever of its addresses it is reached. */
function serverOf({ endpoint }: { readonly endpoint?: string | undefined }): string {
  const host = endpoint === undefined ? '' : new URL(endpoint).host;
  return /\.amazonaws\.com(\.cn)?$/.test(host) ? '' : host;
}
