import type { Pool } from 'pg';
import type { Platform } from '../../domain/platform.js';
import { QuellError } from '../../domain/errors.js';
import { query } from '../postgres/connection.js';
import { Taken, unlessTaken } from '../postgres/errors.js';
import { newSubjectId, type Alias } from './alias.js';
import { SubjectCipher } from './cipher.js';
import { bindAliases, joinSubjects, type SealedAlias } from './joining.js';
import { loadOverrides, overlaid, type SubjectOverride } from './overrides.js';
import type { SubjectProfile } from './profile.js';
import type { SubjectKeys } from './subject-keys.js';

export interface Resolution {
  readonly subjectId: string;
  readonly created: boolean;
  /** Other subjects that the aliases belong to as well: kept separate; make a task. */
  readonly ambiguous: readonly string[];
}

interface AliasRow {
  readonly alias: Buffer;
  readonly subject_id: string;
  readonly verified: boolean;
  readonly box: Buffer;
}

interface ProfileRow {
  readonly asked: string;
  readonly canonical: string;
  /** Whose the profile is: the one that stays has none of its own until it was read. */
  readonly of: string;
  readonly profile: Buffer | null;
  readonly aliases: readonly Buffer[];
}

/**
 * Gives each subject a random permanent id at first sight. The first who claims an alias has it, except that a directory takes it from one that only
 * an alert claimed. Any number of processes use it at once. Errors: DATABASE_*, STORE_TAMPERED.
 */
export class SubjectRegistry {
  private readonly statedOf: ReadonlyMap<string, number>;

  private constructor(
    private readonly pool: Pool,
    private readonly keys: SubjectKeys,
    private readonly cipher: SubjectCipher,
    private readonly overrides: readonly SubjectOverride[],
  ) {
    const pairs = overrides.flatMap(({ aliases }, i) => aliases.map((alias) => [this.nameOf(alias), i] as const));
    this.statedOf = new Map(pairs.reverse()); // the first that names an alias counts
  }

  /** `overridesFile`: YAML, see `loadOverrides`. `platforms`: those that it may name. Errors: CONFIG, also when the organisation's registry is under another key, or its keys are elsewhere. */
  static async open(
    pool: Pool,
    keys: SubjectKeys,
    options: { readonly overridesFile?: string; readonly platforms?: readonly Platform[] } = {},
  ): Promise<SubjectRegistry> {
    const overrides =
      options.overridesFile === undefined ? [] : await loadOverrides(options.overridesFile, options.platforms);
    await query(pool, 'INSERT INTO subject_registry (key_id) VALUES ($1) ON CONFLICT DO NOTHING', [
      keys.registry.keyId,
    ]);
    const { rows } = await query<{ readonly key_id: string }>(pool, 'SELECT key_id FROM subject_registry');
    if (rows[0]?.key_id !== keys.registry.keyId)
      throw new QuellError('CONFIG', 'the registry was written with another key');
    if (!(await isFirst(pool))) await keys.requireBegun();
    return new SubjectRegistry(pool, keys, new SubjectCipher(keys), overrides);
  }

  /** Registers whom the override file names, its aliases as verified: for the role that binds. */
  async bindOverrides(): Promise<void> {
    for (const { aliases } of this.overrides) await this.bind((await this.resolve(aliases)).subjectId, aliases);
  }

  /**
   * The subject of aliases that an alert names together; creates one when none is known. Accounts count before mail addresses.
   * A known subject gets no new alias by it: an alert is a claim. Errors: ALERT_NO_SUBJECT for no aliases.
   */
  async resolve(aliases: readonly Alias[]): Promise<Resolution> {
    const ordered = [...aliases].sort((a, b) => Number('mail' in a) - Number('mail' in b));
    if (ordered.length === 0) throw new QuellError('ALERT_NO_SUBJECT');
    const known = await this.known(ordered);
    if (known !== undefined) return known;
    const subjectId = newSubjectId();
    await ((await isFirst(this.pool)) ? this.keys.begin() : this.keys.requireBegun());
    await this.keys.make(subjectId);
    const created = await unlessTaken(() => this.register(subjectId, ordered));
    if (!(created instanceof Taken)) return { subjectId, created: true, ambiguous: [] };
    // The key of nobody harms nobody, and not every role that makes one may destroy it.
    await this.keys.destroy([subjectId]).catch(() => undefined);
    const other = await this.known(ordered); // another process was quicker
    if (other === undefined) throw new QuellError('STORE', 'the registry does not show what was written');
    return other;
  }

  /** Looks up without creating. */
  async find(alias: Alias): Promise<string | undefined> {
    return (await this.findEach([alias]))[0];
  }

