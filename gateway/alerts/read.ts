import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Alert, AlertFormat, AlertSubject } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Instant, Platform, Severity } from '../../domain/platform.js';

/** Where a body came from and when. */
export interface AlertContext {
  readonly source: string;
  readonly format: AlertFormat;
  readonly receivedAt: Instant;
}

/** A JSON object read leniently: wrong types count as absent, paths are dotted, a key that holds dots is found first. */
export class Fields {
  constructor(readonly value: unknown) {}

  at(path: string): Fields {
    const flat = record(this.value)?.[path];
    if (flat !== undefined) return new Fields(flat);
    return new Fields(path.split('.').reduce<unknown>((v, key) => record(v)?.[key], this.value));
  }

  /** The first string (or number as text) among the paths; single-element arrays count as their element. */
  text(...paths: readonly string[]): string | undefined {
    for (const path of paths) {
      const found = single(this.at(path).value);
      if (typeof found === 'string' && found.trim() !== '') return found.trim();
      if (typeof found === 'number' && Number.isFinite(found)) return String(found);
    }
    return undefined;
  }

  number(path: string): number | undefined {
    const found = single(this.at(path).value);
    const n = typeof found === 'string' ? Number(found) : found;
    return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
  }

  list(path: string): readonly Fields[] {
    const found = this.at(path).value;
    return Array.isArray(found)
      ? found.map((v) => new Fields(v))
      : found === undefined || found === null
        ? []
        : [new Fields(found)];
  }

  texts(path: string): readonly string[] {
    return this.list(path).flatMap(({ value }) =>
      typeof value === 'string' && value !== '' ? [value] : typeof value === 'number' ? [String(value)] : [],
    );
  }
}

const single = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 ? (value as unknown[])[0] : value;

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** An instant of ISO text, or of epoch seconds, milliseconds or microseconds; undefined when it is none. */
export function instantOf(value: string | number | undefined): Instant | undefined {
  if (value === undefined) return undefined;
  const n = typeof value === 'number' ? value : /^\d{9,16}$/.test(value) ? Number(value) : undefined;
  const ms = n === undefined ? Date.parse(String(value)) : n > 1e14 ? n / 1_000 : n > 1e11 ? n : n * 1_000;
  return Number.isNaN(ms) || Math.abs(ms) > 8.64e15 ? undefined : new Date(ms).toISOString();
}

const WORDS: Readonly<Record<string, Severity>> = {
  informational: 'info',
  information: 'info',
  info: 'info',
  unknown: 'info',
  low: 'low',
  medium: 'medium',
  moderate: 'medium',
  high: 'high',
  critical: 'critical',
  fatal: 'critical',
};

/** The detector's word; what is not known is `low`, never more. */
export const severityOf = (word: string | undefined): Severity => WORDS[(word ?? '').toLowerCase()] ?? 'low';

const mail = z.email();

/** A mail address, lower case, when the text is one. */
export function mailOf(text: string | undefined): string | undefined {
  const parsed = mail.safeParse(text?.trim().toLowerCase());
  return parsed.success ? parsed.data : undefined;
}

/** Subjects with something that identifies, each once. */
export function subjectsOf(
  candidates: readonly {
    readonly kind?: AlertSubject['kind'];
    readonly email?: string | undefined;
    readonly nativeId?: string | undefined;
    readonly platform?: Platform | undefined;
    readonly vendorTenantId?: string | undefined;
  }[],
): readonly AlertSubject[] {
  const seen = new Map<string, AlertSubject>();
  for (const { kind = 'person', email, nativeId, platform, vendorTenantId } of candidates) {
    const address = mailOf(email);
    if (address === undefined && nativeId === undefined) continue;
    seen.set(`${address ?? ''}:${nativeId ?? ''}`, {
      kind,
      ...(address === undefined ? {} : { email: address }),
      ...(nativeId === undefined ? {} : { nativeId }),
      ...(platform === undefined ? {} : { platform }),
      ...(vendorTenantId === undefined ? {} : { vendorTenantId }),
    });
  }
  return [...seen.values()];
}

export interface AlertParts {
  readonly dedupeKey: string | undefined;
  readonly groupKey?: string | undefined;
  readonly state?: Alert['state'];
  readonly platform?: Platform | undefined;
  readonly subjects: readonly AlertSubject[];
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly severityRaw?: string | undefined;
  readonly occurredAt: Instant | undefined;
  readonly detectedAt?: Instant | undefined;
  readonly ips?: readonly string[];
  readonly userAgent?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly evidence?: Alert['evidence'];
  readonly attack?: readonly string[];
  readonly link?: string | undefined;
}

/** The alert of its parts. ALERT_FORMAT without an identity, ALERT_NO_SUBJECT when it names nobody. */
export function alertOf({ source, format, receivedAt }: AlertContext, parts: AlertParts): Alert {
  if (parts.dedupeKey === undefined)
    throw new QuellError('ALERT_FORMAT', `${format}: the field that identifies the alert is missing`);
  if (parts.subjects.length === 0)
    throw new QuellError('ALERT_NO_SUBJECT', `${format}: no mail address or account id found`);
  const optional = {
    groupKey: parts.groupKey,
    platform: parts.platform,
    severityRaw: parts.severityRaw,
    userAgent: parts.userAgent,
    sessionId: parts.sessionId,
    link: parts.link,
  };
  return {
    alertId: `al-${createHash('sha256').update(`${source}\n${format}\n${parts.dedupeKey}`).digest('hex').slice(0, 32)}`,
    source,
    format,
    dedupeKey: parts.dedupeKey,
    state: parts.state ?? 'new',
    subjects: parts.subjects,
    title: (parts.title ?? 'Alert without a title').slice(0, 300),
    severity: parts.severity,
    occurredAt: parts.occurredAt ?? receivedAt,
    detectedAt: parts.detectedAt ?? receivedAt,
    ips: [...new Set(parts.ips ?? [])],
    evidence: parts.evidence ?? [],
    attack: [...new Set((parts.attack ?? []).filter((t) => /^T\d{4}(\.\d{3})?$/.test(t)))],
    ...(Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined)) as object),
  };
}
