import type { Instant, Platform, Severity } from './platform.js';

/** Somebody or something an alert names. A claim: the subject registry resolves it. Display names never identify. */
export interface AlertSubject {
  readonly kind: 'person' | 'app';
  readonly email?: string;
  /** The platform's own id, with the platform it belongs to. */
  readonly nativeId?: string;
  readonly platform?: Platform;
  /** Vendor tenant/workspace id when the alert carries one. */
  readonly vendorTenantId?: string;
}

/** What an alert points at. Never followed as a link, rendered as a template or obeyed. */
export interface AlertEvidence {
  readonly type: 'file' | 'url' | 'message' | 'channel' | 'app' | 'ip' | 'session' | 'device' | 'query';
  readonly value: string;
}

/** One message from a detector, normalised at the edge. A claim, not a proof. Holds personal data: lives in the inbox and the evidence store, not in Temporal. */
export interface Alert {
  /** Ours: `al-` and the first 32 hex digits of SHA-256 over source, format, dedupeKey and severity: an alert that becomes graver is news. */
  readonly alertId: string;
  /** Name of the configured intake source. */
  readonly source: string;
  /** A name of the registry at the edge (`gateway/alerts/formats.ts`), which checks it at configuration. */
  readonly format: string;
  /** The detector's identity of this alert; a repeat is dropped. */
  readonly dedupeKey: string;
  readonly groupKey?: string;
  readonly state: 'new' | 'update' | 'closed';
  readonly platform?: Platform;
  readonly subjects: readonly AlertSubject[];
  readonly title: string;
  readonly severity: Severity;
  readonly severityRaw?: string;
  readonly occurredAt: Instant;
  readonly detectedAt: Instant;
  readonly ips: readonly string[];
  readonly userAgent?: string;
  readonly sessionId?: string;
  readonly evidence: readonly AlertEvidence[];
  /** ATT&CK technique ids. */
  readonly attack: readonly string[];
  readonly link?: string;
}

/** What a case workflow holds of an alert: no content. The alert itself is in the evidence store under its id. */
export interface AlertRef {
  readonly alertId: string;
  readonly source: string;
  readonly platform?: Platform;
  readonly severity: Severity;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
}
