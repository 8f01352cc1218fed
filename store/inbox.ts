import type { Instant } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import type { OpenKey, SealKey } from './key-ring.js';

/** A verified message as it came. */
export interface InboxMessage {
  readonly kind: 'alert' | 'callback';
  /** Configured source (`siem`) or callback channel (`slack`). No personal data: it is kept in the clear. */
  readonly source: string;
  /** A repeat inside the window is not kept again. Hashed before it is stored. */
  readonly dedupeKey: string;
  readonly receivedAt: Instant;
  readonly contentType: string;
  readonly body: Uint8Array;
}
export interface InboxItem extends InboxMessage {
  readonly seq: number;
  /** 0 at first; counts how often a person resent it from the dead letters. */
  readonly resent: number;
}
/** What became of a message; ids only. */
export interface InboxOutcome {
  readonly status: 'delivered' | 'duplicate' | 'ignored';
  readonly alertIds?: readonly string[];
  readonly caseIds?: readonly string[];
  readonly text?: string;
}
export interface DeadLetter {
  readonly seq: number;
  readonly source: string;
  readonly kind: InboxMessage['kind'];
  readonly receivedAt: Instant;
  readonly at: Instant;
  readonly reason: string;
}

/** Intake's side: durable append, encrypted with the inbox's public key. One writer. Errors: INBOX_FULL (answer 503), STORE. */
export class InboxWriter {
  static open(_dir: string, _key: SealKey, _options?: { readonly maxBytes?: number; readonly segmentBytes?: number; readonly dedupeWindow?: number }): Promise<InboxWriter> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** On disk (fsync, shared by all that wait) when it resolves. */
  append(_message: InboxMessage): Promise<{ readonly seq: number; readonly duplicate: boolean }> {
    throw new QuellError('STORE', 'not there yet');
  }
  close(): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
}

/** The console's side: what is to be delivered, and what became of it. One reader. Errors: STORE. */
export class InboxReader {
  static open(_dir: string, _key: OpenKey): Promise<InboxReader> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Everything that has no outcome yet, by sequence number, resent dead letters too; ends at the present end. Ask again for more (poll); `after` skips what is in flight. */
  pending(_options?: { readonly after?: number }): AsyncGenerator<InboxItem> {
    throw new QuellError('STORE', 'not there yet');
  }
  done(_seq: number, _outcome: InboxOutcome): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Keeps the message, sealed, with the reason (ids and words, no content). */
  deadLetter(_seq: number, _reason: string): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  deadLetters(): Promise<readonly DeadLetter[]> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Makes it pending again. */
  resend(_seq: number): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** How much waits: for the readiness page and metrics. */
  backlog(): Promise<{ readonly items: number; readonly oldest?: Instant }> {
    throw new QuellError('STORE', 'not there yet');
  }
  close(): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
}

/** For any process without a key: dead letters on disk. */
export function listDeadLetters(_dir: string): Promise<readonly DeadLetter[]> {
  throw new QuellError('STORE', 'not there yet');
}
/** For any process without a key (CLI): asks the reader to resend. */
export function requestResend(_dir: string, _seq: number): Promise<void> {
  throw new QuellError('STORE', 'not there yet');
}
/** For intake's status address: what became of an alert (recent ones; the case index knows the rest). */
export function findOutcome(_dir: string, _by: { readonly alertId: string } | { readonly seq: number }): Promise<(InboxOutcome & { readonly seq: number }) | { readonly seq: number; readonly status: 'dead_letter'; readonly text: string } | undefined> {
  throw new QuellError('STORE', 'not there yet');
}
