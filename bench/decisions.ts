import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { page } from '../activities/records/report/page.js';
import { seriesOf } from '../activities/analysis/series.js';
import type { Report } from '../activities/records/report/data.js';
import { clearanceOf, refuseDecision, type ApprovalContext } from '../domain/approval.js';
import { digest } from '../domain/canonical.js';
import type { Capability } from '../domain/capability.js';
import { buildPlan } from '../domain/containment-plan.js';
import { targetWords } from '../domain/target-words.js';
import type { ApprovalDecision, Signed } from '../domain/decision.js';
import { decideEscalation, type EscalationInput } from '../domain/escalation.js';
import type { EvidenceEvent } from '../domain/evidence.js';
import type { EvidenceLine } from '../domain/explanations.js';
import type { Finding, Impact, PatternMatch, QuestionAnswer } from '../domain/finding.js';
import { impactOf } from '../domain/impact.js';
import { computeFindings, viewOf, volumes, type IndicatorInput } from '../domain/indicators/index.js';
import { matchPatterns } from '../domain/patterns.js';
import { ACTION_KINDS, PHASES } from '../domain/acts/index.js';
import type { ContainmentPlan } from '../domain/plan.js';
import type { Policy } from '../domain/policy.js';
import { answerQuestions } from '../domain/questions.js';
import { hasForeignAccess, weigh } from '../domain/weighing.js';
import { verifyKeyFromHex } from '../store/key-ring.js';
import { PolicySchema } from '../store/policy-schema.js';
import { signBody } from '../store/signing.js';
import type { Task } from './measure.js';
import { evidenceRows, FOCUS_FROM } from './rows.js';

const NOW = '2026-03-10T12:00:00.000Z';
const LATER = '2026-03-10T16:00:00.000Z';
const DECISIONS = 50;

interface Assessed {
  readonly events: readonly EvidenceEvent[];
  readonly findings: readonly Finding[];
  readonly patterns: readonly PatternMatch[];
  readonly impact: Impact;
  readonly questions: readonly QuestionAnswer[];
  readonly lines: readonly EvidenceLine[];
  readonly foreignAccess: boolean;
}

/** The pure part of the activity `assess`: everything that is said about a case from its rows. */
function assessed(policy: Policy, events: readonly EvidenceEvent[]): Assessed {
  const input: IndicatorInput = {
    events,
    accounts: ['U1'],
    thresholds: policy.indicators,
    focusFrom: FOCUS_FROM,
    platform: 'slack',
  };
  const findings = computeFindings(input);
  const view = viewOf(input);
  const patterns = matchPatterns(policy.patterns, findings, events);
  const impact = impactOf(findings, events, policy.critical, []);
  return {
    ...{ events, findings, patterns, impact },
    lines: weigh({ view, findings, patterns, impact, critical: policy.critical }),
    foreignAccess: hasForeignAccess(view),
    questions: answerQuestions({
      findings,
      sources: [],
      volumes: volumes(view),
      involvements: 0,
      involvementThreshold: policy.indicators.involvement,
      counts: {},
    }),
  };
}

/** Assessment, decision, plan, approval and report. */
export function decisionTasks(): readonly Task[] {
  const policy = PolicySchema.parse(parse(readFileSync(new URL('../policy/default.yaml', import.meta.url), 'utf8')));
  const known = assessed(policy, evidenceRows(1_000));
  const plan = planOf(policy, known);
  return [
    ...[1_000, 10_000, 50_000].map((n): Task => {
      const rows = evidenceRows(n);
      return {
        name: `assess ${n.toLocaleString('en')} rows`,
        unit: 'rows',
        count: rows.length,
        run: () => assessed(policy, rows),
      };
    }),
    escalations(policy, known),
    {
      name: 'plan the containment',
      unit: 'plans',
      count: DECISIONS,
      run: () => times(DECISIONS, () => planOf(policy, known)),
    },
    approvals(policy, plan),
    {
      name: 'render the report',
      unit: 'pages',
      count: 20,
      run: () => times(20, () => page(reportOf(known, plan))),
    },
  ];
}

const escalationInput = (policy: Policy, { findings, impact, lines, foreignAccess }: Assessed): EscalationInput => ({
  ...{ lines, impact, foreignAccess, policy },
  findings: findings.map((f) => ({ ...f, eventCount: f.events.length })),
  contact: 'not_me',
  contactIsSafe: true,
  severity: 'high',
  gaps: [],
  settled: true,
});

