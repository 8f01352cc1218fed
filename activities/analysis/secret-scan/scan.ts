import { createHmac } from 'node:crypto';
import type { SecretHit } from '../../../domain/indicators/view.js';
import { accountKey } from '../../../domain/leaks.js';
import { ownWordsIn } from '../../../domain/own-words.js';
import { plainText } from '../../../domain/text.js';
import { accountNear } from './account.js';
import { carriedSecrets } from './carriers.js';
import { issuedSecrets, type Span } from './issuers.js';
import { namedSecrets } from './named.js';
import { tabledSecrets } from './tables.js';

/** What one event lets people read. */
export interface Piece {
  readonly eventId: string;
  readonly text: string;
}

const MAX_TEXT = 50_000;

/**
 * The secrets in some texts, each once per event; of a text its first 50,000 characters count. In each hit the secret is a fingerprint
 * (HMAC-SHA256 with a key of the organisation) and the account beside it is a SHA-256: neither leaves this folder in clear.
 */
export function scanPieces(pieces: readonly Piece[], key: Uint8Array): readonly SecretHit[] {
  const hits = new Map<string, SecretHit>();
  for (const { eventId, text } of pieces) {
    const plain = plainText(text.slice(0, MAX_TEXT));
    const spans = spansIn(plain);
    const own = spans.length === 0 ? '' : ownWordsIn(plain);
    for (const span of spans) {
      const fingerprint = createHmac('sha256', key).update(`quell secret v1\0${span.secret}`).digest('hex');
      const id = `${eventId}\0${fingerprint}`;
      if (hits.has(id)) continue;
      const account = PERSONAL.includes(span.kind) ? accountNear(plain, span) : undefined;
      hits.set(id, {
        eventId,
        kind: span.kind,
        fingerprint,
        ...(own.includes(span.secret) ? {} : { quoted: true }),
        ...(account === undefined ? {} : { account: accountKey(account) }),
      });
    }
  }
  return [...hits.values()];
}

/** Kinds that open somebody's account; a key near a mail address is not that person's password. */
const PERSONAL: readonly string[] = ['password', 'basicauth'];

/** What says most of a secret comes first: its issuer's form, then where it stands, then what it is called. One place is one secret. */
function spansIn(text: string): readonly Span[] {
  const spans: Span[] = [];
  const taken = (span: Span): boolean =>
    spans.some((s) => span.from < s.from + s.secret.length && s.from < span.from + span.secret.length);
  for (const find of [issuedSecrets, carriedSecrets, tabledSecrets, namedSecrets]) {
    for (const span of find(text)) if (!taken(span)) spans.push(span);
  }
  return spans;
}
