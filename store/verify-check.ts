import { readdir } from 'node:fs/promises';
import { QuellError, type ErrorCode } from '../domain/errors.js';
import { errno, io } from './files.js';

/** What can be wrong with a state folder. The codes are stable: they stand in the output and in its JSON. */
export const PROBLEMS = {
  NOTHING_TO_VERIFY: 'the audit chain has no line, so nothing here can be proven',
  CASE_UNKNOWN: 'neither the audit chain nor the case index knows this case',
  CHAIN_BROKEN: 'the audit chain does not hold from here on',
  ENTRY_MALFORMED: 'this entry is in the audit chain, and is not one that Quell writes: a role was somebody else',
  CASE_NOT_IN_CHAIN: 'the case index knows this case, the audit chain does not',
  CASE_NOT_IN_INDEX: 'the audit chain knows this case, the case index does not',
  EVIDENCE_MISSING: 'the audit chain names this evidence file, and it is not there',
  EVIDENCE_CHANGED: 'this evidence file is not the one that was written',
  MANIFEST_MISSING: 'the manifest of this evidence is not there',
  MANIFEST_CHANGED: 'this manifest does not prove its evidence',
  GROUNDS_MISSING: 'the audit chain names these rows of an automatic ground, and they are not there',
  GROUNDS_CHANGED: 'these rows of an automatic ground are not those that were written',
  DOSSIER_MISSING: 'the audit chain names this dossier file, and it is not there',
  DOSSIER_CHANGED: 'this dossier file is not the one that was written',
  KEYS_MISSING: 'this key of a case is gone, and the audit chain does not say that it was deleted',
  POLICY_MISSING: 'a case was pinned to this policy, and it is not there',
  POLICY_CHANGED: 'this policy does not hash to its name',
  REPORT_MISSING: 'the audit chain names this report, and it is not there',
  REPORT_CHANGED: 'this report is not the one that was written',
  ACTION_NOT_IN_LEDGER: 'the audit chain tells of this step, the ledger of the containment worker does not',
  ACTION_NOT_IN_CHAIN: 'the ledger of the containment worker tells of this step, the audit chain does not',
  LEDGER_MISSING: 'the audit chain vouches for this row of the containment ledger, and it is not there',
  LEDGER_CHANGED: 'this row of the containment ledger is not the one that was written',
  LEDGER_NOT_IN_CHAIN: 'this row of the containment ledger was written by nobody who told the audit log of it',
  HEAD_MALFORMED: 'this line of the heads that were kept elsewhere is none: torn, or of another program',
  HEAD_UNSIGNED: 'this head that was kept elsewhere is not signed by a known key: it proves nothing',
  STAMP_MISSING: 'none of the heads that were kept elsewhere has a time stamp',
  STAMP_WRONG: 'the time stamp of this head is not one over it by the authority that was named',
  ENTRY_WAITS: 'this entry has waited for the audit chain for over a minute: is the records role running?',
  ENTRY_LOST: 'this entry was noted, and is neither in the audit chain nor on its way',
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

export interface Problem {
  readonly code: ProblemCode;
  /** The case, file, line or step that it is about. */
  readonly what: string;
  /** In words. */
  readonly why: string;
}

export interface Check {
  readonly name: string;
  /** `bad` when there is a problem; `not_checked` when keys to check with were not given. */
  readonly outcome: 'ok' | 'bad' | 'not_checked';
  /** In words: what was checked, or how many things are wrong. */
  readonly why: string;
  /** How many lines or files were looked at. */
  readonly count: number;
  readonly problems: readonly Problem[];
}

export function problem(code: ProblemCode, what: string, detail?: string): Problem {
  return { code, what, why: detail === undefined ? PROBLEMS[code] : `${PROBLEMS[code]}: ${detail}` };
}

/** Good when nothing is wrong. */
export function checked(name: string, count: number, problems: readonly Problem[], good: string): Check {
  if (problems.length === 0) return { name, outcome: 'ok', why: good, count, problems };
  return { name, outcome: 'bad', why: `${problems.length} wrong`, count, problems };
}

/** Says nothing of what is stored: it could not be read. */
const UNREAD: ReadonlySet<ErrorCode> = new Set(['STORE', 'STORE_REFUSED', 'CONFIG']);

/** Why a stored thing does not hold; undefined when it does. That it cannot be read at all is thrown. */
export async function failure(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof QuellError) || UNREAD.has(error.code)) throw error;
    return error.detail ?? error.message;
  }
}

/** Names in a folder, none when it is not there. Errors: STORE. */
export async function namesIn(dir: string): Promise<readonly string[]> {
  return io('state folder', async () => {
    try {
      return (await readdir(dir)).sort();
    } catch (error) {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    }
  });
}
