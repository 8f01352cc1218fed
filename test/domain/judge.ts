import type { Escalation } from '../../domain/case.js';
import { ACTION_KINDS } from '../../domain/acts/index.js';
import type { Capability } from '../../domain/capability.js';
import { buildPlan } from '../../domain/containment-plan.js';
import { decideEscalation, type EscalationInput } from '../../domain/escalation.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding, Impact } from '../../domain/finding.js';
import { impactOf } from '../../domain/impact.js';
import { computeFindings, viewOf, type IndicatorInput } from '../../domain/indicators/index.js';
import { matchPatterns } from '../../domain/patterns.js';
import type { PlannedAction } from '../../domain/plan.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { hasForeignAccess, weigh, type Told } from '../../domain/weighing.js';
import { MICROSOFT_ORDER } from '../../platforms/microsoft/stopping-order.js';
import { after, defaultPolicy, HOUR, input } from './fixtures.js';

const ABLE: Capability = {
  order: MICROSOFT_ORDER,
  acts: Object.fromEntries(ACTION_KINDS.map((k) => [k, { reversible: true, undo: '', losses: '' }])),
  limitations: [],
};
const PERSON: SubjectFacts = {
  subjectId: 's-1',
  kind: 'person',
  vip: false,
  authority: 'slack',
  accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }],
  protectedBecause: [],
  readAt: after(0),
};

export interface Given {
  readonly indicators?: Partial<IndicatorInput>;
  /** What people said, and what could not be read. */
  readonly said?: Partial<
    Pick<EscalationInput, 'contact' | 'contactIsSafe' | 'interview' | 'gaps' | 'severity' | 'watch'>
  >;
  readonly subject?: SubjectFacts;
}
export interface Judged {
  readonly findings: readonly Finding[];
  readonly impact: Impact;
  readonly lines: readonly Told[];
  readonly escalation: Escalation;
  /** What would be proposed; nothing where nothing is escalated. */
  readonly acts: readonly PlannedAction[];
}

/** The pure part of a case: from rows to the decision and what may be proposed, as `assess`, the workflow and `planContainment` do it. */
export function judge(
  rows: readonly EvidenceEvent[],
  { indicators = {}, said = {}, subject = PERSON }: Given = {},
): Judged {
  const accounts = subject.accounts.map((a) => a.nativeId);
  const given = input(rows, { accounts, platform: 'slack', ...indicators });
  const findings = computeFindings(given);
  const view = viewOf(given);
  const patterns = matchPatterns(defaultPolicy.patterns, findings, rows);
  const impact = impactOf(findings, rows, defaultPolicy.critical, given.secrets ?? []);
  const lines = weigh({ view, findings, patterns, impact, critical: defaultPolicy.critical });
  const escalation = decideEscalation({
    ...{ lines, impact, foreignAccess: hasForeignAccess(view), settled: true },
    findings: findings.map((f) => ({ ...f, eventCount: f.events.length })),
    ...{ contact: 'not_contacted', contactIsSafe: true, severity: 'high', gaps: [] },
    policy: { decision: defaultPolicy.decision, contact: defaultPolicy.contact },
    ...said,
  });
  const plan = buildPlan({
    ...{ planId: 'p-1', caseId: 'case-s-1', purpose: 'containment', verdict: escalation.verdict, subject, findings },
    ...{
      events: rows,
      isProtectedAddress: () => false,
      policy: defaultPolicy.containment,
      policyDigest: '0'.repeat(64),
    },
    ...{ manifests: [], earlier: [], suspects: [], now: after(30 * HOUR), expiresAt: after(54 * HOUR) },
    capabilities: { slack: ABLE, microsoft: ABLE, google: ABLE },
    proposing: {
      weighed: escalation,
      confirmed: said.interview === 'no' ? ['insider'] : [],
      thresholds: defaultPolicy.decision.thresholds,
    },
  });
  return { findings, impact, lines, escalation, acts: escalation.decision === 'escalate' ? (plan?.actions ?? []) : [] };
}

export const outcomeOf = ({ escalation: { decision, verdict } }: Judged): string => `${decision} ${verdict}`;
/** For a failure's message: what was weighed. */
export const explain = ({ escalation, lines }: Judged): string =>
  `${escalation.decision} ${escalation.verdict} ${escalation.attack}: ${lines.map((l) => `${l.code} ×${l.strength}`).join(', ')}`;
