import { QuellError } from '../../domain/errors.js';
import { shredCase } from '../case-keys.js';
import { COMPARTMENTS, type CaseStorage, type Compartment } from '../compartment.js';
import type { CasePart } from '../../domain/retention.js';

/** What is read at the vendors, and what rests on it; all the rest is the dossier's. */
const OF_EVIDENCE: readonly Compartment[] = ['evidence', 'grounds', 'spool'];

/** Compartments that go with parts of a case; all with the row, for what was written after its part had gone, as the note of a hold. */
export const compartmentsOf = (parts: readonly CasePart[]): readonly Compartment[] =>
  COMPARTMENTS.filter(
    (one) => parts.includes('row') || parts.includes(OF_EVIDENCE.includes(one) ? 'evidence' : 'dossier'),
  );

/**
 * Destroys a case's keys in these compartments, and only then its files: cut off in between, none of them opens. Files that the place does not give away, as a bucket those that it
 * has locked, stay, unreadable. Answers how many. Errors: STORE; STORE_REFUSED for keys.
 */
export async function forgetFiles(
  storage: CaseStorage,
  caseId: string,
  compartments: readonly Compartment[],
): Promise<number> {
  for (const compartment of compartments) await shredCase({ compartment, keys: storage.keys }, caseId);
  let left = 0;
  for (const compartment of compartments) left += await removeFiles(storage, `${compartment}/files/${caseId}/`);
  return left;
}

/** How many stay. */
async function removeFiles({ files }: CaseStorage, prefix: string): Promise<number> {
  try {
    await files.remove(prefix);
    return 0;
  } catch (error) {
    if (!(error instanceof QuellError && error.code === 'STORE_REFUSED')) throw error;
  }
  let left = 0;
  for await (const _ of files.list(prefix)) left += 1;
  return left;
}
