/**
 * What the playbook needs of a platform. Each adapter implements what its vendor allows and declares what it cannot,
 * with the reason; the case turns the rest into tasks for people. Adapters know no Temporal.
 */
import type { TargetOf, TargetType } from '../domain/act-target.js';
import type { ActionKind, Phase, TargetOfKind } from '../domain/acts/index.js';
import type { ActWords } from '../domain/capability.js';
import type { Depth, EventKind, EvidenceEvent, LogSource, ReadingClass } from '../domain/evidence.js';
import type { Traces } from '../domain/pivot.js';
import type { VendorWrite } from '../domain/plan.js';
import type { Authority, Instant, TenantRef } from '../domain/platform.js';
import type { ProtectedBecause } from '../domain/subject.js';
import type { ErrorCode } from '../domain/errors.js';
import type { AffectedAccount, ResolvedTarget } from './resolve.js';
import type { Odd } from './kit/rows.js';
import type { SearchOptions, Sightings } from './sightings.js';

/** Flat facts in the vendor's own words, e.g. `{ accountEnabled: false }`. No secret, no mail address. */
export type VendorState = Readonly<Record<string, string | number | boolean>>;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Wraps one write at the vendor: see `WriteOptions.record`. */
export type RecordWrite = <T>(write: VendorWrite, send: () => Promise<T>) => Promise<T>;

export interface WriteOptions extends CallOptions {
  /**
   * Each write goes out through this, with what the result will list: `await (record ?? direct)(write, () => client.send(…))`. The caller
   * keeps it durable before it is sent, so that it is reported even when the process dies before the answer, and may refuse it by throwing.
   */
  readonly record?: RecordWrite;
}

/** A person or account as the vendor's directory shows it. Personal data: registry and evidence store only. */
export interface DirectoryEntry extends TenantRef {
  readonly nativeId: string;
  readonly kind: 'person' | 'guest' | 'app' | 'shared';
  readonly emails: readonly string[];
  readonly displayName: string;
  readonly active: boolean;
  readonly admin: boolean;
  readonly lastAdmin: boolean;
  readonly managerId?: string;
  readonly sponsorId?: string;
  readonly phone?: string;
  /** Set when the account is mastered elsewhere (federated, on-premises, SSO). */
  readonly masteredBy?: Authority;
  readonly timeZone?: string;
}

export interface Directory {
  lookup(
    by: { readonly nativeId: string } | { readonly email: string },
    options?: CallOptions,
  ): Promise<DirectoryEntry | undefined>;
  list(
    cursor: string | undefined,
    options?: CallOptions,
  ): Promise<{ readonly entries: readonly DirectoryEntry[]; readonly next?: string }>;
}

export interface SourceQuery {
  /** Native id on this platform, and known mail addresses (for sources that key on mail). */
  readonly nativeId: string;
  readonly emails: readonly string[];
  readonly from: Instant;
  readonly to: Instant;
  /** False: only metadata; `text` stays empty. */
  readonly readContent: boolean;
}

/** One log of a vendor. `read` gives pages in any order; a row read twice has the same id. The cursor is JSON text and survives a restart. */
export interface EvidenceSource {
  readonly id: string;
  readonly logSource: LogSource;
  readonly depth: Depth;
  readonly kinds: readonly EventKind[];
  /** Longest time after which a row may still appear. */
  readonly lagSeconds: number;
  read(query: SourceQuery, cursor: string | undefined, options?: CallOptions): Promise<SourcePage>;
}

/** What one read of a source gave. */
export interface SourcePage {
  readonly events: readonly EvidenceEvent[];
  /** Cursor of the next page; absent at the end. */
  readonly next?: string;
  /** What of the answer could not be read. It costs itself alone: it is kept as it came and told in the source's gap. */
  readonly odd?: readonly Odd[];
  /** Something beside the rows that this read could not have (one workspace of several refuses), in words; the source goes on. */
  readonly gap?: { readonly code: ErrorCode; readonly text: string };
}

/** What acts of a kind are handed: a target that was resolved at the vendor. */
export type ResolvedTargetOf<K extends ActionKind> = ResolvedTarget<TargetOfKind<K>['type']>;

/** An act at the vendor. All are idempotent: `apply` reads first and writes only what is missing. */
export interface ContainmentAct<K extends ActionKind = ActionKind> extends ActWords {
  readonly kind: K;
  /** How `apply` knows that it already holds or was sent by us, in words. */
  readonly recognised: string;
  /** What `verify` reads to prove it, in words. */
  readonly proof: string;
  /** How long until a read shows the effect, seconds. */
  readonly effectWithinSeconds: number;
  /** Acts that name the same thing here wait for each other: the vendor replaces a whole list on a change, and two writers would lose each other's entries. */
  readonly oneAtATime?: string;
  capture(target: ResolvedTargetOf<K>, options?: CallOptions): Promise<VendorState>;
  /** The writes that were sent, empty when it already held. `since` is when this step was first begun, to recognise an own earlier effect (a password changed after it). */
  apply(
    target: ResolvedTargetOf<K>,
    context: { readonly since: Instant; readonly idempotencyKey: string },
    options?: WriteOptions,
  ): Promise<readonly VendorWrite[]>;
  verify(
    target: ResolvedTargetOf<K>,
    context: { readonly since: Instant },
    options?: CallOptions,
  ): Promise<{ readonly holds: boolean; readonly state: VendorState }>;
  /** Puts back what `capture` saw; undefined where nothing can be undone. */
  revert?(target: ResolvedTargetOf<K>, before: VendorState, options?: WriteOptions): Promise<readonly VendorWrite[]>;
  /** Whether the effect still holds after `revert`, where `verify` cannot tell: what was put back has another id now. */
  verifyUndone?(
    target: ResolvedTargetOf<K>,
    before: VendorState,
    options?: CallOptions,
  ): Promise<{ readonly holds: boolean; readonly state: VendorState }>;
}

