import type { ObjectStore } from './objects/object-store.js';

/** Of which the audit log names the files. */
export const KEPT_COMPARTMENTS = ['evidence', 'grounds', 'dossier', 'reports'] as const;
export type KeptCompartment = (typeof KEPT_COMPARTMENTS)[number];

/** Encrypted files of cases, apart by who may read them (`RECIPIENTS`); `spool`: progress of collections, until they are written. */
export const COMPARTMENTS = [...KEPT_COMPARTMENTS, 'spool'] as const;
export type Compartment = (typeof COMPARTMENTS)[number];

/** Of no case: what tries the places. */
export const PROBE = 'quell-check';

/** Where cases are kept. Destroying a case is destroying its keys, so that they may lie apart from the files, where no backup of those brings them back. */
export interface CaseStorage {
  /** `<compartment>/files/<case>/<name>.<hash>`, encrypted. */
  readonly files: ObjectStore;
  /** `<compartment>/keys/<case>/<key id>.json`, wrapped. */
  readonly keys: ObjectStore;
}

/** One compartment of it. */
export interface Place extends CaseStorage {
  readonly compartment: Compartment;
}
