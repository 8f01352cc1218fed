import type { Pool, PoolClient } from 'pg';
import { QuellError } from '../../domain/errors.js';
import { query, transaction, type Queryable } from '../postgres/connection.js';

/** An alias as its row will hold it. */
export interface SealedAlias {
  readonly hash: Buffer;
  readonly box: Buffer;
}

/** An alias that another subject keeps. */
export interface Conflict {
  readonly hash: Buffer;
  readonly subjectId: string;
}

/**
 * Gives a subject verified aliases, in one transaction: those that nobody has, and those that others have by a claim alone. What a directory gave to somebody stays there, and is
 * answered. Who loses the last alias by it was this subject all along, and is joined to it. `aliases`: each once. Errors: STORE_GONE for an id that was never given.
 */
export async function bindAliases(
  pool: Pool,
  subjectId: string,
  aliases: readonly SealedAlias[],
): Promise<readonly Conflict[]> {
  const hashes = aliases.map(({ hash }) => hash);
  const before = await heldBy(pool, subjectId, hashes);
  const nothingToDo = before.length === hashes.length && before.every(({ verified, own }) => verified && own !== null);
  const held = nothingToDo ? before : await transaction(pool, (on) => bound(on, subjectId, aliases, hashes));
  return held.flatMap(({ alias, canonical, own }) =>
    canonical === own ? [] : [{ hash: alias, subjectId: canonical }],
  );
}

interface HeldRow {
  readonly alias: Buffer;
  readonly canonical: string;
  readonly verified: boolean;
  /** Of the subject that asks. */
  readonly own: string | null;
}

async function heldBy(on: Queryable, subjectId: string, hashes: readonly Buffer[]): Promise<readonly HeldRow[]> {
  const { rows } = await query<HeldRow>(
    on,
    `SELECT alias, canonical, verified, (SELECT canonical FROM subjects WHERE subject_id = $1) AS own
     FROM subject_aliases JOIN subjects USING (organisation, subject_id) WHERE alias = ANY ($2)`,
    [subjectId, hashes],
  );
  return rows;
}

async function bound(
  on: PoolClient,
  subjectId: string,
  aliases: readonly SealedAlias[],
  hashes: readonly Buffer[],
): Promise<readonly HeldRow[]> {
  await takeTurn(on);
  const canonical = await canonicalOf(on, subjectId);
  const values = [subjectId, hashes, aliases.map(({ box }) => box)];
  await query(
    on,
    `INSERT INTO subject_aliases (alias, subject_id, verified, box)
     SELECT alias, $1, true, box FROM unnest($2::bytea[], $3::bytea[]) AS given (alias, box) ORDER BY alias
     ON CONFLICT (organisation, alias) DO NOTHING`,
    values,
  );
  const { rows: losers } = await query<{ readonly canonical: string }>(
    on,
    `UPDATE subject_aliases AS held SET subject_id = $1, verified = true, box = given.box
     FROM unnest($2::bytea[], $3::bytea[]) AS given (alias, box), subjects AS holder
     WHERE held.alias = given.alias AND NOT held.verified
       AND holder.organisation = held.organisation AND holder.subject_id = held.subject_id
     RETURNING holder.canonical`,
    values,
  );
  if (losers.length > 0) await joinEmptied(on, losers, canonical);
  return heldBy(on, subjectId, hashes);
}

/** Notes that two ids are one subject: everything of `from` is `into`'s from then on. Errors: STORE_GONE for an id that was never given. */
export function joinSubjects(pool: Pool, from: string, into: string): Promise<void> {
  return transaction(pool, async (on) => {
    await takeTurn(on);
    const [old, canonical] = [await canonicalOf(on, from), await canonicalOf(on, into)];
    await query(on, 'UPDATE subjects SET canonical = $2 WHERE canonical = $1', [old, canonical]);
  });
}

/** One binds or joins at a time, until the end of the transaction. Registering and reading wait for nobody. */
async function takeTurn(on: PoolClient): Promise<void> {
  await query(on, 'UPDATE subject_registry SET changes = changes + 1');
}

async function canonicalOf(on: PoolClient, subjectId: string): Promise<string> {
  const { rows } = await query<{ readonly canonical: string }>(
    on,
    'SELECT canonical FROM subjects WHERE subject_id = $1',
    [subjectId],
  );
  if (!rows[0]) throw new QuellError('STORE_GONE', 'no subject has that id');
  return rows[0].canonical;
}

async function joinEmptied(
  on: PoolClient,
  losers: readonly { readonly canonical: string }[],
  canonical: string,
): Promise<void> {
  await query(
    on,
    `UPDATE subjects AS emptied SET canonical = $2
     WHERE emptied.canonical = ANY ($1) AND emptied.canonical <> $2 AND NOT EXISTS (
       SELECT FROM subject_aliases JOIN subjects AS holder USING (organisation, subject_id)
       WHERE holder.organisation = emptied.organisation AND holder.canonical = emptied.canonical)`,
    [losers.map((loser) => loser.canonical), canonical],
  );
}
