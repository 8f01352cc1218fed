import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Mutex } from 'async-mutex';
import { jsonOf } from '../domain/json.js';
import type { AuditChain } from './audit-chain.js';
import { AuditEntrySchema, type AuditEntry } from './audit-entry.js';
import { ensureDir, errno, io, syncDir, writeWhole } from './files.js';

const BATCH = 500;
type Sink = Pick<AuditChain, 'append'>;

/** Where processes without the audit key leave entries (reads in the console, intake, refused decisions) for the single writer. */
export class AuditSpool {
  private readonly turn = new Mutex();

  constructor(private readonly dir: string) {}

  /** Durable when it resolves. The same key dropped twice is one entry. Errors: STORE. */
  async drop(entry: AuditEntry): Promise<void> {
    const checked = AuditEntrySchema.parse(entry);
    const name = `${checked.at.replace(/[^0-9]/g, '').padEnd(17, '0')}-${sha256(checked.key).slice(0, 32)}.json`;
    await io('audit spool', async () => {
      await ensureDir(this.dir);
      await writeWhole(join(this.dir, name), JSON.stringify(checked));
    });
  }

  /** Records role: takes everything into the chain, each entry once, then deletes it. A file that is no entry is kept under `broken/` and told of in the chain. Returns how many were taken. Errors: STORE. */
  drain(chain: Sink): Promise<number> {
    // In turn: of two at a time, one would find the files gone that the other has taken.
    return this.turn.runExclusive(() => this.takeAll(chain));
  }

  /**
   * Drains now and every `everyMs`: roles leave entries also while no case moves, and these must not wait for the next one. Lines that no
   * checkpoint covers after a minute get one. A round that fails is told to `failed`; the next comes all the same. Ends with the returned call.
   */
  drainEvery(chain: Sink, everyMs: number, failed: (error: unknown) => void): () => Promise<void> {
    let round: Promise<void> = Promise.resolve();
    const sweep = (): void => {
      round = round
        .then(async () => {
          await this.drain(chain);
          await chain.append([]);
        })
        .catch(failed);
    };
    sweep();
    const timer = setInterval(sweep, everyMs).unref();
    return () => {
      clearInterval(timer);
      return round;
    };
  }

  /** What waits for the chain, without taking it; `entry` is missing for a file that is none. Errors: STORE. */
  async waiting(): Promise<readonly { readonly name: string; readonly entry?: AuditEntry }[]> {
    const found = await Promise.all(
      (await this.names()).sort().map(async (name) => {
        const text = await this.text(name);
        const entry = text === undefined ? undefined : AuditEntrySchema.safeParse(jsonOf(text)).data;
        return text === undefined ? [] : [{ name, ...(entry ? { entry } : {}) }];
      }),
    );
    return found.flat();
  }

  private async takeAll(chain: Sink): Promise<number> {
    const names = (await this.names()).sort();
    let taken = 0;
    for (let from = 0; from < names.length; from += BATCH) {
      const batch = names.slice(from, from + BATCH);
      const entries = await Promise.all(batch.map((name) => this.read(name)));
      taken += (await chain.append(entries)).appended;
      // Only now: a process that is killed before this finds the files again, and the chain knows their keys.
      await io('audit spool', async () => {
        await Promise.all(
          batch.map((name, i) =>
            entries[i]?.kind === BROKEN ? this.setAside(name) : rm(join(this.dir, name), { force: true }),
          ),
        );
        await syncDir(this.dir);
      });
    }
    return taken;
  }

  private async names(): Promise<string[]> {
    return io('audit spool', async () => {
      try {
        return (await readdir(this.dir)).filter((name) => name.endsWith('.json'));
      } catch (error) {
        if (errno(error) === 'ENOENT') return [];
        throw error;
      }
    });
  }

  /** Undefined when it was taken meanwhile. */
  private async text(name: string): Promise<string | undefined> {
    return io('audit spool', async () => {
      try {
        return await readFile(join(this.dir, name), 'utf8');
      } catch (error) {
        if (errno(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  private async read(name: string): Promise<AuditEntry> {
    const text = await io('audit spool', () => readFile(join(this.dir, name), 'utf8'));
    const parsed = AuditEntrySchema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    return {
      key: `spool:${sha256(`${name}\0${text}`)}`,
      at: new Date().toISOString(),
      kind: BROKEN,
      by: 'records',
      data: { sha256: sha256(text), bytes: Buffer.byteLength(text) },
    };
  }

  private async setAside(name: string): Promise<void> {
    await ensureDir(join(this.dir, 'broken'));
    await rename(join(this.dir, name), join(this.dir, 'broken', name));
  }
}

const BROKEN = 'audit.broken_entry';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
