import type { Pool } from 'pg';
import { QuellError } from '../../domain/errors.js';
import { query } from '../postgres/connection.js';

/** What a row takes beside its content. */
const ROW_BYTES = 512;

/** How full the inbox is. Looked at now and then; in between each process counts what it adds itself, so that several may go beyond the bound by what they take in that time. */
export class Room {
  #used = 0;
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly maxBytes: number,
    private readonly lookEveryMs: number,
  ) {}

  /** Nobody waits for a look but the first, and who would be refused by an old one. Errors: INBOX_FULL when so much more is too much, and those of the database. */
  async take(bytes: number): Promise<void> {
    const needed = bytes + ROW_BYTES;
    if (performance.now() - this.#lookedAt >= this.lookEveryMs) {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
      // Unheard it would end the process; whoever waits hears it.
      this.#looking.catch(() => undefined);
      if (this.#lookedAt === -Infinity || this.#used + needed > this.maxBytes) await this.#looking;
    }
    if (this.#used + needed > this.maxBytes) throw new QuellError('INBOX_FULL');
    this.#used += needed;
  }

  async #look(): Promise<void> {
    const { rows } = await query<{ used: string }>(
      this.pool,
      `SELECT coalesce(sum(bytes), 0) + ${ROW_BYTES} * count(*) AS used FROM inbox WHERE status = 'waiting'`,
    );
    this.#used = Number(rows[0]?.used);
    this.#lookedAt = performance.now();
  }
}
