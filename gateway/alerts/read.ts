import { createHash } from 'node:crypto';
import type { Alert, AlertFormat, AlertSubject } from '../../domain/alert.js';
import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { Instant, Platform, Severity } from '../../domain/platform.js';
import { ipOf, mailOf, techniquesOf } from './values.js';

/** Where a body came from and when. */
export interface AlertContext {
  readonly source: string;
  readonly format: AlertFormat;
  readonly receivedAt: Instant;
}

/** What an alert may hold at most: it is kept whole, and whoever can raise alerts must not be able to fill the store with one. */
const MAX = { title: 300, text: 500, link: 2_000, ips: 50, evidence: 50, subjects: 50, techniques: 20 } as const;
/** Clocks of detectors may be ahead by this much; a claim from the future beyond it is not believed. */
const SKEW_MS = 5 * 60_000;

export interface SubjectParts {
  readonly kind?: AlertSubject['kind'];
  readonly email?: string | undefined;
  readonly nativeId?: string | undefined;
  readonly platform?: Platform | undefined;
  readonly vendorTenantId?: string | undefined;
}

/** Subjects with something that identifies, each once; an entry that says less than another one about the same is dropped. */
export function subjectsOf(candidates: readonly SubjectParts[]): readonly AlertSubject[] {
  const subjects: AlertSubject[] = [];
  for (const { kind = 'person', email, nativeId, platform, vendorTenantId } of candidates) {
    const address = mailOf(email);
    if (address === undefined && nativeId === undefined) continue;
    if (address !== undefined && nativeId === undefined && subjects.some((s) => s.email === address)) continue;
    const subject: AlertSubject = {
      kind,
      ...(address === undefined ? {} : { email: address }),
      ...(nativeId === undefined ? {} : { nativeId }),
      ...(platform === undefined ? {} : { platform }),
      ...(vendorTenantId === undefined ? {} : { vendorTenantId }),
    };
    const same = subjects.findIndex((s) =>
      nativeId === undefined ? false : s.nativeId === nativeId || (s.nativeId === undefined && s.email === address),
    );
    if (same < 0) subjects.push(subject);
    else subjects[same] = { ...subjects[same], ...subject };
  }
  return subjects;
}

export interface AlertParts {
  /** The detector's own id of the alert. */
  readonly id: string | undefined;
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
  /** Texts that technique ids are found in. */
  readonly attack?: readonly string[];
  readonly link?: string | undefined;
}

/**
 * The alert of its parts. An alert that its detector has closed may name nobody. Errors: ALERT_FORMAT without an id or with too
 * many subjects, ALERT_NO_SUBJECT when it names nobody.
 */
export function alertOf({ source, format, receivedAt }: AlertContext, parts: AlertParts): Alert {
  const { id, subjects, severity, state = 'new' } = parts;
  if (id === undefined)
    throw new QuellError('ALERT_FORMAT', `${format}: the field that identifies the alert is missing`);
  if (subjects.length === 0 && state !== 'closed')
    throw new QuellError('ALERT_NO_SUBJECT', `${format}: no mail address or account id found`);
  if (subjects.length > MAX.subjects)
    throw new QuellError('ALERT_FORMAT', `${format}: more than ${MAX.subjects} subjects in one alert`);
  const ips = [...new Set((parts.ips ?? []).flatMap((ip) => ipOf(ip) ?? []))].slice(0, MAX.ips);
  const detectedAt = believable(parts.detectedAt, receivedAt);
  const dedupeKey = keyOf(id, { severity, subjects, ips });
  const optional = {
    groupKey: cut(parts.groupKey ?? id, MAX.text),
    platform: parts.platform,
    severityRaw: cut(parts.severityRaw, 60),
    userAgent: cut(parts.userAgent, MAX.text),
    sessionId: cut(parts.sessionId, MAX.text),
    link: /^https?:\/\//i.test(parts.link ?? '') ? cut(parts.link, MAX.link) : undefined,
  };
  return {
    alertId: `al-${createHash('sha256')
      .update(JSON.stringify([source, format, dedupeKey]))
      .digest('hex')
      .slice(0, 32)}`,
    source,
    format,
    dedupeKey,
    state,
    subjects,
    title: (parts.title ?? 'Alert without a title').slice(0, MAX.title),
    severity,
    occurredAt: believable(parts.occurredAt, detectedAt),
    detectedAt,
    ips,
    evidence: (parts.evidence ?? []).slice(0, MAX.evidence).map((e) => ({ ...e, value: e.value.slice(0, MAX.text) })),
    attack: techniquesOf(parts.attack ?? []).slice(0, MAX.techniques),
    ...(Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined)) as object),
  };
}

/** Throws ALERT_FORMAT with what a body of the format has and this one lacks, unless it has it. */
export function assertIs({ format }: AlertContext, holds: boolean, mark: string): void {
  if (!holds) throw new QuellError('ALERT_FORMAT', `${format}: not an alert of this format, which has ${mark}`);
}

/**
 * The id together with what is claimed: the same claim again is a repeat and is dropped; an update that raises the severity or
 * names another account or address is news, and joins the case.
 */
function keyOf(id: string, { severity, subjects, ips }: Pick<Alert, 'severity' | 'subjects' | 'ips'>): string {
  const who = subjects.map((s) => JSON.stringify([s.kind, s.email ?? '', s.nativeId ?? ''])).sort();
  return `${id.slice(0, MAX.text)}#${digest({ id, severity, who, ips: [...ips].sort() }).slice(0, 16)}`;
}

function believable(claimed: Instant | undefined, latest: Instant): Instant {
  return claimed === undefined || Date.parse(claimed) > Date.parse(latest) + SKEW_MS ? latest : claimed;
}

const cut = (text: string | undefined, length: number): string | undefined => text?.slice(0, length);
