import { join } from 'node:path';

/** Where each part of the state lies under the state folder (`QUELL_STATE`). */
export interface StatePaths {
  readonly root: string;
  /** Raw evidence: recipient `analysis` alone. */
  readonly evidence: string;
  /** Rows of automatic grounds, without content: recipient `containment` alone. */
  readonly grounds: string;
  /** Findings, plans, free text, alerts: every role that explains or acts. */
  readonly dossier: string;
  /** Heads of the audit log, where the operator names no better place. */
  readonly auditHeads: string;
  readonly policies: string;
  /** Reports as HTML and JSON: recipients `records`, `console`. */
  readonly reports: string;
  /** Containment: the file `STOP`. */
  readonly containment: string;
  /** Demo profile only: generated keys. */
  readonly keys: string;
}

export function statePaths(root: string): StatePaths {
  const at = (name: string): string => join(root, name);
  return {
    root,
    evidence: at('evidence'),
    grounds: at('grounds'),
    dossier: at('dossier'),
    auditHeads: at('audit-heads.jsonl'),
    policies: at('policies'),
    reports: at('reports'),
    containment: at('containment'),
    keys: at('keys'),
  };
}
