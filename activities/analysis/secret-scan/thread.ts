import { answerWith } from '../../../store/threads/answering.js';
import { scanPieces, type Piece } from './scan.js';

export interface Order {
  readonly pieces: readonly Piece[];
  readonly key: Uint8Array;
}

answerWith(({ pieces, key }: Order) => scanPieces(pieces, key));
