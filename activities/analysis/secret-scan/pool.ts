import { availableParallelism } from 'node:os';
import type { SecretHit } from '../../../domain/indicators/view.js';
import { ThreadFailure, Threads } from '../../../store/threads/threads.js';
import type { Piece } from './scan.js';
import type { Order } from './thread.js';

const threads = new Threads<Order, readonly SecretHit[]>({
  module: new URL('thread.ts', import.meta.url),
  // A machine with few cores needs them for the event loop and the database beside it.
  most: availableParallelism() > 2 ? 2 : 1,
  // A batch of texts and its hits need a tenth of it.
  heapMb: 256,
});

/**
 * What `scanPieces` says, found by a thread beside the event loop. An aborted signal ends the waiting at once; what the thread still finds
 * is dropped. Rejects when the thread could not do it: the next call gets a new one.
 */
export async function scanInThread(
  pieces: readonly Piece[],
  key: Uint8Array,
  signal?: AbortSignal,
): Promise<readonly SecretHit[]> {
  return threads.ask({ pieces, key }, signal).catch((error: unknown) => {
    if (!(error instanceof ThreadFailure)) throw error;
    throw new Error('A text could not be looked through for secrets.', { cause: error });
  });
}
