import { join } from 'node:path';

/** Where each part of the state lies under the state folder (`QUELL_STATE`). */
export interface StatePaths {
  readonly root: string;
  /** Raw evidence: recipient `analysis` alone. */
  readonly evidence: string;
  /** Rows of automatic grounds, without content: recipient `containment` alone. */
  readonly grounds: string;
  /** Findings, plans, free text, alerts, reports' sources: every role that explains or acts. */
  readonly dossier: string;
  readonly audit: string;
  readonly auditSpool: string;
  readonly registry: string;
  readonly cases: string;
  readonly policies: string;
  readonly reports: string;
  /** Console: sessions that people ended before their time. */
  readonly endedSessions: string;
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
    audit: at('audit'),
    auditSpool: at('audit-spool'),
    registry: at('registry'),
    cases: at('cases'),
    policies: at('policies'),
    reports: at('reports'),
    endedSessions: at('ended-sessions'),
    containment: at('containment'),
    keys: at('keys'),
  };
}
