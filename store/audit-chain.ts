import type { EvidenceRef } from '../domain/evidence.js';
import type { Instant } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import type { SigningKey, VerifyKey } from './key-ring.js';

/** One line of the audit log. Opaque ids only: no name, no address, no text of a message. */
export interface AuditEntry {
  /** Idempotency key, e.g. `${caseId}:${openedAt}:timeline:12`. The first entry of a key stays. */
  readonly key: string;
  readonly at: Instant;
  /** What happened: `case.opened`, `evidence.collected`, `content.read`, `decision.accepted`, `decision.refused`, `action.applied`, … */
  readonly kind: string;
  /** Who: a role of Quell, or a person id. */
  readonly by: string;
  readonly caseId?: string;
  readonly text?: string;
  /** Files this line vouches for, with their compartment; `verifyState` checks that they are there, unchanged. */
  readonly evidence?: readonly (EvidenceRef & { readonly compartment: 'evidence' | 'dossier' })[];
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Signed by the records worker: the chain had `lines` lines and ended in `head`. A copy kept elsewhere shows a later cut. */
export interface Checkpoint {
  readonly lines: number;
  readonly head: string;
  readonly at: Instant;
  readonly keyId: string;
  readonly signature: string;
}

export interface ChainVerdict {
  readonly ok: boolean;
  readonly lines: number;
  /** Lines covered by a signature. */
  readonly signed: number;
  /** First bad line, counted from 1. */
  readonly badLine?: number;
  readonly why: string;
}

/** Append-only, hash-chained JSONL with signed checkpoints. One writer, held by a lock. Errors: STORE, STORE_TAMPERED. */
export class AuditChain {
  /** Takes the lock, verifies what is there, sets a torn last line aside. */
  static open(_dir: string, _key: SigningKey, _options?: { readonly checkpointEvery?: number }): Promise<AuditChain> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Durable when it resolves. Entries whose key is known are skipped. */
  append(_entries: readonly AuditEntry[]): Promise<{ readonly appended: number; readonly already: number }> {
    throw new QuellError('STORE', 'not there yet');
  }
  checkpoint(): Promise<Checkpoint | undefined> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Signs a last checkpoint and gives the lock back. */
  close(): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
}

/** Offline proof. `anchor` is a checkpoint that was kept elsewhere. */
export function verifyAuditChain(_dir: string, _keys: readonly VerifyKey[], _anchor?: Checkpoint): Promise<ChainVerdict> {
  throw new QuellError('STORE', 'not there yet');
}