  /** The subject of each alias, in their order. */
  async findEach(aliases: readonly Alias[]): Promise<readonly (string | undefined)[]> {
    const holders = await this.holders(aliases);
    return aliases.map((alias) => holders.get(this.nameOf(alias)));
  }

  /**
   * Binds aliases as verified (directory look-up). What another subject holds verified stays there and is returned as a conflict; a subject that was only an alert's claim and
   * loses its last alias by it is joined to this one. Errors: STORE_GONE for an id that was never given.
   */
  async bind(
    subjectId: string,
    aliases: readonly Alias[],
  ): Promise<{ readonly conflicts: readonly { readonly alias: Alias; readonly subjectId: string }[] }> {
    const conflicts = await bindAliases(this.pool, subjectId, await this.sealed(aliases, subjectId));
    const holders = new Map(conflicts.map(({ hash, subjectId: holder }) => [hash.toString('hex'), holder]));
    return {
      conflicts: aliases.flatMap((alias) => {
        const holder = holders.get(this.nameOf(alias));
        return holder === undefined ? [] : [{ alias, subjectId: holder }];
      }),
    };
  }

  /** Notes that two ids are one subject; everything of `from` resolves to `into` from then on. Errors: STORE_GONE for an id that was never given. */
  async merge(from: string, into: string): Promise<void> {
    await joinSubjects(this.pool, from, into);
  }

  /** The id that stays, after merges. */
  async canonical(subjectId: string): Promise<string> {
    const { rows } = await query<{ readonly canonical: string }>(
      this.pool,
      'SELECT canonical FROM subjects WHERE subject_id = $1',
      [subjectId],
    );
    return rows[0]?.canonical ?? subjectId;
  }

  /** All ids that were merged into this subject, the one that stays first: what older cases may be filed under. */
  async allIds(subjectId: string): Promise<readonly string[]> {
    const { rows } = await query<{ readonly subject_id: string }>(
      this.pool,
      `SELECT subject_id FROM subjects WHERE canonical = (SELECT canonical FROM subjects WHERE subject_id = $1)
       ORDER BY subject_id <> canonical, subject_id`,
      [subjectId],
    );
    return rows.length === 0 ? [subjectId] : rows.map((row) => row.subject_id);
  }

  /** What is known, override fields first. */
  async profile(subjectId: string): Promise<SubjectProfile | undefined> {
    return (await this.profiles([subjectId])).get(subjectId);
  }

  /** The profiles of many, by the ids that were asked for; those of whom nothing is known are missing. */
  async profiles(subjectIds: readonly string[]): Promise<ReadonlyMap<string, SubjectProfile>> {
    const { rows } = await query<ProfileRow>(
      this.pool,
      `SELECT asked.subject_id AS asked, asked.canonical, COALESCE(stays.profile, asked.profile) AS profile,
         CASE WHEN stays.profile IS NULL THEN asked.subject_id ELSE stays.subject_id END AS of,
         ARRAY(SELECT alias FROM subject_aliases JOIN subjects AS joined USING (organisation, subject_id)
           WHERE joined.organisation = asked.organisation AND joined.canonical = asked.canonical) AS aliases
       FROM subjects AS asked
       JOIN subjects AS stays ON stays.organisation = asked.organisation AND stays.subject_id = asked.canonical
       WHERE asked.subject_id = ANY ($1)`,
      [subjectIds],
    );
    const stated = rows.map(({ aliases }) => this.stated(aliases));
    const relatives = await this.relatives(stated);
    const opened = await Promise.all(
      rows.map(async ({ of, profile }) =>
        profile === null ? undefined : await unlessForgotten(this.cipher.openProfile(profile, of)),
      ),
    );
    return new Map(
      rows.flatMap(({ asked, canonical }, i) => {
        const known = opened[i];
        const override = stated[i];
        if (override !== undefined) return [[asked, overlaid(canonical, known, override, relatives(override))]];
        return known === undefined ? [] : [[asked, { ...known, subjectId: canonical }]];
      }),
    );
  }

  /** What a directory said last. Errors: STORE_GONE for an id that was never given. */
  async setProfile(profile: SubjectProfile): Promise<void> {
    const { rowCount } = await query(
      this.pool,
      'UPDATE subjects SET profile = $2, known_at = now() WHERE subject_id = $1',
      [profile.subjectId, await this.cipher.sealProfile(profile)],
    );
    if (rowCount === 0) throw new QuellError('STORE_GONE', 'no subject has that id');
  }

