import { parentPort } from 'node:worker_threads';
import { scanPieces, type Piece } from './scan.js';

export interface Order {
  readonly id: number;
  readonly pieces: readonly Piece[];
  readonly key: Uint8Array;
}
export type Answer =
  | { readonly id: number; readonly hits: ReturnType<typeof scanPieces> }
  | { readonly id: number; readonly failed: true };

parentPort?.on('message', ({ id, pieces, key }: Order) => {
  parentPort?.postMessage(answer(id, pieces, key));
});

/** An error's own words could hold a piece of the text: they stay here. */
function answer(id: number, pieces: readonly Piece[], key: Uint8Array): Answer {
  try {
    return { id, hits: scanPieces(pieces, key) };
  } catch {
    return { id, failed: true };
  }
}
