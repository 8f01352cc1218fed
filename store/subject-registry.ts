import type { AccountRef, Instant, Platform } from '../domain/platform.js';
import type { SubjectFacts } from '../domain/subject.js';
import { QuellError } from '../domain/errors.js';
import type { SecretKey } from './key-ring.js';

/** What identifies: an account, or a mail address. A display name never. */
export type Alias = AccountRef | { readonly mail: string };

/** A person (or app) as the directories and the override file show them. Personal data: never in Temporal. */
export interface SubjectProfile {
  readonly subjectId: string;
  readonly kind: SubjectFacts['kind'];
  readonly name?: string;
  readonly mails: readonly string[];
  readonly accounts: readonly AccountRef[];
  readonly authority: Platform | 'other';
  /** Subject ids. */
  readonly managerId?: string;
  readonly sponsorId?: string;
  readonly phone?: string;
  /** IANA. */
  readonly timeZone?: string;
  readonly vip: boolean;
  readonly readAt: Instant;
}

export interface Resolution {
  readonly subjectId: string;
  readonly created: boolean;
  /** Other subjects that the aliases belong to as well: kept separate; make a task. */
  readonly ambiguous: readonly string[];
}

/**
 * Gives each subject a random permanent id at first sight. Encrypted append-only log that many processes read and write without a lock:
 * the first binding in the log wins; a verified one (from a directory or the override file) takes an alias from a claimed one. Errors: STORE, STORE_TAMPERED.
 */
export class SubjectRegistry {
  static open(_dir: string, _key: SecretKey, _options?: { readonly overridesFile?: string }): Promise<SubjectRegistry> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** The subject of aliases that belong together by an alert's claim; creates one when none is known. Accounts count before mail addresses. Known subjects get no new alias by it. */
  resolve(_aliases: readonly Alias[]): Promise<Resolution> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Looks up without creating. */
  find(_alias: Alias): Promise<string | undefined> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Binds aliases as verified (directory look-up). What another subject already holds verified is a conflict and stays there. */
  bind(_subjectId: string, _aliases: readonly Alias[]): Promise<{ readonly conflicts: readonly { readonly alias: Alias; readonly subjectId: string }[] }> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Notes that two ids are one subject; everything resolves to `into` from then on. */
  merge(_from: string, _into: string): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** The id that stays, after merges. */
  canonical(_subjectId: string): Promise<string> {
    throw new QuellError('STORE', 'not there yet');
  }
  profile(_subjectId: string): Promise<SubjectProfile | undefined> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Written by identify and the directory sync; appended only when something changed (`readAt` aside). Override fields win when read. */
  setProfile(_profile: SubjectProfile): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  aliases(_subjectId: string): Promise<readonly { readonly alias: Alias; readonly verified: boolean }[]> {
    throw new QuellError('STORE', 'not there yet');
  }
}
