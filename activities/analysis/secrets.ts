import { createHmac } from 'node:crypto';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintCoreConfig } from '@secretlint/types';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { SecretKey } from '../../store/key-ring.js';
import { NO_SECRET, PATTERNS } from './secret-patterns.js';

/** A secret that a text or file name shows. The secret itself goes no further than this file. */
export interface SecretHit {
  readonly eventId: string;
  readonly kind: string;
  /** HMAC-SHA256 of the secret with a key of this organisation, hex: the same secret is recognised, a weak one cannot be guessed from it. */
  readonly fingerprint: string;
}

const CONFIG: SecretLintCoreConfig = {
  rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommended }],
};
/** The linter is fifteen times faster on joined texts than on one message at a time. */
const BATCH_CHARS = 400_000;
const MAX_TEXT = 50_000;
const BETWEEN = '\n\n';

interface Piece {
  readonly eventId: string;
  readonly text: string;
  readonly from: number;
}

/** Looks for secrets in what may be read: message text and the names of files. Twins within an event are one. */
export async function scanSecrets(events: Iterable<EvidenceEvent>, key: SecretKey): Promise<readonly SecretHit[]> {
  const hits = new Map<string, SecretHit>();
  const found = (eventId: string, kind: string, secret: string): void => {
    if (secret.length < 4 || NO_SECRET.test(secret)) return;
    const hit: SecretHit = {
      eventId,
      kind,
      fingerprint: createHmac('sha256', key.bytes).update(`quell secret v1\0${secret}`).digest('hex'),
    };
    const id = `${eventId}\0${hit.fingerprint}`;
    if (!hits.has(id)) hits.set(id, hit);
  };
  for (const batch of batches(events)) {
    for (const piece of batch) byPatterns(piece, found);
    await byLinter(batch, found);
  }
  return [...hits.values()];
}

function* batches(events: Iterable<EvidenceEvent>): Generator<readonly Piece[]> {
  let batch: Piece[] = [];
  let from = 0;
  for (const event of events) {
    const text = [event.text, event.target?.name]
      .filter((t) => t !== undefined)
      .join('\n')
      .slice(0, MAX_TEXT);
    if (text === '') continue;
    batch.push({ eventId: event.id, text, from });
    from += text.length + BETWEEN.length;
    if (from > BATCH_CHARS) {
      yield batch;
      batch = [];
      from = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

type Found = (eventId: string, kind: string, secret: string) => void;

function byPatterns({ eventId, text }: Piece, found: Found): void {
  for (const { kind, pattern } of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      if (match[1] !== undefined) found(eventId, kind, match[1].trim());
    }
  }
}

async function byLinter(batch: readonly Piece[], found: Found): Promise<void> {
  const content = batch.map((p) => p.text).join(BETWEEN);
  const { messages } = await lintSource({
    source: { filePath: 'messages.txt', content, ext: '.txt', contentType: 'text' },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  for (const { range, ruleId } of messages) {
    const piece = pieceAt(batch, range[0]);
    if (piece) found(piece.eventId, kindOf(ruleId), content.slice(range[0], range[1]));
  }
}

function pieceAt(batch: readonly Piece[], offset: number): Piece | undefined {
  let low = 0;
  let high = batch.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((batch[middle]?.from ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return batch[low];
}

/** `@secretlint/secretlint-rule-slack` is `slack`. */
function kindOf(ruleId: string): string {
  return ruleId.slice(ruleId.lastIndexOf('secretlint-rule-') + 'secretlint-rule-'.length).replaceAll('-', '_');
}
