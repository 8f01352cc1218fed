import { QuellError } from '../../domain/errors.js';
import { shredCase } from '../case-keys.js';
import { COMPARTMENTS, type CaseStorage, type Compartment } from '../compartment.js';
import type { CasePart } from '../../domain/retention.js';

/** What is read at the vendors, and what rests on it; all the rest is the dossier's. */
const OF_EVIDENCE: readonly Compartment[] = ['evidence', 'grounds'];

/** Compartments that go with parts of a case. */
export const compartmentsOf = (parts: readonly CasePart[]): readonly Compartment[] =>
  COMPARTMENTS.filter((one) => parts.includes(OF_EVIDENCE.includes(one) ? 'evidence' : 'dossier'));

/**
 * Destroys a case's keys in these compartments, and only then its files: cut off in between, none of them opens. Files that a bucket has locked stay, unreadable, until a rule of
 * the bucket takes them away. Errors: STORE; STORE_REFUSED for keys.
 */
export async function forgetFiles(
  storage: CaseStorage,
  caseId: string,
  compartments: readonly Compartment[],
): Promise<void> {
  for (const compartment of compartments) await shredCase({ compartment, keys: storage.keys }, caseId);
  for (const compartment of compartments)
    await storage.files.remove(`${compartment}/files/${caseId}/`).catch(unlessRefused);
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof QuellError && error.code === 'STORE_REFUSED')) throw error;
}
