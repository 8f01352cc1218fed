import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical.js';
import { type AccountRef, type Authority, type Instant, type Platform } from '../domain/platform.js';
import type { SubjectFacts } from '../domain/subject.js';
import { QuellError } from '../domain/errors.js';
import { ensureDir, FILE_MODE, io } from './files.js';
import type { SecretKey } from './key-ring.js';
import { LineTail } from './lines.js';
import { decrypt, encrypt } from './seal.js';
import { AliasTable, aliasKey, newSubjectId, type Alias } from './subject-aliases.js';
import { platform } from './platform-schema.js';
import { loadOverrides, type SubjectOverride } from './subject-overrides.js';

/** A person (or app) as the directories and the override file show them. Personal data: never in Temporal. */
export interface SubjectProfile {
  readonly subjectId: string;
  readonly kind: SubjectFacts['kind'];
  readonly name?: string;
  readonly mails: readonly string[];
  readonly accounts: readonly AccountRef[];
  readonly authority: Authority;
  /** Subject ids. */
  readonly managerId?: string;
  readonly sponsorId?: string;
  readonly phone?: string;
  /** IANA. */
  readonly timeZone?: string;
  readonly vip: boolean;
  readonly readAt: Instant;
}

export interface Resolution {
  readonly subjectId: string;
  readonly created: boolean;
  /** Other subjects that the aliases belong to as well: kept separate; make a task. */
  readonly ambiguous: readonly string[];
}

const AccountSchema = z.object({ platform, tenant: z.string(), nativeId: z.string() });
const AliasSchema = z.union([AccountSchema, z.object({ mail: z.string() })]);
const ProfileSchema: z.ZodType<SubjectProfile> = z.object({
  subjectId: z.string(),
  kind: z.enum(['person', 'guest', 'app', 'shared']),
  name: z.string().exactOptional(),
  mails: z.array(z.string()),
  accounts: z.array(AccountSchema),
  authority: platform,
  managerId: z.string().exactOptional(),
  sponsorId: z.string().exactOptional(),
  phone: z.string().exactOptional(),
  timeZone: z.string().exactOptional(),
  vip: z.boolean(),
  readAt: z.string(),
});
const RecordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bind'), subjectId: z.string(), aliases: z.array(AliasSchema), verified: z.boolean() }),
  z.object({ type: z.literal('merge'), from: z.string(), into: z.string() }),
  z.object({ type: z.literal('profile'), profile: ProfileSchema }),
]);
type RegistryRecord = z.infer<typeof RecordSchema>;

const CONTEXT = 'quell registry v1';
const END = ' .';

/**
 * Gives each subject a random permanent id at first sight. Encrypted append-only log that many processes read and write without a lock:
 * what the log says first counts, and everybody reads it back before answering. Errors: STORE, STORE_TAMPERED.
 */
export class SubjectRegistry {
  private readonly table = new AliasTable();
  private readonly profiles = new Map<string, SubjectProfile>();
  private readonly tail: LineTail;

  private constructor(
    private readonly path: string,
    private readonly key: SecretKey,
    private readonly overrides: readonly SubjectOverride[],
  ) {
    this.tail = new LineTail(path);
  }

  /** `overridesFile`: YAML, see `loadOverrides`; its aliases are bound as verified. `platforms`: those that it may name. */
  static async open(
    dir: string,
    key: SecretKey,
    options: { readonly overridesFile?: string; readonly platforms?: readonly Platform[] } = {},
  ): Promise<SubjectRegistry> {
    await io('registry', () => ensureDir(dir));
    const overrides =
      options.overridesFile === undefined ? [] : await loadOverrides(options.overridesFile, options.platforms);
    const registry = new SubjectRegistry(join(dir, 'subjects.log'), key, overrides);
    await registry.refresh();
    for (const { aliases } of overrides) await registry.bind((await registry.resolve(aliases)).subjectId, aliases);
    return registry;
  }

  /**
   * The subject of aliases that an alert names together; creates one when none is known. Accounts count before mail addresses.
   * A known subject gets no new alias by it: an alert is a claim.
   */
  async resolve(aliases: readonly Alias[]): Promise<Resolution> {
    const ordered = [...aliases].sort((a, b) => Number('mail' in a) - Number('mail' in b));
    if (ordered.length === 0) throw new QuellError('ALERT_NO_SUBJECT');
    await this.refresh();
    const known = this.lookUp(ordered);
    if (known !== undefined) return { ...known, created: false };
    const fresh = newSubjectId();
    await this.write({ type: 'bind', subjectId: fresh, aliases: ordered, verified: false });
    const found = this.lookUp(ordered);
    if (found === undefined) throw new QuellError('STORE', 'the registry does not show what was written');
    return { ...found, created: found.subjectId === fresh };
  }

  /** Looks up without creating. */
  async find(alias: Alias): Promise<string | undefined> {
    await this.refresh();
    return this.table.find(alias)?.subjectId;
  }

  /** Binds aliases as verified (directory look-up). What another subject holds verified stays there and is returned as a conflict. */
  async bind(
    subjectId: string,
    aliases: readonly Alias[],
  ): Promise<{ readonly conflicts: readonly { readonly alias: Alias; readonly subjectId: string }[] }> {
    await this.refresh();
    const id = this.table.canonical(subjectId);
    const news = aliases.filter((alias) => {
      const held = this.table.find(alias);
      return held?.verified !== true;
    });
    if (news.length > 0) await this.write({ type: 'bind', subjectId: id, aliases: news, verified: true });
    return {
      conflicts: aliases.flatMap((alias) => {
        const holder = this.table.find(alias)?.subjectId;
        return holder === undefined || holder === id ? [] : [{ alias, subjectId: holder }];
      }),
    };
  }

