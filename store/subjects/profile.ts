import { z } from 'zod';
import type { AccountRef, Authority, Instant } from '../../domain/platform.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { platform } from '../platform-schema.js';

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

const AccountSchema = z.object({ platform, tenant: z.string(), nativeId: z.string() });
export const AliasSchema = z.union([AccountSchema, z.object({ mail: z.string() })]);
export const ProfileSchema: z.ZodType<SubjectProfile> = z.object({
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
