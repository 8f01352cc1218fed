import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import { addressOf } from '../../../domain/address.js';
import { SEVERITIES } from '../../../domain/platform.js';
import { PLATFORMS } from '../../../platforms/registry.js';
import type { AlertFormat } from '../kit/parser.js';
import { instantOf, mailOf } from '../kit/values.js';
import { about } from './about.js';

const platform = z.enum(PLATFORMS.ids);
const instant = z.iso.datetime({ offset: true });
/** All that is legal at a vendor; not what a form for the web takes. */
const mail = z.string().refine((text) => mailOf(text) !== undefined, 'Invalid email address');
const address = z.string().refine((text) => addressOf(text) !== undefined, 'Invalid IP address');
const Body = z.strictObject({
  id: z.string().min(1),
  groupKey: z.string().optional(),
  platform: platform.optional(),
  state: z.enum(['new', 'update', 'closed']).default('new'),
  subjects: z.array(
    z.strictObject({
      kind: z.enum(['person', 'app']).default('person'),
      email: mail.optional(),
      nativeId: z.string().optional(),
      platform: platform.optional(),
      vendorTenantId: z.string().optional(),
    }),
  ),
  title: z.string().optional(),
  severity: z.enum(SEVERITIES).default('low'),
  occurredAt: instant.optional(),
  detectedAt: instant.optional(),
  ips: z.array(address).default([]),
  sessionId: z.string().optional(),
  userAgent: z.string().optional(),
  evidence: z
    .array(
      z.strictObject({
        type: z.enum(['file', 'url', 'message', 'channel', 'app', 'ip', 'session', 'device', 'query']),
        value: z.string().min(1),
      }),
    )
    .default([]),
  attack: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).default([]),
  link: z.url().optional(),
});

/** Where the body differs, in our words alone: the names of unknown fields are the sender's, and a reason is kept in the clear. */
const reasonsOf = ({ issues }: z.ZodError): string =>
  issues
    .map(({ path, code, message }) => {
      const where = path.length === 0 ? 'the body' : path.join('.');
      return code === 'unrecognized_keys' ? `${where} has unknown fields` : `${where}: ${message}`;
    })
    .join('; ');

/** Quell's own normalised JSON: the one strict format, for detections that are written for it. */
export const quell: AlertFormat = {
  about,
  looksLike: (body) => body.has('id') && body.has('subjects'),
  read(alert) {
    const parsed = Body.safeParse(alert.value);
    if (!parsed.success) throw new QuellError('ALERT_FORMAT', `quell: ${reasonsOf(parsed.error)}`);
    const { id, occurredAt, detectedAt, title, ...rest } = parsed.data;
    return { ...rest, title, dedupeKey: id, occurredAt: instantOf(occurredAt), detectedAt: instantOf(detectedAt) };
  },
};
