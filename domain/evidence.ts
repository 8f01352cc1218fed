import type { Instant, Platform, TenantRef } from './platform.js';

/** The rows of the playbook's "Log sources to investigate". */
export const LOG_SOURCES = [
  'chat_history',
  'file_transfer',
  'user_access',
  'integration',
  'iam',
  'platform_alerts',
  'notification_mail',
] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

/** Narrow: recent sign-ins, audit and admin events of the subject. Wide: 30/90 days, messages, files. */
export type Depth = 'narrow' | 'wide';

export const EVENT_KINDS = [
  'sign_in',
  'sign_in_failed',
  'sign_in_stopped', // what is asked first (password, token) was right, and what is asked next was not given; whether a sign-in followed, other rows tell
  'session', // a live or past session as the platform lists it
  'api_activity', // calls by token or client (access logs, token activity)
  'message', // a message sent by the subject
  'message_received',
  'team_message', // by others, to a team or a public channel: not received by the subject; read for what it announces, and only with content
  'conversation_read',
  'file_upload',
  'file_download', // a copy was taken
  'file_view', // looked at in the vendor's own pages
  'share', // public link, external share, forward
  'export', // chat history, workspace, mailbox or takeout export
  'app_grant', // consent, install, scopes expanded
  'config_change', // workspace or security settings
  'role_change',
  'credential_change', // password, MFA, passkey, recovery
  'account_change', // disabled, enabled, deleted
  'security_notice', // mail about new sign-in, changed credentials, unusual activity
  'mail_rule', // rule or deletion that touches such mail
  'mail_access', // somebody else's way into a mailbox or out of it: a delegate, an address to write as or to forward to
  'platform_alert', // the platform's own detection
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** How strongly the access was authenticated. `token`: a token or cookie that was there already, with no proof of the person anew. */
export const AUTHENTICATIONS = ['password', 'mfa', 'phishing_resistant', 'token', 'device_code'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** Which protection of the organisation a change takes away or opens. */
export const WEAKENED_CONTROLS = [
  'authentication', // how people sign in: second factors, password policy, conditional access, SSO
  'federation', // which domains or identity providers are trusted
  'logging', // what is written down at all
  'dlp',
  'retention',
  'legal_hold',
  'role', // somebody may do more than before
  'sharing', // what may leave, and which apps may come in
  'traces', // what would have told later what was searched, exported or said
] as const;
export type WeakenedControl = (typeof WEAKENED_CONTROLS)[number];

/** Fixed words in `labels`; whatever else stands there is the vendor's (sensitivity, severity, publisher). */
export const LABELS = {
  /** Read from how things stand: only seen to be there, `at` is the reading's time or the window's beginning. */
  state: 'state',
  /** An administrator consented for everybody, or IT approved the app. */
  adminConsent: 'admin_consent',
  /** Signed in through the organisation's identity provider: how strongly is in that one's log. */
  sso: 'sso',
  /** On a failed sign-in: what is asked first (password, token) was right. */
  knowsFirst: 'knows_first',
} as const;
/** Label of a role that was given or taken: `role:Global Administrator`. */
export const roleLabel = (name: string): string => `role:${name}`;

/**
 * One row of a vendor log in the words of the playbook. Kept in the evidence store (encrypted), never in Temporal.
 * Absent means the vendor does not log it.
 */
export interface EvidenceEvent {
  /** `${platform}:${source}:${native row id}`; the same row read twice has the same id. */
  readonly id: string;
  readonly kind: EventKind;
  readonly platform: Platform;
  readonly tenant: string;
  /** The vendor source's id, as the adapter declares it (e.g. `slack.audit_logs`). */
  readonly source: string;
  readonly logSource: LogSource;
  readonly at: Instant;
  /** The vendor's own operation name (`file_downloaded`, `Consent to application.`). */
  readonly operation: string;
  /** Native id of who acted. */
  readonly actor?: string;
  /** Set when an app or token acted for the actor. */
  readonly app?: { readonly id: string; readonly name?: string; readonly scopes?: readonly string[] };
  readonly ip?: string;
  readonly asn?: number;
  readonly asName?: string;
  /** ISO 3166 alpha-2. */
  readonly country?: string;
  readonly city?: string;
  readonly location?: { readonly lat: number; readonly lon: number };
  readonly userAgent?: string;
  readonly sessionId?: string;
  /** What the same session was used from before, where the vendor names both sides of a change. */
  readonly previous?: { readonly ip?: string; readonly userAgent?: string };
  readonly deviceId?: string;
  /** True when the platform says that the device is known, managed or compliant; false when it names a device that is none of these. */
  readonly deviceKnown?: boolean;
  readonly authentication?: Authentication;
  readonly target?: {
    readonly type:
      | 'user'
      | 'channel'
      | 'file'
      | 'message'
      | 'app'
      | 'setting'
      | 'link'
      | 'mailbox'
      | 'export'
      | 'device'
      | 'auth_method'
      | 'delegate';
    readonly id: string;
    readonly name?: string;
  };
  readonly channel?: {
    readonly id: string;
    readonly name?: string;
    readonly private?: boolean;
    readonly external?: boolean;
  };
  /** Whose the target is, as the vendor says it: an address (lower case), or the name of a shared drive or site. */
  readonly owner?: string;
  /** How far the target may be seen: by named people, in the organisation, outside of it. */
  readonly visibility?: 'private' | 'inside' | 'outside';
  /**
   * How many things the row stands for, by the log's own number: messages read or exported in one call, mails opened, API calls that the
   * log adds up in one row, files of a message, alerts of an incident. Absent: one, or the log gives no number. Never an estimate.
   */
  readonly count?: number;
  /** Size of what the row is about, by the log's own number: of a file, of the messages read, of an API's answer. */
  readonly bytes?: number;
  /** SHA-256 of a file, hex, when the vendor gives it. */
  readonly sha256?: string;
  readonly urls?: readonly string[];
  /** Message or mail text; only where policy or an approval let it be read. */
  readonly text?: string;
  readonly labels?: readonly string[];
  readonly externalRecipients?: readonly string[];
  /** The vendor's own reasons or risk names (`tor`, `unexpected_scraping`, `impossibleTravel`). */
  readonly reasons?: readonly string[];
  /** The vendor's own level, where it gives one. */
  readonly risk?: 'low' | 'medium' | 'high';
  /** Id of the row that this one tells of, where the vendor says which: an alert about a sign-in is the same event once more. */
  readonly about?: string;
  /** Set on a change of settings or roles that takes a protection away. */
  readonly weakens?: WeakenedControl;
  /** Mails only: `pass` for the vendor's domain, else why it does not count. */
  readonly dkim?: 'pass' | 'fail' | 'none';
  readonly outcome?: 'success' | 'failure' | 'blocked';
}

/** Failed and blocked rows are attempts: they show that somebody tried, never that something was read, taken or changed. */
export const succeeded = (e: Pick<EvidenceEvent, 'outcome'>): boolean =>
  e.outcome === undefined || e.outcome === 'success';

/** A file in the evidence store. Workflows carry only this. */
export interface EvidenceRef {
  /** Path inside the case's folder in the store; holds no personal data. */
  readonly key: string;
  /** Of the plaintext. */
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What could not be read, in words for the case and the report. */
/** What somebody reads or takes. */
export type ReadingClass = 'messages' | 'files';

export interface Gap extends TenantRef {
  readonly source: string;
  /** Readings that no log shows because of it; the others take nothing from what is known of an exposure. */
  readonly hides?: ReadingClass;
  /** Stable code from the error catalogue. */
  readonly code: string;
  readonly text: string;
}

export interface SourceResult extends TenantRef {
  readonly source: string;
  readonly logSource: LogSource;
  readonly rows: number;
  readonly status: 'complete' | 'partial' | 'unavailable';
  /** How late a row of this source may still appear, in seconds: empty inside it means "not yet". */
  readonly lagSeconds: number;
  readonly gap?: Gap;
}

/** Result of one collection: the file, what each source gave, and the manifest that the evidence worker signed over it. */
export interface Collection extends TenantRef {
  readonly depth: Depth;
  readonly from: Instant;
  readonly to: Instant;
  readonly file: EvidenceRef;
  readonly sources: readonly SourceResult[];
  /** What this platform cannot show at all. */
  readonly limits?: readonly Gap[];
  readonly manifest: SignedManifest;
}

/**
 * Signed by the evidence worker over what it read with its own eyes. `grounds` are the automatic-step grounds that
 * hold in the evidence (computed by the worker itself with the pure rules), each with the session or account it ties to.
 */
export interface EvidenceManifest extends TenantRef {
  readonly caseId: string;
  readonly subjectId: string;
  readonly readAt: Instant;
  readonly policyDigest: string;
  readonly file: EvidenceRef;
  /** What was collected; the grounds are measured in it. */
  readonly window: CollectedWindow;
  /** Native ids of the subject's accounts here. */
  readonly accounts: readonly string[];
  readonly grounds: readonly Ground[];
  /** What of the vendor's answers could not be read, as it came. There when something was odd. */
  readonly odd?: EvidenceRef;
  /** The rows that the grounds are computed from, without content, for the containment worker to compute them again. There when a ground holds. */
  readonly groundRows?: EvidenceRef;
}
/** The window decides what is measured and what is the subject's own past. */
export interface CollectedWindow {
  readonly depth: Depth;
  readonly from: Instant;
  readonly to: Instant;
}
/** A ground for an automatic step: which rule, and the account and sessions that it ties to. */
export interface Ground {
  readonly rule: string;
  readonly nativeId: string;
  readonly sessionIds: readonly string[];
}
export interface SignedManifest {
  readonly manifest: EvidenceManifest;
  readonly keyId: string;
  /** Ed25519 over canonical JSON of `manifest`, base64url. */
  readonly signature: string;
}
