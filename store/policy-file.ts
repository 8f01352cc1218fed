import type { Policy } from '../domain/policy.js';
import { QuellError } from '../domain/errors.js';

export interface PinnedPolicy {
  readonly policy: Policy;
  /** `digest(policy)` of domain/canonical. */
  readonly digest: string;
}

/** Reads and validates a policy file (YAML, strict: an unknown or missing field is an error that names its path). Errors: CONFIG. */
export function loadPolicy(_path: string): Promise<PinnedPolicy> {
  throw new QuellError('CONFIG', 'not there yet');
}

/** Keeps versions by digest, so that a case reads the one it pinned. */
export class PolicyStore {
  constructor(
    readonly dir: string,
    readonly path: string,
  ) {}
  /** The file as it is now, kept under its digest. */
  current(): Promise<PinnedPolicy> {
    throw new QuellError('CONFIG', 'not there yet');
  }
  /** The version of that digest; CONFIG when it was never pinned here, STORE_TAMPERED when it does not hash to it. */
  read(_digest: string): Promise<Policy> {
    throw new QuellError('CONFIG', 'not there yet');
  }
}
