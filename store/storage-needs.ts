import { COMPARTMENTS } from './compartment.js';
import type { Role } from './role-keys.js';

/** `subjects`: the keys of those, which lie with the keys of cases. */
export const STORED = [...COMPARTMENTS, 'subjects'] as const;
export type Stored = (typeof STORED)[number];

/** `seal`: to write keys alone. */
export type Need = 'read' | 'write' | 'seal' | 'remove';

/** What each role does where files of cases and keys lie, and with the key of KMS of a compartment: who reads opens, who writes or seals wraps. The table of docs/operations.md. */
export const STORAGE_NEEDS: Readonly<Record<Role, Partial<Readonly<Record<Stored, readonly Need[]>>>>> = {
  playbook: {},
  intake: {},
  evidence: {
    ...{ evidence: ['write'], grounds: ['write'] },
    ...{ spool: ['read', 'write', 'remove'], subjects: ['read', 'write'] },
  },
  analysis: { evidence: ['read'], dossier: ['read', 'write'], subjects: ['read'] },
  people: { subjects: ['read'] },
  // It seals its notes with keys that lie with the grounds.
  containment: { grounds: ['read', 'seal'], dossier: ['write'] },
  records: {
    ...{ evidence: ['remove'], grounds: ['remove'], spool: ['remove'] },
    ...{ dossier: ['read', 'write', 'remove'], reports: ['write', 'remove'], subjects: ['read', 'remove'] },
  },
  console: { dossier: ['read', 'write'], reports: ['read'], subjects: ['read', 'write'] },
};
