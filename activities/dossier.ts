import type { Fact, Whose } from '../domain/attribution.js';
import type { Gap, WeakenedControl } from '../domain/evidence.js';
import type { Known, Unit } from '../domain/exposure-items.js';
import type { Confidence, Finding, Impact, PatternMatch, QuestionAnswer } from '../domain/finding.js';
import type { Instant, Platform } from '../domain/platform.js';
import type { Told } from '../domain/weighing.js';

/** Volumes of one hour, all platforms together. */
export interface HourVolume {
  /** Start of the hour. */
  readonly hour: Instant;
  readonly sent: number;
  readonly received: number;
  readonly files: number;
}

/** One sign-in, for the picture and the list. */
export interface SignInPoint {
  readonly at: Instant;
  readonly platform: Platform;
  readonly ip?: string;
  readonly country?: string;
  readonly asName?: string;
  readonly failed: boolean;
  /** True when a finding cites it. */
  readonly suspicious: boolean;
}

/**
 * The whole of an assessment, in the dossier compartment of the evidence store under the name `assessment`. Holds personal data.
 * Workflows carry its reference and the digests alone.
 */
export interface Dossier {
  readonly findings: readonly Finding[];
  readonly questions: readonly QuestionAnswer[];
  readonly patterns: readonly PatternMatch[];
  readonly impact: Impact;
  readonly series: { readonly volumes: readonly HourVolume[]; readonly signIns: readonly SignInPoint[] };
  readonly gaps: readonly Gap[];
  /** What speaks for and against each explanation, with the rows that show it; absent in dossiers of older versions. */
  readonly lines?: readonly Told[];
  readonly episodes?: readonly EpisodeNote[];
}

/** An episode as people read it. */
export interface EpisodeNote {
  readonly id: string;
  readonly attribution: Whose;
  readonly score: number;
  readonly platforms: readonly Platform[];
  /** Address, device, app: what tells it from the others. */
  readonly place: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly acts: number;
  readonly attempts: number;
  /** What was done most. */
  readonly operations: readonly string[];
  readonly facts: readonly Fact[];
  /** What follows is absent in dossiers of older versions. Channels, files, groups and others by name, those that it touched most first. */
  readonly things?: readonly string[];
  /** Ids as the logs have them, of what is not the person's; a few of each. */
  readonly addresses?: readonly string[];
  readonly devices?: readonly string[];
  readonly sessions?: readonly string[];
  readonly apps?: readonly { readonly id: string; readonly name?: string }[];
  /** The vendors' own words about it: `session_fingerprint`. */
  readonly reasons?: readonly string[];
  readonly changes?: readonly Change[];
}

/** A setting, right or way in that was changed, as the log has it. */
export interface Change {
  readonly at: Instant;
  readonly platform: Platform;
  readonly operation: string;
  /** Name and id of what was changed, or of whom. */
  readonly target?: string;
  /** The role that was given or taken. */
  readonly role?: string;
  /** The protection that it takes away. */
  readonly weakens?: WeakenedControl;
}

export const DOSSIER_NAMES = {
  assessment: 'assessment',
  exposure: 'exposure-ledger',
  disclosure: 'disclosure',
  plan: (planId: string): string => `plan-${planId}`,
  /** Names of the accounts that a plan affects, as they were read for those who decide. */
  names: (planId: string): string => `names-${planId}`,
  /** The alerts of one join, one row each, with what the detector sent. */
  alerts: 'alerts',
  /** Free text of a person, so that Temporal holds its key alone. */
  note: 'note',
} as const;

/** What a person wrote into a task's form, or added to an answer. The case holds the key of this file in its place. */
export interface Note {
  readonly text: string;
}

/** Whether a value stands for a note. */
export const isNoteKey = (value: unknown): value is string =>
  typeof value === 'string' && /^note\.[0-9a-f]{40}$/.test(value);

/** One thing that was read or taken, in the exposure ledger. Holds personal data. */
export interface LedgerEntry {
  readonly type: 'conversation' | 'message' | 'file' | 'link' | 'secret' | 'export' | 'api';
  /** Vendor's id, for secrets the fingerprint, for calls of an app its id and the operation. */
  readonly id: string;
  readonly name?: string;
  readonly platform: Platform;
  readonly at: Instant;
  /** The vendor's operation that shows it, in words. */
  readonly how: string;
  /** It left the organisation: public link, external recipient, export. */
  readonly left: boolean;
  readonly critical: boolean;
  readonly confidence: Confidence;
  /** How it is known. A ledger that is older than that does not say. */
  readonly known?: Known;
  /** How many things of `unit` the line stands for, where it is not one. */
  readonly count?: number;
  readonly unit?: Unit;
  /** The log gives the number and not which: at most so many. */
  readonly upTo?: true;
  readonly calls?: number;
  readonly bytes?: number;
  /** A link to the outside: whether a row shows that somebody there used it. */
  readonly used?: 'yes' | 'unknown';
  /** Ids of the events. */
  readonly events: readonly string[];
}
