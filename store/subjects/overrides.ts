import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { OTHER, type Platform } from '../../domain/platform.js';
import { QuellError } from '../../domain/errors.js';
import { io } from '../files.js';
import { platform } from '../platform-schema.js';
import { aliasKey } from './alias.js';
import type { SubjectProfile } from './profile.js';

function shapeOf(known: readonly Platform[] | undefined) {
  const one = platform.refine((id) => known?.includes(id) ?? true, 'no platform is called that');
  const alias = z.union([
    z.strictObject({ mail: z.email() }),
    z.strictObject({ platform: one, tenant: z.string().min(1), nativeId: z.string().min(1) }),
  ]);
  return z.strictObject({
    /** All of them are this one subject. */
    aliases: z.array(alias).min(1),
    kind: z.enum(['person', 'guest', 'app', 'shared']).optional(),
    name: z.string().optional(),
    vip: z.boolean().optional(),
    authority: z.union([one, z.literal(OTHER)]).optional(),
    phone: z.string().optional(),
    timeZone: z
      .string()
      .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'not an IANA time zone')
      .optional(),
    manager: alias.optional(),
    sponsor: alias.optional(),
  });
}
export type SubjectOverride = z.infer<ReturnType<typeof shapeOf>>;

/** What an administrator states about subjects that the directories don't know (YAML: `subjects: [{ aliases, vip, phone, … }]`). `platforms`: those that there are. Errors: CONFIG. */
export async function loadOverrides(
  path: string,
  platforms?: readonly Platform[],
): Promise<readonly SubjectOverride[]> {
  const text = await io('subject overrides', () => readFile(path, 'utf8'));
  let data: unknown;
  try {
    data = parse(text);
  } catch {
    throw new QuellError('CONFIG', 'the subject override file is not YAML');
  }
  const file = z.strictObject({ subjects: z.array(shapeOf(platforms)) }).safeParse(data);
  // Paths only: the values are personal data.
  if (!file.success)
    throw new QuellError(
      'CONFIG',
      `subject override file: ${file.error.issues.map(({ path: at, code }) => `${at.join('.')} (${code})`).join(', ')}`,
    );
  return file.data.subjects;
}

/** The profile that directories gave, with what the file states laid over it. `relatives`: subject ids of those it names as such. */
export function overlaid(
  subjectId: string,
  known: SubjectProfile | undefined,
  override: SubjectOverride,
  relatives: Pick<SubjectProfile, 'managerId' | 'sponsorId'>,
): SubjectProfile {
  const { aliases, manager: _manager, sponsor: _sponsor, ...fields } = override;
  const stated = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<SubjectProfile>;
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
    ...relatives,
  };
}

function union<T>(first: readonly T[], more: readonly T[], key: (value: T) => string): readonly T[] {
  return [...new Map([...first, ...more].map((value) => [key(value), value])).values()];
}
