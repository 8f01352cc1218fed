import { createHash } from 'node:crypto';
import { addressesIn, isPublic } from '../../../domain/address.js';
import type { Alert, AlertSubject } from '../../../domain/alert.js';
import { QuellError } from '../../../domain/errors.js';
import type { Instant, Platform } from '../../../domain/platform.js';
import { identified, merged, type Unidentified } from './accounts.js';
import type { Fields } from './fields.js';
import type { AlertContext, AlertParts, NamedSubject } from './parser.js';
import { namesNobody } from './refusal.js';
import { linkOf, plain } from './values.js';

const MAX_KEY = 1_000;
const MAX_LISTED = 100;

/** What the words of a refusal are made of. */
export interface ForRefusals {
  /** The alert's own part of the body; without it a refusal is short. */
  readonly body?: Fields | undefined;
  /** Where the alert's identity stands. */
  readonly identity?: string | undefined;
}

/**
 * The alert of its parts. ALERT_FORMAT without an identity; ALERT_NO_SUBJECT when it names nobody, unless it is closed at its source
 * and so asks for nothing.
 */
export function alertOf(context: AlertContext, parts: AlertParts, { body, identity }: ForRefusals = {}): Alert {
  const { source, format, receivedAt } = context;
  const { dedupeKey, severity, state = 'new' } = parts;
  if (dedupeKey === undefined || dedupeKey.length > MAX_KEY)
    throw new QuellError(
      'ALERT_FORMAT',
      `${format}: the field that identifies the alert is missing or too long${identity === undefined ? '' : `; it was looked for in ${identity}`}`,
    );
  const found = subjectsOf(parts.subjects, parts.platform);
  const { subjects } =
    found.subjects.length > 0 || !context.named ? found : subjectsOf([context.named], parts.platform);
  if (subjects.length === 0 && state !== 'closed') throw namesNobody(format, parts, found.whys, body);
  const shown = (text: string | undefined, length: number): string | undefined =>
    text === undefined ? undefined : plain(text, length);
  const detectedAt = earlier(parts.detectedAt ?? receivedAt, receivedAt);
  return {
    // An update that changes the severity is news to the case; the same alert sent once more is not.
    alertId: `al-${createHash('sha256').update(`${source}\n${format}\n${dedupeKey}\n${severity}`).digest('hex').slice(0, 32)}`,
    source,
    format,
    dedupeKey,
    state,
    subjects,
    title: shown(parts.title, 300) ?? 'Alert without a title',
    severity,
    // The future is a wrong clock: it must not move the window of evidence.
    occurredAt: earlier(parts.occurredAt ?? detectedAt, receivedAt),
    detectedAt,
    ips: unique((parts.ips ?? []).flatMap((field) => addressesIn(field).filter(isPublic))),
    evidence: (parts.evidence ?? [])
      .slice(0, MAX_LOOKED_AT)
      .flatMap(({ type, value }) => (value === undefined ? [] : [{ type, value: plain(value, 2_000) }]))
      .slice(0, MAX_LISTED),
    attack: unique((parts.attack ?? []).filter((t) => /^T\d{4}(\.\d{3})?$/.test(t))),
    ...present({
      groupKey: shown(parts.groupKey, MAX_KEY),
      platform: parts.platform,
      severityRaw: shown(parts.severityRaw, 40),
      userAgent: shown(parts.userAgent, 500),
      sessionId: shown(parts.sessionId, 200),
      link: linkOf(parts.link),
    }),
  };
}
const MAX_LOOKED_AT = 10_000;

/** Subjects with something that identifies, each once, and why others have nothing. */
function subjectsOf(
  candidates: readonly NamedSubject[],
  platform: Platform | undefined,
): { readonly subjects: readonly AlertSubject[]; readonly whys: ReadonlySet<Unidentified> } {
  const all = candidates.map((candidate) => identified(candidate, platform));
  return {
    subjects: merged(all.flatMap(({ subject }) => subject ?? [])),
    whys: new Set(all.flatMap(({ why }) => why ?? [])),
  };
}

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)].slice(0, MAX_LISTED);

/** Without what is undefined: optional fields are absent, not empty. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
