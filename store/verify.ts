import { QuellError } from '../domain/errors.js';
import type { Checkpoint } from './audit-verify.js';
import type { OpenKey, VerifyKey } from './key-ring.js';

export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'bad' | 'not_checked';
  /** In words: what was checked, or the first thing that is wrong. */
  readonly why: string;
  /** How many lines or files were looked at. */
  readonly count: number;
}

/** `quell verify`: proves a state folder offline. Without `open` keys the ciphertexts are checked against their names and the audit chain, but nothing is decrypted. */
export function verifyState(_root: string, _keys: { readonly audit: readonly VerifyKey[]; readonly manifest: readonly VerifyKey[]; readonly open?: readonly OpenKey[]; readonly anchor?: Checkpoint }): Promise<readonly Check[]> {
  throw new QuellError('STORE', 'not there yet');
}
