import { join } from 'node:path';

/** Where each part of the state lies under the state folder (`QUELL_STATE`). */
export interface StatePaths {
  readonly root: string;
  /** Heads of the audit log, where the operator names no better place. */
  readonly auditHeads: string;
  readonly policies: string;
  /** Containment: the file `STOP`. */
  readonly containment: string;
  /** Demo profile only: generated keys. */
  readonly keys: string;
}

export function statePaths(root: string): StatePaths {
  const at = (name: string): string => join(root, name);
  return {
    root,
    auditHeads: at('audit-heads.jsonl'),
    policies: at('policies'),
    containment: at('containment'),
    keys: at('keys'),
  };
}