/** The acts of an adapter, each under its own kind. */
export type Acts = { readonly [K in ActionKind]?: ContainmentAct<K> };

/** What an adapter reads of a target, before it is judged. */
export type TargetReading<T extends TargetType = TargetType> = T extends TargetType ? ReadingOf<T> : never;
interface ReadingOf<T extends TargetType> {
  /** In the vendor's own spelling: ids as the vendor's answer has them, never as they were asked for. */
  readonly target: TargetOf<T>;
  /** Every account that a write to it affects, read now; `name` is for people who approve and is kept nowhere else. */
  readonly affects: readonly (AffectedAccount & { readonly name: string })[];
  readonly reach: 'accounts' | 'organisation';
  /** Why the thing itself is protected, whoever it belongs to: our own app, an address that the organisation trusts. */
  readonly protectedBecause: readonly ProtectedBecause[];
}

/**
 * How each type of target is found at the vendor: none, one, or several readings. A thing that is gone resolves to what it belonged to, so
 * that an act that holds already can be told from a wrong target. Reads alone. Errors: the vendor's; VENDOR_NOT_FOUND is none.
 */
export type Resolvers = {
  readonly [T in TargetType]?: (target: TargetOf<T>, options: CallOptions) => Promise<readonly TargetReading<T>[]>;
};

/** What this platform cannot do, for the case and the report, in words. */
export interface Limitation {
  /** An `ActionKind`, a source's id, or a thing in words. */
  readonly what: string;
  /** Readings that no log shows because of it. */
  readonly hides?: ReadingClass;
  readonly why: string;
  /** What a person does instead, and which proof they enter. */
  readonly instead: string;
}

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly value: string;
}
export interface OutgoingMessage {
  /** Look-before-post key: the same key is never posted twice. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  /** Buttons that answer by a signed callback; `value` is opaque. */
  readonly buttons?: readonly Button[];
  /** One more, that opens a form for an answer in the person's own words, where the platform has forms. */
  readonly form?: Button;
  /** A page of the console's public side where the answer is given by POST. */
  readonly link?: { readonly label: string; readonly url: string };
}
export interface Talk {
  /** `mail`, or the platform's channel of talk. */
  readonly channel: string;
  /** Sends to a person; `to` is a native id, or an address for mail. Returns the vendor's message id. */
  send(
    to: string,
    message: OutgoingMessage,
    options?: CallOptions,
  ): Promise<{ readonly messageId: string; readonly already: boolean }>;
  /** Opens the form for who pressed its button; not opened when the press is too old. Missing where the platform has no forms. */
  openForm?(press: FormPress, options?: CallOptions): Promise<{ readonly opened: boolean }>;
}

/** The press of the button that opens a form. */
export interface FormPress {
  /** The vendor's right to open one form; good for seconds. */
  readonly trigger: string;
  /** Of the button. It comes back with the form. */
  readonly value: string;
  /** Where words for the person are posted. */
  readonly replyTo?: string | undefined;
  readonly form: AnswerForm;
  /** What the person is told when no form can be opened any more. */
  readonly otherwise: string;
}

/** One answer out of some, and words if the person has any. */
export interface AnswerForm {
  readonly title: string;
  readonly text: string;
  readonly answer: {
    readonly label: string;
    readonly options: readonly { readonly id: string; readonly label: string }[];
  };
  readonly words: { readonly label: string };
  readonly submit: string;
  readonly cancel: string;
}

/** What each credential set of an adapter offers. A role builds only what its credentials allow. */
export interface EvidencePort extends TenantRef {
  readonly directory: Directory;
  readonly sources: readonly EvidenceSource[];
  readonly limitations: readonly Limitation[];
  /** Who else of the tenant has an attacker's traces, the subject too. A log that can't be searched by one of them is a gap, never a failure. */
  findSightings?(traces: Traces, from: Instant, to: Instant, options?: SearchOptions): Promise<Sightings>;
}
export interface ContainmentPort extends TenantRef {
  readonly acts: Acts;
  /** The phases in the order in which they are safe at this vendor, earlier first. */
  readonly order: readonly Phase[];
  readonly limitations: readonly Limitation[];
  readonly resolvers: Resolvers;
}
export interface TalkPort extends TenantRef {
  readonly talk: readonly Talk[];
  readonly limitations: readonly Limitation[];
}