function escalations(policy: Policy, known: Assessed): Task {
  const input = escalationInput(policy, known);
  return {
    name: 'decide the escalation',
    unit: 'decisions',
    count: DECISIONS * 40,
    run: () => times(DECISIONS * 40, () => decideEscalation(input)),
  };
}

function planOf(policy: Policy, known: Assessed): ContainmentPlan {
  const { events, findings } = known;
  const { thresholds } = policy.decision;
  const plan = buildPlan({
    planId: 'p-1',
    caseId: 'case-1',
    purpose: 'containment',
    verdict: 'compromised',
    proposing: { weighed: decideEscalation(escalationInput(policy, known)), confirmed: [], thresholds },
    subject: {
      subjectId: 's-1',
      kind: 'person',
      vip: false,
      authority: 'slack',
      accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }],
      protectedBecause: [],
      readAt: NOW,
    },
    findings,
    events,
    isProtectedAddress: () => false,
    policy: policy.containment,
    policyDigest: '0'.repeat(64),
    capabilities: { slack: ABLE, microsoft: ABLE, google: ABLE },
    manifests: [],
    earlier: [],
    suspects: [],
    now: NOW,
    expiresAt: LATER,
  });
  if (!plan) throw new Error('the rows of the benchmark give a plan');
  return plan;
}

const ABLE: Capability = {
  order: PHASES,
  acts: Object.fromEntries(ACTION_KINDS.map((kind) => [kind, { reversible: true, undo: 'put back', losses: '' }])),
  limitations: [],
};

/** What workflow and containment worker do with each decision: signature, digest, role, expiry, then how the steps stand. */
function approvals(policy: Policy, plan: ContainmentPlan): Task {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = verifyKeyFromHex(raw.toString('hex'));
  const body: ApprovalDecision = {
    type: 'approval',
    caseId: plan.caseId,
    planId: plan.planId,
    planDigest: digest(plan),
    verb: 'approve',
    personId: 'ann',
    role: 'responder',
    at: NOW,
    expiresAt: LATER,
    nonce: randomUUID(),
  };
  const signed: Signed<ApprovalDecision> = signBody(body, { ...key, privateKey });
  const context: ApprovalContext = {
    plan,
    planDigest: body.planDigest,
    rules: policy.containment.approvalRules,
    deciders: [{ personId: 'ann', roles: ['responder'] }],
    keys: [{ ...key, holder: { kind: 'person', personId: 'ann' } }],
  };
  return {
    name: 'check a signed decision',
    unit: 'decisions',
    count: DECISIONS,
    run: () =>
      times(DECISIONS, () => {
        const refused = refuseDecision(signed, context, [], NOW);
        if (refused) throw new Error(`the decision of the benchmark was refused: ${refused}`);
        return clearanceOf(context, [signed]);
      }),
  };
}

function reportOf({ events, findings, patterns, questions, impact }: Assessed, plan: ContainmentPlan): Report {
  return {
    case: {
      caseId: plan.caseId,
      subject: { id: plan.subjectId, name: 'Ada Example', kind: 'person', vip: false, mails: [], accounts: ['slack'] },
      openedAt: NOW,
      reportedAt: LATER,
      stage: 'closed',
      severity: 'high',
      alerts: [],
      alertCount: 0,
      policyDigest: plan.policyDigest,
      mode: 'live',
      demo: true,
      impact,
      evidence: [],
      refused: [],
      tasks: [],
    },
    verdict: 'compromised',
    episodes: [],
    changes: [],
    others: [],
    timeline: Array.from({ length: 60 }, (_, i) => ({ at: NOW, stage: 'triage' as const, text: `line ${i}` })),
    findings,
    patterns,
    questions,
    decisions: [],
    actions: plan.actions.map((action) => ({
      ...action,
      about: targetWords(action.target),
      planId: plan.planId,
      planDigest: digest(plan),
      purpose: plan.purpose,
      status: 'done' as const,
      at: NOW,
      text: 'Written and read back.',
      verified: true,
      writes: [],
      allowedBy: [],
    })),
    gaps: [],
    series: seriesOf(events, findings),
  };
}

function times(n: number, work: () => unknown): void {
  for (let i = 0; i < n; i++) work();
}
