import type { AlertRef } from '../../domain/alert.js';
import type { ApprovalDecision, Decider, DecisionKey, Signed } from '../../domain/decision.js';
import type { ActionResult } from '../../domain/plan.js';
import type { Severity, TenantRef } from '../../domain/platform.js';
import type { CasePolicy } from '../../domain/policy.js';
import type { AuditChain } from '../../store/audit/chain.js';
import type { CaseWriter } from '../../store/cases/case-writer.js';
import type { IncidentLinks } from '../../store/cases/incident-links.js';
import type { EvidenceReader, EvidenceWriter } from '../../store/evidence-store.js';
import type { PolicyStore } from '../../store/policy-file.js';
import type { SubjectRegistry } from '../../store/subjects/registry.js';
import type { Clock } from '../context.js';

/** What the records role asks of other workflows, by workflow id. No answer is an error: the caller takes it as no. */
export interface WorkflowsPort {
  /** Update-with-start `joinAlerts` of the case. */
  joinAlerts(input: {
    readonly caseId: string;
    readonly subjectId: string;
    readonly home: TenantRef;
    readonly after: string;
    readonly alerts: readonly AlertRef[];
  }): Promise<void>;
  /** Signal-with-start `joinIncident` of the incident. */
  joinIncident(input: {
    readonly incidentId: string;
    readonly caseId: string;
    readonly severity: Severity;
    /** It had closed before it was found to belong there. */
    readonly closed?: true;
  }): Promise<void>;
  /** Query `containmentView`; undefined when the workflow is not known (any more). */
  containment(containmentId: string): Promise<
    | {
        readonly decisions: readonly Signed<ApprovalDecision>[];
        readonly results: readonly ActionResult[];
        readonly refused: readonly { readonly at: string; readonly code: string }[];
      }
    | undefined
  >;
}

export interface RecordsDeps {
  readonly policies: Pick<PolicyStore, 'current' | 'read'>;
  readonly keys: readonly DecisionKey[];
  /** Keys by which the containment worker vouches for its results. */
  readonly resultKeys: CasePolicy['resultKeys'];
  /** With the subject ids that they have now. */
  readonly deciders: () => Promise<readonly Decider[]>;
  /** Of deciders, for the report alone. */
  readonly names: ReadonlyMap<string, string>;
  readonly pace: CasePolicy['pace'];
  readonly mode: CasePolicy['mode'];
  /** All tenants of the organisation. */
  readonly tenants?: readonly TenantRef[];
  readonly profile: 'demo' | 'production';
  readonly chain: AuditChain;
  readonly index: CaseWriter;
  readonly links: IncidentLinks;
  readonly registry: Pick<SubjectRegistry, 'canonical' | 'merge' | 'profile' | 'profiles'>;
  readonly dossier: { readonly reader: EvidenceReader; readonly writer: EvidenceWriter };
  readonly reports: EvidenceWriter;
  readonly workflows: WorkflowsPort;
  readonly clock: Clock;
}
