import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { PLATFORMS } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import { io } from './files.js';

const AliasSchema = z.union([
  z.strictObject({ mail: z.email() }),
  z.strictObject({ platform: z.enum(PLATFORMS), tenant: z.string().min(1), nativeId: z.string().min(1) }),
]);
const OverrideSchema = z.strictObject({
  /** All of them are this one subject. */
  aliases: z.array(AliasSchema).min(1),
  kind: z.enum(['person', 'guest', 'app', 'shared']).optional(),
  name: z.string().optional(),
  vip: z.boolean().optional(),
  authority: z.enum([...PLATFORMS, 'other']).optional(),
  phone: z.string().optional(),
  timeZone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'not an IANA time zone')
    .optional(),
  manager: AliasSchema.optional(),
  sponsor: AliasSchema.optional(),
});
export type SubjectOverride = z.infer<typeof OverrideSchema>;

/** What an administrator states about subjects that the directories don't know (YAML: `subjects: [{ aliases, vip, phone, … }]`). Errors: CONFIG. */
export async function loadOverrides(path: string): Promise<readonly SubjectOverride[]> {
  const text = await io('subject overrides', () => readFile(path, 'utf8'));
  let data: unknown;
  try {
    data = parse(text);
  } catch {
    throw new QuellError('CONFIG', 'the subject override file is not YAML');
  }
  const file = z.strictObject({ subjects: z.array(OverrideSchema) }).safeParse(data);
  // Paths only: the values are personal data.
  if (!file.success)
    throw new QuellError(
      'CONFIG',
      `subject override file: ${file.error.issues.map(({ path: at, code }) => `${at.join('.')} (${code})`).join(', ')}`,
    );
  return file.data.subjects;
}
