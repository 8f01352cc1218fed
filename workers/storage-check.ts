import { randomBytes } from 'node:crypto';
import { QuellError } from '../domain/errors.js';
import { COMPARTMENTS, PROBE, type CaseStorage } from '../store/compartment.js';
import type { KeyWrapping } from '../store/key-wrapping.js';
import { readWhole, type ObjectStore } from '../store/objects/object-store.js';
import type { Role } from '../store/role-keys.js';
import { STORAGE_NEEDS, STORED, type Need, type Stored } from '../store/storage-needs.js';

/** One thing that was tried where files of cases and their keys are. */
export interface StorageCheck {
  readonly what: string;
  /** `unneeded`: it was refused, and the role does not need it. `beyond`: the role may do more than it needs. */
  readonly status: 'good' | 'refused' | 'unneeded' | 'beyond';
  readonly because?: string;
}

/**
 * Tries the places for files and keys below each compartment that the role has to do with, and KMS both ways for each compartment. With a role its needs decide what is good; without one,
 * everything is needed. Runs as whoever the SDK's chain finds: on a role's machine as that role. Who may not remove leaves one object in each place that it writes to, the same each time.
 */
export async function checkStorage(
  { files, keys }: CaseStorage,
  kms: KeyWrapping | undefined,
  role?: Role,
): Promise<readonly StorageCheck[]> {
  const checks: StorageCheck[] = [];
  for (const part of COMPARTMENTS) {
    const of = needsOf(part, role);
    const needs = { read: of('read'), write: of('write'), remove: of('remove') };
    checks.push(...(await checkPlace(`files of ${part}`, files, `${part}/files/${PROBE}/probe`, needs)));
  }
  for (const part of STORED) {
    const of = needsOf(part, role);
    const write = of('write', 'seal');
    // Who writes with a key asks whether it is there still.
    const needs = { read: write || of('read'), write, remove: of('remove') };
    const key = part === 'subjects' ? `subjects/${PROBE}` : `${part}/keys/${PROBE}/probe`;
    checks.push(...(await checkPlace(`keys of ${part}`, keys, key, needs)));
  }
  checks.push(...(await checkLock('files', files, role)), ...(await checkLock('keys', keys, role)));
  return [...checks, ...(kms === undefined ? [] : await checkKms(kms, role))];
}

/** Whether the role needs one of these. */
const needsOf =
  (part: Stored, role: Role | undefined) =>
  (...needs: readonly Need[]): boolean =>
    role === undefined || (STORAGE_NEEDS[role][part] ?? []).some((need) => needs.includes(need));

const CONTENT = Buffer.from('quell check-storage');

async function checkPlace(
  name: string,
  store: ObjectStore,
  key: string,
  needs: Readonly<Record<'read' | 'write' | 'remove', boolean>>,
): Promise<readonly StorageCheck[]> {
  if (!needs.read && !needs.write && !needs.remove) return [];
  // To whoever may not list, S3 says of what is gone that it is refused.
  const looked = await tried(`${name}: look for what is not there`, () =>
    store.exists(`${key}-${randomBytes(8).toString('hex')}`),
  );
  const checks = [asNeeded(looked, needs.read)];
  const written = needs.write ? await tried(`${name}: write`, () => store.put(key, CONTENT)) : undefined;
  if (written) checks.push(plain(written));
  if (written?.status === 'good') {
    const read = await tried(`${name}: read`, async () => {
      if (!(await readWhole(store, key, 1_000)).equals(CONTENT)) throw new QuellError('STORE', 'it is another');
    });
    checks.push(asNeeded(read, needs.read));
  }
  if (needs.remove || written?.status === 'good')
    checks.push(asNeeded(await tried(`${name}: delete`, () => store.remove(key)), needs.remove));
  return checks;
}

async function checkLock(name: string, store: ObjectStore, role: Role | undefined): Promise<readonly StorageCheck[]> {
  if (store.lockState === undefined) return [];
  const lock = await tried(`${name}: object lock`, () => store.lockState?.());
  if (lock.status === 'good') return [{ ...plain(lock), because: lock.value ?? 'none' }];
  return [asNeeded(lock, role === undefined)];
}

async function checkKms(kms: KeyWrapping, role: Role | undefined): Promise<readonly StorageCheck[]> {
  const checks: StorageCheck[] = [];
  for (const compartment of COMPARTMENTS) {
    const of = needsOf(compartment, role);
    const use = { compartment, caseId: PROBE, keyId: randomBytes(16).toString('hex') };
    const wrapped = await tried(`keys of ${compartment}: wrap`, () => kms.wrap(randomBytes(32), use));
    checks.push(asNeeded(wrapped, of('write', 'seal')));
    const needed = of('read');
    if (wrapped.value === undefined) {
      // Who may not wrap has nothing to open: what is no ciphertext tells a right from none.
      const opened = await tried(`keys of ${compartment}: open`, () =>
        kms.open({ kms: randomBytes(64).toString('base64') }, use),
      );
      const may = opened.code === 'STORE_TAMPERED' ? { what: opened.what, status: 'good' as const } : opened;
      checks.push(asNeeded(may, needed));
    } else
      checks.push(
        asNeeded(await tried(`keys of ${compartment}: open`, () => kms.open(wrapped.value ?? {}, use)), needed),
      );
  }
  return checks;
}

interface Tried<T> extends StorageCheck {
  readonly value?: T;
  readonly code?: string;
}

async function tried<T>(what: string, work: () => Promise<T> | undefined): Promise<Tried<T>> {
  try {
    const value = await work();
    return { what, status: 'good', ...(value === undefined ? {} : { value }) };
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    return { what, status: 'refused', because: error.detail ?? error.code, code: error.code };
  }
}

function asNeeded(found: Tried<unknown>, needed: boolean): StorageCheck {
  if (needed || (found.status === 'refused' && found.code !== 'STORE_REFUSED')) return plain(found);
  return { ...plain(found), status: found.status === 'good' ? 'beyond' : 'unneeded' };
}

const plain = ({ what, status, because }: StorageCheck): StorageCheck => ({
  ...{ what, status },
  ...(because === undefined ? {} : { because }),
});