  /** All aliases of a subject, under any of its ids. */
  async aliases(subjectId: string): Promise<readonly { readonly alias: Alias; readonly verified: boolean }[]> {
    const { rows } = await query<AliasRow>(
      this.pool,
      `SELECT alias, subject_id, verified, box FROM subject_aliases JOIN subjects USING (organisation, subject_id)
       WHERE canonical = (SELECT canonical FROM subjects WHERE subject_id = $1) ORDER BY alias`,
      [subjectId],
    );
    const opened = await Promise.all(
      rows.map(async ({ alias: hash, subject_id, verified, box }) => {
        const alias = await unlessForgotten(this.cipher.openAlias(box, subject_id, hash));
        return alias === undefined ? [] : [{ alias, verified }];
      }),
    );
    return opened.flat();
  }

  /** All of the aliases or, when somebody has one of them, none. In one order everywhere, so that no two wait for each other. */
  private async register(subjectId: string, aliases: readonly Alias[]): Promise<void> {
    const sealed = await this.sealed(aliases, subjectId);
    await query(
      this.pool,
      `WITH fresh AS (INSERT INTO subjects (subject_id, canonical) VALUES ($1, $1))
       INSERT INTO subject_aliases (alias, subject_id, box)
       SELECT alias, $1, box FROM unnest($2::bytea[], $3::bytea[]) AS given (alias, box) ORDER BY alias`,
      [subjectId, sealed.map(({ hash }) => hash), sealed.map(({ box }) => box)],
    );
  }

  private async known(ordered: readonly Alias[]): Promise<Resolution | undefined> {
    const ids = new Set((await this.findEach(ordered)).filter((id) => id !== undefined));
    const [subjectId, ...ambiguous] = ids;
    return subjectId === undefined ? undefined : { subjectId, created: false, ambiguous };
  }

  /** Subject ids by the names of aliases. */
  private async holders(aliases: readonly Alias[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await query<Pick<AliasRow, 'alias'> & { readonly canonical: string }>(
      this.pool,
      `SELECT alias, canonical FROM subject_aliases JOIN subjects USING (organisation, subject_id)
       WHERE alias = ANY ($1)`,
      [aliases.map((alias) => this.cipher.hash(alias))],
    );
    return new Map(rows.map(({ alias, canonical }) => [alias.toString('hex'), canonical]));
  }

  /** The override of a subject that has these aliases; the first in the file when there are several. */
  private stated(aliases: readonly Buffer[]): SubjectOverride | undefined {
    const at = aliases.flatMap((hash) => this.statedOf.get(hash.toString('hex')) ?? []);
    return at.length === 0 ? undefined : this.overrides[Math.min(...at)];
  }

  /** Looks up together whom overrides name as manager or sponsor. */
  private async relatives(
    overrides: readonly (SubjectOverride | undefined)[],
  ): Promise<(override: SubjectOverride) => Pick<SubjectProfile, 'managerId' | 'sponsorId'>> {
    const named = overrides.flatMap((o) => [o?.manager, o?.sponsor]).filter((alias) => alias !== undefined);
    const holders = named.length === 0 ? new Map<string, string>() : await this.holders(named);
    const idOf = (alias: Alias | undefined): string | undefined => alias && holders.get(this.nameOf(alias));
    return ({ manager, sponsor }) => {
      const [managerId, sponsorId] = [idOf(manager), idOf(sponsor)];
      return {
        ...(managerId === undefined ? {} : { managerId }),
        ...(sponsorId === undefined ? {} : { sponsorId }),
      };
    };
  }

  /** Each once. */
  private sealed(aliases: readonly Alias[], subjectId: string): Promise<readonly SealedAlias[]> {
    const once = new Map(aliases.map((alias) => [this.nameOf(alias), alias]));
    return Promise.all(
      [...once.values()].map(async (alias) => ({
        hash: this.cipher.hash(alias),
        box: await this.cipher.sealAlias(alias, subjectId),
      })),
    );
  }

  private nameOf(alias: Alias): string {
    return this.cipher.hash(alias).toString('hex');
  }
}

/** Whether nobody was registered yet. Asked before the mark of the keys' place is: whoever registers puts that first. */
const isFirst = async (pool: Pool): Promise<boolean> =>
  (await query(pool, 'SELECT FROM subjects LIMIT 1')).rowCount === 0;

/** Undefined when its subject's key is gone: the row came back with a backup, or is about to go. */
const unlessForgotten = <T>(opening: Promise<T>): Promise<T | undefined> =>
  opening.catch((error: unknown) => {
    if (error instanceof QuellError && error.code === 'STORE_GONE') return undefined;
    throw error;
  });
