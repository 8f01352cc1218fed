import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { OTHER, type Platform } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import { io } from './files.js';
import { platform } from './platform-schema.js';

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
