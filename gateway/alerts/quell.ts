import { z } from 'zod';
import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { PLATFORMS, SEVERITIES } from '../../domain/platform.js';
import { alertOf, instantOf, subjectsOf, type AlertContext } from './read.js';

const platform = z.enum(PLATFORMS);
const body = z.object({
  id: z.string().min(1),
  platform: platform.optional(),
  state: z.enum(['new', 'update', 'closed']).default('new'),
  subjects: z.array(
    z.object({
      kind: z.enum(['person', 'app']).default('person'),
      email: z.string().optional(),
      nativeId: z.string().optional(),
      platform: platform.optional(),
      vendorTenantId: z.string().optional(),
    }),
  ),
  title: z.string().optional(),
  severity: z.enum(SEVERITIES).default('low'),
  occurredAt: z.string().optional(),
  detectedAt: z.string().optional(),
  ips: z.array(z.string()).default([]),
  sessionId: z.string().optional(),
  userAgent: z.string().optional(),
  attack: z.array(z.string()).default([]),
  link: z.string().optional(),
});

/** Quell's own normalised JSON: the one strict format, for detections that are written for it. */
export function parseQuell(value: unknown, context: AlertContext): readonly Alert[] {
  const parsed = body.safeParse(value);
  if (!parsed.success) throw new QuellError('ALERT_FORMAT', z.prettifyError(parsed.error));
  const { id, subjects, platform: of, title, occurredAt, detectedAt, sessionId, userAgent, link, ...rest } = parsed.data;
  return [
    alertOf(context, {
      ...rest,
      dedupeKey: id,
      subjects: subjectsOf(subjects.map((s) => ({ ...s, platform: s.platform ?? of }))),
      platform: of,
      title,
      sessionId,
      userAgent,
      link,
      occurredAt: instantOf(occurredAt),
      detectedAt: instantOf(detectedAt),
    }),
  ];
}
