// Reads what 0.2.0 kept; goes with the release after this one.
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import type { SecretKey } from '../key-ring.js';
import { readLines } from '../lines.js';
import { query } from '../postgres/connection.js';
import { decrypt } from '../seal.js';
import { aliasKey, type Alias } from '../subjects/alias.js';
import { SubjectCipher } from '../subjects/cipher.js';
import { AliasSchema, ProfileSchema, type SubjectProfile } from '../subjects/profile.js';
import type { SubjectKeys } from '../subjects/subject-keys.js';
import { hexOf, insert, type Part, type Target } from './rows.js';

const RecordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bind'), subjectId: z.string(), aliases: z.array(AliasSchema), verified: z.boolean() }),
  z.object({ type: z.literal('merge'), from: z.string(), into: z.string() }),
  z.object({ type: z.literal('profile'), profile: ProfileSchema }),
]);
type RegistryRecord = z.infer<typeof RecordSchema>;

const CONTEXT = 'quell registry v1';
const END = ' .';

interface Binding {
  readonly alias: Alias;
  readonly subjectId: string;
  readonly verified: boolean;
}

/** Who is who, as the log says it, record by record. */
export class OldRegistry {
  readonly bindings = new Map<string, Binding>();
  readonly merged = new Map<string, string>();
  readonly profiles = new Map<string, SubjectProfile>();
  readonly subjects = new Set<string>();
  /** Lines of processes that were killed in the middle, which nobody was answered for. */
  torn = 0;

  take(record: RegistryRecord): void {
    switch (record.type) {
      case 'bind':
        this.subjects.add(record.subjectId);
        for (const alias of record.aliases) this.bind({ alias, ...record });
        return;
      case 'merge': {
        const [from, into] = [this.canonical(record.from), this.canonical(record.into)];
        for (const id of [record.from, record.into]) this.subjects.add(id);
        if (from !== into) this.merged.set(from, into); // a circle would have no end
        return;
      }
      case 'profile':
        this.subjects.add(record.profile.subjectId);
        this.profiles.set(record.profile.subjectId, record.profile);
    }
  }

  canonical(subjectId: string): string {
    let id = subjectId;
    for (let next = this.merged.get(id); next !== undefined; next = this.merged.get(id)) id = next;
    return id;
  }

  /** The first binding of an alias counts, except that a verified one takes it from a claimed one. */
  private bind({ alias, subjectId, verified }: Binding): void {
    const held = this.bindings.get(aliasKey(alias));
    if (held === undefined || (verified && !held.verified))
      this.bindings.set(aliasKey(alias), { alias, subjectId, verified });
  }
}

/** Reads `registry/subjects.log`. Errors: CONFIG when it is under another key, STORE_TAMPERED when a whole line does not open, STORE. */
export async function readRegistry(path: string, key: SecretKey): Promise<OldRegistry> {
  const registry = new OldRegistry();
  for await (const { text } of readLines(path)) {
    if (text === '') continue;
    if (text.endsWith(END)) registry.take(recordOf(text.slice(0, -END.length), key));
    else registry.torn++;
  }
  return registry;
}

function recordOf(text: string, key: SecretKey): RegistryRecord {
  const [keyId, box = ''] = text.split(' ');
  if (keyId !== key.keyId) throw new QuellError('CONFIG', 'the registry was written with another key');
  const plain = decrypt(key.bytes, Buffer.from(box, 'base64'), CONTEXT).toString('utf8');
  const { data } = RecordSchema.safeParse(jsonOf(plain));
  if (data === undefined) throw new QuellError('STORE_TAMPERED', 'registry');
  return data;
}

/** Errors: those of `query` and of `SubjectKeys`. */
export async function writeRegistry(
  target: Target,
  registry: OldRegistry,
  keys: SubjectKeys,
  now: Date,
): Promise<Part> {
  const cipher = new SubjectCipher(keys);
  await keys.begin();
  for (const subjectId of registry.subjects) await keys.make(subjectId);
  await query(target.on, 'INSERT INTO subject_registry (organisation, key_id) VALUES ($1, $2)', [
    target.organisation,
    keys.registry.keyId,
  ]);
  const ordered = [...registry.subjects]
    .map((id) => ({ id, canonical: registry.canonical(id), profile: registry.profiles.get(id) }))
    // One that others refer to is there before them.
    .sort((a, b) => Number(a.id !== a.canonical) - Number(b.id !== b.canonical));
  const subjects = await Promise.all(
    ordered.map(async ({ id, canonical, profile }) => ({
      ...{ subject_id: id, canonical },
      profile: profile === undefined ? null : hexOf(await cipher.sealProfile(profile)),
      known_at: now.toISOString(),
    })),
  );
  const aliases = await Promise.all(
    [...registry.bindings.values()].map(async ({ alias, subjectId, verified }) => ({
      ...{ alias: hexOf(cipher.hash(alias)), subject_id: subjectId, verified },
      box: hexOf(await cipher.sealAlias(alias, subjectId)),
    })),
  );
  return {
    taken: {
      subjects: await insert(target, 'subjects', ['subject_id', 'canonical', 'profile', 'known_at'], subjects),
      aliases: await insert(target, 'subject_aliases', ['alias', 'subject_id', 'verified', 'box'], aliases),
    },
    left: { 'lines that were never finished': registry.torn },
  };
}
