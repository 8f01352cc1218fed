import { createHash } from 'node:crypto';
import type { Alert, AlertFormat, AlertSubject } from '../../../domain/alert.js';
import { QuellError } from '../../../domain/errors.js';
import type { Instant, Platform, Severity } from '../../../domain/platform.js';
import type { Fields } from './fields.js';
import { addressOf, linkOf, mailOf, nativeIdOf, plain } from './values.js';

/** Where a body came from and when. */
export interface AlertContext {
  readonly source: string;
  readonly format: AlertFormat;
  readonly receivedAt: Instant;
  /** Whom a person has found an alert to be about that names nobody. */
  readonly named?: NamedSubject | undefined;
}

/** One detector's format. Pure: no clock, no look-up. */
export interface AlertParser {
  /** Whether a body is of this format, by its shape alone. */
  readonly looksLike: (body: Fields) => boolean;
  /** The alerts of a body that may hold several; the body itself when absent. */
  readonly split?: (body: Fields) => readonly Fields[];
  /** Lenient on fields, strict on identity. Undefined for what is authentic but no alert. Errors: ALERT_FORMAT. */
  readonly read: (alert: Fields, context: AlertContext) => AlertParts | undefined;
}

/** A candidate for a subject, unchecked. */
export interface NamedSubject {
  readonly kind?: AlertSubject['kind'] | undefined;
  /** Counts when it is a mail address. */
  readonly email?: string | undefined;
  readonly nativeId?: string | undefined;
  readonly platform?: Platform | undefined;
  readonly vendorTenantId?: string | undefined;
}

/** What a parser found, unchecked. */
export interface AlertParts {
  readonly dedupeKey: string | undefined;
  readonly groupKey?: string | undefined;
  readonly state?: Alert['state'];
  readonly platform?: Platform | undefined;
  readonly subjects: readonly NamedSubject[];
  /** Why there may be no subject, for the person who looks into it. */
  readonly noSubject?: string;
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly severityRaw?: string | undefined;
  readonly occurredAt: Instant | undefined;
  readonly detectedAt?: Instant | undefined;
  readonly ips?: readonly (string | undefined)[];
  readonly userAgent?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly evidence?: readonly {
    readonly type: Alert['evidence'][number]['type'];
    readonly value: string | undefined;
  }[];
  readonly attack?: readonly string[];
  readonly link?: string | undefined;
}

const MAX_KEY = 1_000;
const MAX_LISTED = 100;

/**
 * The alert of its parts. ALERT_FORMAT without an identity; ALERT_NO_SUBJECT when it names nobody, unless it is closed at its source
 * and so asks for nothing.
 */
export function alertOf(context: AlertContext, parts: AlertParts): Alert {
  const { source, format, receivedAt } = context;
  const { dedupeKey, severity, state = 'new' } = parts;
  if (dedupeKey === undefined || dedupeKey.length > MAX_KEY)
    throw new QuellError('ALERT_FORMAT', `${format}: the field that identifies the alert is missing or too long`);
  const found = subjectsOf(parts.subjects, parts.platform);
  const subjects = found.length > 0 || !context.named ? found : subjectsOf([context.named], parts.platform);
  if (subjects.length === 0 && state !== 'closed')
    throw new QuellError(
      'ALERT_NO_SUBJECT',
      parts.noSubject ?? `${format}: no mail address, and no account id with its platform, was found`,
    );
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
    ips: unique((parts.ips ?? []).flatMap((ip) => (ip === undefined ? [] : (addressOf(ip) ?? [])))),
    evidence: (parts.evidence ?? [])
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

/** Subjects with something that identifies, each once. An account id without its platform identifies nobody. */
function subjectsOf(candidates: readonly NamedSubject[], alertPlatform: Platform | undefined): readonly AlertSubject[] {
  const seen = new Map<string, AlertSubject>();
  for (const candidate of candidates) {
    const { kind = 'person', platform = alertPlatform } = candidate;
    const email = mailOf(candidate.email);
    const nativeId = platform === undefined ? undefined : nativeIdOf(candidate.nativeId);
    if (email === undefined && nativeId === undefined) continue;
    const vendorTenantId = platform === undefined ? undefined : nativeIdOf(candidate.vendorTenantId);
    const subject = { kind, ...present({ email, nativeId, platform, vendorTenantId }) };
    // A fuller naming of the same account completes a barer one.
    const same = [...seen].find(([, other]) => isSame(subject, other));
    seen.set(same?.[0] ?? JSON.stringify(subject), { ...same?.[1], ...subject });
  }
  return [...seen.values()];
}

function isSame(a: AlertSubject, b: AlertSubject): boolean {
  const differ = (x: string | undefined, y: string | undefined): boolean =>
    x !== undefined && y !== undefined && x !== y;
  if (differ(a.email, b.email) || differ(a.nativeId, b.nativeId) || a.kind !== b.kind) return false;
  return (a.email !== undefined && a.email === b.email) || (a.nativeId !== undefined && a.nativeId === b.nativeId);
}

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)].slice(0, MAX_LISTED);

/** Without what is undefined: optional fields are absent, not empty. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
