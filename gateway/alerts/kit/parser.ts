import type { Alert, AlertSubject } from '../../../domain/alert.js';
import type { Instant, Platform, Severity } from '../../../domain/platform.js';
import type { SenderAuth } from '../../intake/verify-sender.js';
import type { Fields, Look } from './fields.js';

/** Where a body came from and when. */
export interface AlertContext {
  readonly source: string;
  /** Name of a format in the registry (`gateway/alerts/formats.ts`), or of the operator's own (`mapping`). */
  readonly format: string;
  /** Reads the format where it is the source's own: what a mapping file says. */
  readonly parser?: AlertParser | undefined;
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
  readonly about?: AboutFormat;
  /** Of a parser that a mapping made its text: another thread makes the same of it. */
  readonly taught?: string;
}

/** What people are told of a format: its row and its section in docs/alerts.md, and the words of its refusals. */
export interface AboutFormat {
  /** The word in the configuration, and the folder's name. */
  readonly name: string;
  /** Who makes it, as its users call it. */
  readonly product: string;
  /** What sends it, in which forms. */
  readonly sends: string;
  /** Proofs that its sender can give, the best first. */
  readonly auth: readonly SenderAuth['auth'][];
  /** By which fields a body is known to be of it. */
  readonly shape: string;
  /** The field that identifies an alert. */
  readonly identity: string;
  /** Where the subjects stand, and who is none. */
  readonly subjects: string;
  /** What says that an alert is new, goes on or is over. */
  readonly states: string;
  /** What the sender must be set up to do. */
  readonly setUp: string;
  /** Paths without which `sample.json` names nobody: docs show the answer. The last part may be a name in a line of text (`lines.0.suser`). */
  readonly nobodyWithout: readonly string[];
}

/** A format of the registry: a folder of `gateway/alerts/`. */
export interface AlertFormat extends AlertParser {
  readonly about: AboutFormat;
}

/** A candidate for a subject, as it was written: `identified` of kit/accounts.ts says what of it identifies. */
export interface NamedSubject {
  readonly kind?: AlertSubject['kind'] | undefined;
  /** A mail address or principal name in any of the vendors' forms; a bare or on-premises name counts with `domain`. */
  readonly email?: string | undefined;
  /** The mail suffix of a name that is given without it. */
  readonly domain?: string | undefined;
  readonly nativeId?: string | undefined;
  /** A Windows security identifier: that of a cloud account holds its id. */
  readonly sid?: string | undefined;
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
  /** Where subjects were looked for, for whom an alert is refused that names nobody (`lookingFor`). */
  readonly lookedFor?: () => readonly Look[];
  /** Why there may be no subject, for the person who looks into it. */
  readonly noSubject?: string;
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly severityRaw?: string | undefined;
  readonly occurredAt: Instant | undefined;
  readonly detectedAt?: Instant | undefined;
  /** Each may hold several, with ports, lists and brackets. */
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

/** The subjects of an alert, and where they were looked for. */
export function lookingFor(
  f: Fields,
  read: (f: Fields) => readonly NamedSubject[],
): Pick<AlertParts, 'subjects' | 'lookedFor'> {
  return { subjects: read(f), lookedFor: looksOf(f, read) };
}

/** Where a way of reading looks, for subjects that are read together with the rest. */
export const looksOf = (f: Fields, read: (f: Fields) => unknown) => (): readonly Look[] => {
  const looks: Look[] = [];
  read(f.watched(looks));
  return looks;
};
