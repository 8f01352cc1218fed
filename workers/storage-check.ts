import { randomBytes } from 'node:crypto';
import { QuellError } from '../domain/errors.js';
import { COMPARTMENTS, PROBE, type CaseStorage } from '../store/compartment.js';
import type { KeyWrapping } from '../store/key-wrapping.js';
import { readWhole, type ObjectStore } from '../store/objects/object-store.js';
import { RECIPIENTS, WRITERS, type Role } from '../store/role-keys.js';

/** One thing that was tried where files of cases and their keys are. */
export interface StorageCheck {
  readonly what: string;
  /** `unneeded`: it was refused, and the role does not need it. `beyond`: the role may do more than it needs. */
  readonly status: 'good' | 'refused' | 'unneeded' | 'beyond';
  readonly because?: string;
}

/**
 * Tries the places for files and keys with an object of its own that it takes away again, and KMS both ways for each compartment. With a role its
 * needs decide what is good; without one, everything is needed. Runs as whoever the SDK's chain finds: on a role's machine as that role.
 */
export async function checkStorage(
  { files, keys }: CaseStorage,
  kms: KeyWrapping | undefined,
  role?: Role,
): Promise<readonly StorageCheck[]> {
  const places = [...(await checkPlace('files', files)), ...(keys === files ? [] : await checkPlace('keys', keys))];
  return [...places, ...(kms === undefined ? [] : await checkKms(kms, role))];
}

async function checkPlace(name: string, store: ObjectStore): Promise<readonly StorageCheck[]> {
  const key = `${PROBE}/${randomBytes(8).toString('hex')}`;
  const bytes = randomBytes(32);
  const written = await tried(`${name}: write`, () => store.put(key, bytes));
  const lock =
    store.lockState === undefined ? undefined : await tried(`${name}: object lock`, () => store.lockState?.());
  const state = lock?.status === 'good' ? [{ ...lock, because: lock.value ?? 'none' }] : lock ? [lock] : [];
  if (written.status !== 'good') return [plain(written), ...state.map(plain)];
  const read = await tried(`${name}: read`, async () => {
    if (!(await readWhole(store, key, 1_000)).equals(bytes)) throw new QuellError('STORE', 'it is another');
  });
  const removed = await tried(`${name}: delete`, () => store.remove(key));
  return [written, read, removed, ...state].map(plain);
}

async function checkKms(kms: KeyWrapping, role: Role | undefined): Promise<readonly StorageCheck[]> {
  const checks: StorageCheck[] = [];
  for (const compartment of COMPARTMENTS) {
    const use = { compartment, caseId: PROBE, keyId: randomBytes(16).toString('hex') };
    const wrapped = await tried(`keys of ${compartment}: wrap`, () => kms.wrap(randomBytes(32), use));
    checks.push(asNeeded(wrapped, role === undefined || WRITERS[compartment].includes(role)));
    const needed = role === undefined || (RECIPIENTS[compartment] as readonly string[]).includes(`seal-${role}`);
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