  /** Notes that two ids are one subject; everything of `from` resolves to `into` from then on. */
  async merge(from: string, into: string): Promise<void> {
    await this.refresh();
    if (this.table.canonical(from) !== this.table.canonical(into)) await this.write({ type: 'merge', from, into });
  }

  /** The id that stays, after merges. */
  async canonical(subjectId: string): Promise<string> {
    await this.refresh();
    return this.table.canonical(subjectId);
  }

  /** What is known, override fields first. */
  async profile(subjectId: string): Promise<SubjectProfile | undefined> {
    await this.refresh();
    const id = this.table.canonical(subjectId);
    const known = this.profiles.get(id) ?? this.profiles.get(subjectId);
    const override = this.overrides.find(({ aliases }) =>
      aliases.some((alias) => this.table.find(alias)?.subjectId === id),
    );
    if (override === undefined) return known && { ...known, subjectId: id };
    return this.overlaid(id, known, override);
  }

  /** Written by identify and the directory sync; appended only when something other than `readAt` changed. */
  async setProfile(profile: SubjectProfile): Promise<void> {
    await this.refresh();
    const before = this.profiles.get(profile.subjectId);
    if (before !== undefined && canonicalJson({ ...before, readAt: '' }) === canonicalJson({ ...profile, readAt: '' }))
      return;
    await this.write({ type: 'profile', profile });
  }

  /** All ids that were merged into this subject, its own first: what older cases may be filed under. */
  async allIds(subjectId: string): Promise<readonly string[]> {
    await this.refresh();
    return this.table.idsOf(subjectId);
  }

  async aliases(subjectId: string): Promise<readonly { readonly alias: Alias; readonly verified: boolean }[]> {
    await this.refresh();
    return this.table.of(subjectId);
  }

  private overlaid(subjectId: string, known: SubjectProfile | undefined, override: SubjectOverride): SubjectProfile {
    const { aliases, manager, sponsor, ...fields } = override;
    const stated = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as Partial<SubjectProfile>;
    const managerId = manager && this.table.find(manager)?.subjectId;
    const sponsorId = sponsor && this.table.find(sponsor)?.subjectId;
    return {
      kind: 'person',
      authority: 'other',
      vip: false,
      readAt: '1970-01-01T00:00:00.000Z',
      ...known,
      ...stated,
      subjectId,
      mails: union(
        known?.mails ?? [],
        aliases.flatMap((alias) => ('mail' in alias ? [alias.mail] : [])),
        (mail) => aliasKey({ mail }),
      ),
      accounts: union(
        known?.accounts ?? [],
        aliases.flatMap((alias) => ('mail' in alias ? [] : [alias])),
        aliasKey,
      ),
      ...(managerId === undefined ? {} : { managerId }),
      ...(sponsorId === undefined ? {} : { sponsorId }),
    };
  }

  private lookUp(ordered: readonly Alias[]): Omit<Resolution, 'created'> | undefined {
    const ids = [...new Set(ordered.flatMap((alias) => this.table.find(alias)?.subjectId ?? []))];
    const [subjectId, ...ambiguous] = ids;
    return subjectId === undefined ? undefined : { subjectId, ambiguous };
  }

  private async write(record: RegistryRecord): Promise<void> {
    const line = encrypt(this.key.bytes, Buffer.from(JSON.stringify(record)), CONTEXT).toString('base64');
    await io('registry', async () => {
      const file = await open(this.path, 'a', FILE_MODE);
      try {
        // One write of one line at the end. It begins with a newline too, so that the torn line of a killed process can't swallow it,
        // and ends in a mark that a torn line lacks.
        const data = Buffer.from(`\n${this.key.keyId} ${line}${END}\n`);
        const { bytesWritten } = await file.write(data);
        if (bytesWritten !== data.length) throw new QuellError('STORE', 'the registry line was cut');
        await file.datasync();
      } finally {
        await file.close();
      }
    });
    await this.refresh();
  }

  private refresh(): Promise<void> {
    return this.tail.poll(({ text }) => {
      const record = this.parse(text);
      if (record === undefined) return;
      if (record.type === 'bind') this.table.bind(record.subjectId, record.aliases, record.verified);
      else if (record.type === 'merge') this.table.merge(record.from, record.into);
      else this.profiles.set(record.profile.subjectId, record.profile);
    });
  }

  /** A whole line that doesn't open was tampered with; the torn line of a killed process was never answered for. */
  private parse(text: string): RegistryRecord | undefined {
    if (!text.endsWith(END)) return undefined;
    const [keyId, box] = text.slice(0, -END.length).split(' ');
    if (keyId !== this.key.keyId) throw new QuellError('CONFIG', 'the registry was written with another key');
    return RecordSchema.parse(
      JSON.parse(decrypt(this.key.bytes, Buffer.from(box ?? '', 'base64'), CONTEXT).toString('utf8')),
    );
  }
}

function union<T>(first: readonly T[], more: readonly T[], key: (value: T) => string): readonly T[] {
  return [...new Map([...first, ...more].map((value) => [key(value), value])).values()];
}
