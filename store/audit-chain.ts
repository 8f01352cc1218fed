import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Mutex } from 'async-mutex';
import { canonicalJson } from '../domain/canonical.js';
import { QuellError } from '../domain/errors.js';
import { AppendFile } from './append-file.js';
import type { AuditEntry } from './audit-entry.js';
import { AUDIT_FILES, checkpointBody, hashOf, scanChain, ZERO, type Checkpoint } from './audit-verify.js';
import { FILE_MODE, io } from './files.js';
import type { SigningKey } from './key-ring.js';
import { Lock } from './lock.js';
import { signatureOf } from './signing.js';

export type { AuditEntry } from './audit-entry.js';

const CHECKPOINT_LINES = 50;
const CHECKPOINT_MS = 60_000;

/** Append-only, hash-chained JSONL with signed checkpoints. One writer, held by a lock. Errors: STORE, STORE_TAMPERED. */
export class AuditChain {
  private readonly turn = new Mutex();
  /** Not by the wall clock: it may be set back. */
  private signedAt = performance.now();

  private constructor(
    private readonly lock: Lock,
    private readonly chain: AppendFile,
    private readonly checkpoints: AppendFile,
    private readonly key: SigningKey,
    private readonly every: number,
    private readonly keys: Set<string>,
    private lines: number,
    private head: string,
    private signed: number,
  ) {}

  /** Takes the lock, checks what is there against its hashes and own signatures, sets a torn last line aside. */
  static async open(
    dir: string,
    key: SigningKey,
    options: { readonly checkpointEvery?: number } = {},
  ): Promise<AuditChain> {
    const lock = await Lock.take(join(dir, 'lock'));
    try {
      const keys = new Set<string>();
      const found = await scanChain(dir, undefined, (entry) => keys.add(shortHash(entry.key)));
      if (!found.verdict.ok) throw new QuellError('STORE_TAMPERED', `audit chain: ${found.verdict.why}`);
      if (found.torn !== '')
        await io('audit', () =>
          appendFile(
            join(dir, 'torn.jsonl'),
            `${JSON.stringify({ at: new Date().toISOString(), text: found.torn })}\n`,
            { mode: FILE_MODE },
          ),
        );
      const chain = await AppendFile.open(join(dir, AUDIT_FILES.chain), found.bytes);
      const checkpoints = await AppendFile.open(join(dir, AUDIT_FILES.checkpoints), found.checkpointBytes);
      const { lines, signed } = found.verdict;
      return new AuditChain(
        lock,
        chain,
        checkpoints,
        key,
        options.checkpointEvery ?? CHECKPOINT_LINES,
        keys,
        lines,
        found.head,
        signed,
      );
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Durable when it resolves. Entries whose key is known are skipped; without any, lines that have waited long enough get their checkpoint. */
  append(entries: readonly AuditEntry[]): Promise<{ readonly appended: number; readonly already: number }> {
    return this.turn.runExclusive(async () => {
      const fresh = new Set<string>();
      let { lines, head } = this;
      let text = '';
      for (const entry of entries) {
        const key = shortHash(entry.key);
        if (this.keys.has(key) || fresh.has(key)) continue;
        fresh.add(key);
        const body = { seq: ++lines, prev: head, entry: plainJson(entry) };
        head = hashOf(body);
        text += `${canonicalJson({ ...body, hash: head })}\n`;
      }
      if (fresh.size > 0) {
        await this.chain.append(text);
        this.lines = lines;
        this.head = head;
        for (const key of fresh) this.keys.add(key);
      }
      if (this.isDue()) await this.sign();
      return { appended: fresh.size, already: entries.length - fresh.size };
    });
  }

  /** Signs what is there; undefined for an empty chain. Keep a copy elsewhere: it shows a later cut. */
  checkpoint(): Promise<Checkpoint | undefined> {
    return this.turn.runExclusive(() => this.sign());
  }

  /** Signs a last checkpoint and gives the lock back. */
  async close(): Promise<void> {
    try {
      await this.turn.runExclusive(async () => {
        if (this.lines > this.signed) await this.sign();
      });
    } finally {
      await this.chain.close();
      await this.checkpoints.close();
      await this.lock.release();
    }
  }

  private isDue(): boolean {
    if (this.lines === this.signed) return false;
    return (
      this.signed === 0 || this.lines - this.signed >= this.every || performance.now() - this.signedAt > CHECKPOINT_MS
    );
  }

  private async sign(): Promise<Checkpoint | undefined> {
    if (this.head === ZERO) return undefined;
    const body = checkpointBody({ lines: this.lines, head: this.head, at: new Date().toISOString() });
    const checkpoint: Checkpoint = {
      lines: body.lines,
      head: body.head,
      at: body.at,
      keyId: this.key.keyId,
      signature: signatureOf(body, this.key),
    };
    await this.checkpoints.append(`${canonicalJson(checkpoint)}\n`);
    this.signed = this.lines;
    this.signedAt = performance.now();
    return checkpoint;
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** What JSON keeps of an entry, so that the line reads back to the same hash. */
function plainJson(entry: AuditEntry): AuditEntry {
  return JSON.parse(JSON.stringify(entry)) as AuditEntry;
}
