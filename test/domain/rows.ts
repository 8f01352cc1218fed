import { z } from 'zod';
import { EVENT_KINDS, LOG_SOURCES, type EvidenceEvent } from '../../domain/evidence.js';
import { isPlatform } from '../../domain/platform.js';
import { at, event, HOME, THIEF } from './takeover.js';

const texts = z.array(z.string());
/**
 * A row as cases write it; what is not given is what a plain file row of Slack has. `at`: minutes into the measured window; `repeat`: so
 * many rows, `every` so many minutes (six seconds), in whose texts `{n}` is the number of the row; `from`: place and client at home, or the thief's.
 */
export const Row = z.strictObject({
  kind: z.enum(EVENT_KINDS),
  at: z.number(),
  repeat: z.int().positive().default(1),
  every: z.number().positive().default(0.1),
  from: z.enum(['home', 'thief']).optional(),
  platform: z.string().refine(isPlatform).optional(),
  source: z.string().optional(),
  logSource: z.enum(LOG_SOURCES).optional(),
  operation: z.string().optional(),
  actor: z.string().optional(),
  app: z.strictObject({ id: z.string(), name: z.string().optional(), scopes: texts.optional() }).optional(),
  ip: z.string().optional(),
  asn: z.int().optional(),
  asName: z.string().optional(),
  country: z.string().optional(),
  userAgent: z.string().optional(),
  sessionId: z.string().optional(),
  deviceId: z.string().optional(),
  deviceKnown: z.boolean().optional(),
  authentication: z.string().optional(),
  target: z.strictObject({ type: z.string(), id: z.string(), name: z.string().optional() }).optional(),
  channel: z.strictObject({ id: z.string(), external: z.boolean().optional() }).optional(),
  count: z.int().optional(),
  bytes: z.int().optional(),
  urls: texts.optional(),
  labels: texts.optional(),
  externalRecipients: texts.optional(),
  reasons: texts.optional(),
  weakens: z.string().optional(),
  dkim: z.enum(['pass', 'fail', 'none']).optional(),
  outcome: z.enum(['success', 'failure', 'blocked']).optional(),
});
export type Row = z.infer<typeof Row>;

const PLACES = { home: HOME, thief: THIEF };

/** The rows as an adapter would give them. */
export function rowsOf({ at: minute, repeat, every, from, ...fields }: Row): readonly EvidenceEvent[] {
  const written = JSON.stringify(fields);
  return Array.from({ length: repeat }, (_, i) => {
    const given = JSON.parse(written.replaceAll('{n}', String(i))) as Pick<EvidenceEvent, 'kind'>;
    return event({ ...(from ? PLACES[from] : {}), ...given, at: at(minute + i * every) });
  });
}
