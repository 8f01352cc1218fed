import { z } from 'zod';
import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { PLATFORMS, SEVERITIES } from '../../domain/platform.js';
import type { Fields } from './fields.js';
import { alertOf, subjectsOf, type AlertContext } from './read.js';
import { instantOf } from './values.js';

const platform = z.enum(PLATFORMS);
const EVIDENCE = ['file', 'url', 'message', 'channel', 'app', 'ip', 'session', 'device', 'query'] as const;
const text = z.string().min(1);
const subject = z.object({
  kind: z.enum(['person', 'app']).default('person'),
  email: text.optional(),
  nativeId: text.optional(),
  platform: platform.optional(),
  vendorTenantId: text.optional(),
});
const body = z.object({
  id: text,
  platform: platform.optional(),
  state: z.enum(['new', 'update', 'closed']).default('new'),
  subjects: z.array(subject),
  title: text.optional(),
  severity: z.enum(SEVERITIES).default('low'),
  groupKey: text.optional(),
  occurredAt: text.optional(),
  detectedAt: text.optional(),
  ips: z.array(z.string()).default([]),
  sessionId: text.optional(),
  userAgent: text.optional(),
  evidence: z.array(z.object({ type: z.enum(EVIDENCE), value: text })).default([]),
  attack: z.array(z.string()).default([]),
  link: text.optional(),
});

/** Quell's own normalised JSON: the one strict format, for detections that are written for it. */
export function parseQuell({ value }: Fields, context: AlertContext): Alert {
  const parsed = body.safeParse(value);
  if (!parsed.success) throw new QuellError('ALERT_FORMAT', `quell: ${placesOf(parsed.error)}`);
  const { subjects, platform: on, title, occurredAt, detectedAt, ...rest } = parsed.data;
  const platformed = subjects.map((s) => ({ ...s, platform: s.platform ?? on }));
  if (platformed.some((s) => s.nativeId !== undefined && s.platform === undefined))
    throw new QuellError('ALERT_FORMAT', 'quell: subjects.nativeId says nothing without a platform');
  return alertOf(context, {
    ...rest,
    subjects: subjectsOf(platformed),
    platform: on,
    title,
    occurredAt: instantOf(occurredAt),
    detectedAt: instantOf(detectedAt),
  });
}

/** Places and kinds of mistakes alone: values are personal data. */
function placesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${path.join('.') || 'the body'} (${code})`)
    .join(', ');
}
