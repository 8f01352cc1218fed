import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyRing } from '../../../store/key-ring.js';
import { encrypt, sealKey } from '../../../store/seal.js';

/** A message as 0.2.0 kept it. */
export interface OldMessage {
  readonly seq: number;
  readonly body: string;
  /** Default: that of the body. */
  readonly dedupeKey?: string;
}

const RECEIVED = '2026-01-01T00:00:00.000Z';

export const dedupeOf = (dedupeKey: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['alert', 'siem', dedupeKey]))
    .digest('base64url')
    .slice(0, 22);

/** Writes `inbox/` as the intake and the console of 0.2.0 did. */
export class OldInbox {
  constructor(
    private readonly dir: string,
    private readonly ring: KeyRing,
  ) {
    for (const name of ['log', 'dead', 'resend']) mkdirSync(join(dir, name), { recursive: true });
  }

  /** `tail`: what a killed intake left behind the last message. Answers the path. */
  segment(messages: readonly OldMessage[], tail = ''): string {
    const name = `${String(messages[0]?.seq ?? 1).padStart(12, '0')}-${randomBytes(4).toString('hex')}.log`;
    const key = randomBytes(32);
    const head = { sealed: sealKey(key, this.ring.sealing('inbox'), `quell inbox segment v1\0${name}`) };
    const lines = [head, ...messages.map((message) => ({ ...envelope(message), box: box(key, message) }))];
    const path = join(this.dir, 'log', name);
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join('') + tail);
    return path;
  }

  outcomes(...outcomes: readonly object[]): void {
    const lines = outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`);
    writeFileSync(join(this.dir, 'outcomes.jsonl'), lines.join(''));
  }

  letter(message: OldMessage, given: { readonly waiting?: boolean; readonly content?: undefined } = {}): void {
    const key = randomBytes(32);
    const sealed = sealKey(key, this.ring.sealing('inbox'), `quell dead letter v1\0${message.seq}`);
    const letter = {
      ...envelope(message),
      ...{ at: RECEIVED, reason: 'ALERT_MALFORMED', resent: 0, waiting: false },
      content: { sealed, box: box(key, message) },
      ...given,
    };
    writeFileSync(join(this.dir, 'dead', `${message.seq}.json`), JSON.stringify(letter));
  }

  /** Somebody asked by the command line. */
  askAgain(seq: number): void {
    writeFileSync(join(this.dir, 'resend', String(seq)), '');
  }
}

const envelope = ({ seq, body, dedupeKey = body }: OldMessage) => ({
  ...{ seq, kind: 'alert', source: 'siem', receivedAt: RECEIVED },
  dedupe: dedupeOf(dedupeKey),
});

function box(key: Uint8Array, message: OldMessage): string {
  const { seq, kind, source, receivedAt, dedupe } = envelope(message);
  const inner = JSON.stringify({ dedupeKey: message.dedupeKey ?? message.body, contentType: 'application/json' });
  const context = `quell inbox v1\0${JSON.stringify([seq, kind, source, receivedAt, dedupe])}`;
  return encrypt(key, Buffer.from(`${inner}\n${message.body}`), context).toString('base64');
}
