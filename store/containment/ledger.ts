import type { Pool } from 'pg';
import type { Lease, LeaseRequest } from '../../domain/budget.js';
import { canonicalJson } from '../../domain/canonical.js';
import type { Signed, Stop, SwitchDecision } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import { recordOf, type NotedStep, type StepId, type StepNote, type StepRecord } from '../../domain/step-record.js';
import type { SwitchState } from '../../domain/switch.js';
import { noteIn } from '../audit/log.js';
import { query, transaction } from '../postgres/connection.js';
import { endLeaseIn, leaseIn, useIn } from './bind.js';
import { burntRow, entryOf, noteRow, switchRow } from './ledger-rows.js';
import type { NoteBoxes } from './note-boxes.js';

/** Longer than a worker's process may stand still, shorter than people wait for a step after it was killed. */
const TURN_MS = 20_000;

interface Turn {
  readonly key: string;
  readonly holder: string;
}

/**
 * The memory that all containment workers of an organisation share: whose turn a step is, which decision was used for which plan, what was begun, announced and done,
 * what of the blast radius is leased, and whether the organisation has stopped. What is written for good is told to the audit log in the same transaction.
 * Each method is committed when it returns. Errors: those of the database; where notes are read or written also those of `NoteBoxes`.
 */
export class ActionLedger {
  constructor(
    private readonly pool: Pool,
    private readonly boxes: NoteBoxes,
    readonly turnMs = TURN_MS,
  ) {}

  /** False while another holder has it. The server's clock counts. */
  async takeTurn({ key, holder }: Turn): Promise<boolean> {
    const { rowCount } = await query(
      this.pool,
      `INSERT INTO containment_turns (key, holder, until) VALUES ($1, $2, now() + $3 * interval '1 ms')
       ON CONFLICT (organisation, key) DO UPDATE SET holder = excluded.holder, until = excluded.until
       WHERE containment_turns.until < now()`,
      [key, holder, this.turnMs],
    );
    return rowCount === 1;
  }

  async keepTurn({ key, holder }: Turn): Promise<void> {
    await query(
      this.pool,
      `UPDATE containment_turns SET until = now() + $3 * interval '1 ms' WHERE key = $1 AND holder = $2`,
      [key, holder, this.turnMs],
    );
  }

  async endTurn({ key, holder }: Turn): Promise<void> {
    await query(this.pool, 'DELETE FROM containment_turns WHERE key = $1 AND holder = $2', [key, holder]);
  }

  async step({ planDigest, step }: StepId): Promise<StepRecord> {
    const { rows } = await query<{ readonly kind: StepNote['kind']; readonly content: unknown }>(
      this.pool,
      'SELECT kind, content FROM containment_notes WHERE plan_digest = $1 AND step = $2 ORDER BY seq',
      [planDigest, step],
    );
    const opened = rows.map(async ({ kind, content }) => ({
      kind,
      content: await this.boxes.open({ planDigest, step, kind }, content),
    }));
    return recordOf((await Promise.all(opened)) as StepNote[]);
  }

  /** Keeps the turn too: what follows a note has all of it. Errors: DATABASE_UNAVAILABLE, and nothing is noted, when another holder took the turn. */
  async note({ key, holder }: Turn, id: NotedStep, note: StepNote): Promise<void> {
    const sealed = await this.boxes.seal(id, note);
    const told = entryOf(noteRow(id, { kind: note.kind, content: sealed }));
    const { rowCount } = await query(
      this.pool,
      `WITH kept AS (
         UPDATE containment_turns SET until = now() + $3 * interval '1 ms' WHERE key = $1 AND holder = $2 RETURNING key),
       noted AS (
         INSERT INTO containment_notes (plan_digest, step, kind, content) SELECT $4, $5, $6, $7 FROM kept RETURNING step)
       INSERT INTO audit_entries (key, entry) SELECT $8, $9::json FROM noted`,
      [
        ...[key, holder, this.turnMs, id.planDigest, id.step, note.kind, JSON.stringify(sealed)],
        ...[told.key, canonicalJson(told)],
      ],
    );
    if (rowCount !== 1) throw new QuellError('DATABASE_UNAVAILABLE', 'another attempt has the turn of this step');
  }

  /** Tokens and lease in one transaction. Errors: DECISION_REPLAYED when a token was used for another plan, BUDGET with what `refuse` says of the leases that may still count. */
  bind(
    {
      planDigest,
      tokens,
      lease,
    }: { readonly planDigest: string; readonly tokens: readonly string[]; readonly lease: LeaseRequest },
    refuse: (leases: readonly Lease[]) => string | undefined,
  ): Promise<void> {
    return transaction(this.pool, async (on) => {
      await useIn(on, tokens, planDigest);
      await leaseIn(on, lease, refuse);
    });
  }

  /** Errors: DECISION_REPLAYED, and none is used, when one was used for another plan. */
  use(tokens: readonly string[], planDigest: string): Promise<void> {
    return transaction(this.pool, (on) => useIn(on, tokens, planDigest));
  }

  endLease(owner: string, at: Instant): Promise<void> {
    return transaction(this.pool, (on) => endLeaseIn(on, owner, at));
  }

  async burntOf(tokens: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await query<{ token: string }>(
      this.pool,
      'SELECT token FROM containment_burnt WHERE token = ANY ($1)',
      [tokens],
    );
    return new Set(rows.map(({ token }) => token));
  }

  burn(tokens: readonly string[]): Promise<void> {
    return transaction(this.pool, async (on) => {
      const { rows } = await query<{ token: string }>(
        on,
        `INSERT INTO containment_burnt (token) SELECT DISTINCT token FROM unnest($1::text[]) AS token ORDER BY token
         ON CONFLICT (organisation, token) DO NOTHING RETURNING token`,
        [tokens],
      );
      await noteIn(
        on,
        rows.map(({ token }) => entryOf(burntRow(token))),
      );
    });
  }

  async stopped(): Promise<Stop | undefined> {
    const { rows } = await query<{ stopped: Stop | null }>(
      this.pool,
      'SELECT stopped FROM containment_switches ORDER BY number DESC LIMIT 1',
    );
    return rows[0]?.stopped ?? undefined;
  }

  async standing(): Promise<SwitchState> {
    const { rows } = await query<{ nonce: string; stopped: Stop | null }>(
      this.pool,
      'SELECT nonce, stopped FROM containment_switches ORDER BY number',
    );
    const stopped = rows.at(-1)?.stopped;
    return { used: rows.map(({ nonce }) => nonce), ...(stopped ? { stopped } : {}) };
  }

  async obey({ used }: SwitchState, signed: Signed<SwitchDecision>, stopped: Stop | undefined): Promise<boolean> {
    const [number, { nonce }] = [used.length + 1, signed.body];
    return await transaction(this.pool, async (on) => {
      const { rowCount } = await query(
        on,
        `INSERT INTO containment_switches (number, nonce, signed, stopped) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [number, nonce, JSON.stringify(signed), stopped ? JSON.stringify(stopped) : null],
      );
      if (rowCount === 1) await noteIn(on, [entryOf(switchRow(number, nonce, signed, stopped))]);
      return rowCount === 1;
    });
  }
}
