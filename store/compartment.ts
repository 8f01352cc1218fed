import type { ObjectStore } from './objects/object-store.js';

/** Encrypted files of cases, apart by who may read them (`RECIPIENTS`). */
export const COMPARTMENTS = ['evidence', 'grounds', 'dossier', 'reports'] as const;
export type Compartment = (typeof COMPARTMENTS)[number];

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
