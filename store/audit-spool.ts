import { QuellError } from '../domain/errors.js';
import type { AuditChain, AuditEntry } from './audit-chain.js';

/** Where processes without the audit key leave entries (reads in the console, intake, refused decisions) for the single writer. */
export class AuditSpool {
  constructor(readonly dir: string) {}
  /** Durable when it resolves. */
  drop(_entry: AuditEntry): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Records role: takes everything into the chain, each entry once, then deletes it. A file that is no entry is kept under `broken/` and told of in the chain. Returns how many were taken. */
  drain(_chain: AuditChain): Promise<number> {
    throw new QuellError('STORE', 'not there yet');
  }
}
