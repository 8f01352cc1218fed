import type { EvidenceEvent } from '../../domain/evidence.js';
import type { SecretHit } from '../../domain/indicators/view.js';
import type { SecretKey } from '../../store/key-ring.js';
import { scanInThread } from './secret-scan/pool.js';
import { scanPieces, type Piece } from './secret-scan/scan.js';

/** Less is looked through at once: a thread would take longer to be told. */
const SMALL_CHARS = 20_000;
/** What a thread is given at a time: it bounds what is held twice, and how long a cancelled scan goes on. */
const BATCH_CHARS = 400_000;

/**
 * Looks for secrets in what may be read: message text and the names of files. Twins within an event are one. Large evidence is looked
 * through beside the event loop; an aborted signal ends that with its reason. Of a secret a fingerprint is returned, never itself.
 */
export async function scanSecrets(
  events: Iterable<EvidenceEvent>,
  key: SecretKey,
  signal?: AbortSignal,
): Promise<readonly SecretHit[]> {
  const hits = new Map<string, SecretHit>();
  for (const batch of batches(events)) {
    signal?.throwIfAborted();
    const found =
      batch.chars <= SMALL_CHARS
        ? scanPieces(batch.pieces, key.bytes)
        : await scanInThread(batch.pieces, key.bytes, signal);
    for (const hit of found) {
      const id = `${hit.eventId}\0${hit.fingerprint}`;
      if (!hits.has(id)) hits.set(id, hit);
    }
  }
  return [...hits.values()];
}

interface Batch {
  readonly pieces: readonly Piece[];
  readonly chars: number;
}

function* batches(events: Iterable<EvidenceEvent>): Generator<Batch> {
  let pieces: Piece[] = [];
  let chars = 0;
  for (const event of events) {
    for (const text of textsOf(event)) {
      pieces.push({ eventId: event.id, text });
      chars += text.length;
    }
    if (chars < BATCH_CHARS) continue;
    yield { pieces, chars };
    pieces = [];
    chars = 0;
  }
  if (pieces.length > 0) yield { pieces, chars };
}

/** A name is no next line of the text; its ending belongs to no secret in it. */
const textsOf = ({ kind, text, target }: EvidenceEvent): readonly string[] =>
  // What others told a team is read for what it announces.
  (kind === 'team_message' ? [] : [text, target?.name?.replace(/\.[A-Za-z0-9]{1,8}$/, '')]).filter(
    (t): t is string => t !== undefined && t !== '',
  );
