import type { AlertRef } from '../../../domain/alert.js';
import { digest } from '../../../domain/canonical.js';
import type { ExposureSummary } from '../../../domain/case.js';
import type { Collection, Depth } from '../../../domain/evidence.js';
import type { Assessment, FindingDigest, FindingKind, Impact } from '../../../domain/finding.js';
import { idsOf } from '../../../domain/act-target.js';
import type { ActionKind } from '../../../domain/acts/index.js';
import type { ActionResult, ContainmentPlan, PlannedAction } from '../../../domain/plan.js';
import type { Instant, TenantRef } from '../../../domain/platform.js';
import type { CasePolicy } from '../../../domain/policy.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import { DEFAULT_DECISION, pinned } from '../../../domain/weights.js';
import type { ContainmentInput } from '../../../workflows/messages.js';
import { authored, DECIDERS, KEYS, RESULT_KEYS } from './people.js';

export const HOME: TenantRef = { platform: 'slack', tenant: 'main' };
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const LAG_SECONDS = 6 * 3_600;
/** The server's clock runs ahead of ours by all the time that it skipped. */
const NEVER = '2099-01-01T00:00:00.000Z';

export const plus = (at: Instant, ms: number): Instant => new Date(Date.parse(at) + ms).toISOString();

/** Answers within an hour, decisions within two, the containment watched daily for three days. */
export const casePolicy = (change: Partial<CasePolicy> = {}): CasePolicy => ({
  digest: 'd'.repeat(64),
  contact: {
    channels: ['mail'],
    answerWithinMinutes: 60,
    silence: { info: 'close', low: 'close', medium: 'watch', high: 'watch', critical: 'watch' },
  },
  containment: {
    approvalRules: [
      { name: 'one', quorum: 1, roles: ['responder', 'lead'] },
      { name: 'two', quorum: 2, roles: ['lead'] },
    ],
    approvalWithinMinutes: 120,
    holdChecks: 3,
    holdEveryMinutes: 24 * 60,
  },
  disclosure: {
    significantItems: 10,
    significantSecrets: 1,
    acknowledgeWithinMinutes: 30,
    clocks: [
      { id: 'gdpr-33', name: 'GDPR Art. 33', hours: 72, basis: 'awareness' },
      {
        ...{ id: 'sec-8k', name: 'Form 8-K', basis: 'item 1.05', startsAt: 'determination_of_materiality' },
        ...{ counts: 'business_days', businessDays: 4, calendar: 'us-federal' },
      },
    ],
  },
  escalation: { patternsNeeded: 1, impact: 'high', independentFindings: 3 },
  decision: pinned(DEFAULT_DECISION),
  windows: { focusHours: 24, narrowHours: 72, wideDays: 30 },
  readContentFrom: 'high',
  keys: KEYS,
  deciders: DECIDERS,
  resultKeys: RESULT_KEYS,
  pace: { lag: 1, people: 1 },
  mode: 'live',
  ...change,
});

export const subjectFacts = (subjectId: string, change: Partial<SubjectFacts> = {}): SubjectFacts => ({
  subjectId,
  kind: 'person',
  vip: false,
  authority: 'slack',
  accounts: [{ ...HOME, nativeId: 'U0001' }],
  protectedBecause: [],
  readAt: new Date().toISOString(),
  ...change,
});

let alerts = 0;
export const alertRef = (change: Partial<AlertRef> = {}): AlertRef => {
  const at = new Date().toISOString();
  alerts += 1;
  return {
    alertId: `al-${alerts}`,
    source: 'siem',
    platform: HOME.platform,
    severity: 'high',
    occurredAt: at,
    receivedAt: at,
    ...change,
  };
};

interface Read extends Pick<Collection, 'depth' | 'from' | 'to'> {
  readonly caseId: string;
  readonly subjectId: string;
  readonly tenant: TenantRef;
}
export function collectionOf({ caseId, subjectId, tenant, depth, from, to }: Read): Collection {
  const file = { key: `${depth}.jsonl`, sha256: '0'.repeat(64), bytes: 100, rows: 3 };
  const window = { depth, from, to };
  const manifest = {
    ...{ ...tenant, caseId, subjectId, readAt: to, policyDigest: 'd'.repeat(64) },
    ...{ file, window, accounts: [], grounds: [] },
  };
  return {
    ...tenant,
    ...{ depth, from, to, file },
    sources: [
      {
        ...tenant,
        ...{ source: 'slack.audit_logs', logSource: 'user_access', rows: 3 },
        ...{ status: 'complete', lagSeconds: LAG_SECONDS },
      },
    ],
    manifest: { manifest, keyId: 'k-evidence', signature: 'signed' },
  };
}

export const LAG_MS = LAG_SECONDS * 1_000;

export function findingOf(kind: FindingKind, change: Partial<FindingDigest> = {}): FindingDigest {
  const at = new Date().toISOString();
  return {
    ...{ id: `f-${kind}`, kind, platform: HOME.platform, confidence: 'high', attack: ['T1213.005'] },
    ...{ firstAt: at, lastAt: at, inSession: true, ownSession: false, eventCount: 3 },
    ...change,
  };
}

const NO_IMPACT: Impact = {
  ...{ level: 'none', criticalItems: 0, exposedSecrets: 0 },
  ...{ confirmedLeaks: 0, externalTransfers: 0, criticalTransfers: 0 },
};

export const assessmentOf = (change: Partial<Omit<Assessment, 'depth'>> & { readonly depth: Depth }): Assessment => ({
  file: { key: 'assessment.json', sha256: '0'.repeat(64), bytes: 100, rows: 1 },
  findings: [],
  patterns: [],
  questions: [],
  impact: NO_IMPACT,
  links: [],
  ...change,
});

type Seen = Pick<Assessment, 'findings' | 'impact'> & Required<Pick<Assessment, 'lines' | 'foreignAccess'>>;

/** A stranger came in and took files: escalates as compromised. */
export const TAKEOVER: Seen = {
  findings: [findingOf('unusual_sign_in', { whose: 'other' }), findingOf('bulk_collection', { whose: 'other' })],
  impact: NO_IMPACT,
  lines: [
    { code: 'access.other', group: 'access', strength: 1, weights: { intruder: 5, own_work: -2, false_alert: -3 } },
    { code: 'collection.other', group: 'collection other', strength: 1, weights: { intruder: 2.5, false_alert: -2 } },
  ],
  foreignAccess: true,
};
/** Strange, but nothing was taken: closes unless somebody says more; "not me" is enough. */
export const STRANGE: Seen = {
  findings: [findingOf('unusual_sign_in', { whose: 'unknown' })],
  impact: NO_IMPACT,
  lines: [
    {
      code: 'access.unknown',
      group: 'access',
      strength: 1,
      weights: { intruder: 2.5, own_work: -0.5, false_alert: -1.5 },
    },
  ],
  foreignAccess: true,
};
/** Neither clear nor quiet: the case keeps watch, whatever the subject says. */
export const UNCLEAR: Seen = {
  ...STRANGE,
  lines: [
    { code: 'access.unknown', group: 'access', strength: 1, weights: { intruder: 3, own_work: -1, false_alert: -2 } },
  ],
  foreignAccess: false,
};
/** The subject's own session took critical data out: escalates as insider. */
export const INSIDE: Seen = {
  findings: [findingOf('bulk_collection', { ownSession: true, whose: 'own' })],
  impact: { ...NO_IMPACT, level: 'high', criticalItems: 12 },
  lines: [
    { code: 'acts.own', group: 'access', strength: 1, weights: { intruder: -3, app: -1 } },
    { code: 'export.whole', group: 'export', strength: 1, weights: { insider: 6, own_work: -1, false_alert: -1 } },
  ],
  foreignAccess: false,
};

/** Nothing was exposed. */
export const exposureOf = (change: Partial<ExposureSummary> = {}): ExposureSummary => ({
  ledger: { key: 'ledger', sha256: '0', bytes: 1, rows: 0 },
  ...{ channels: 0, messages: 0, files: 0, links: 0, secrets: [], peopleAffected: 0 },
  ...{ dataClasses: [], confidence: 'high', gaps: [] },
  ...change,
});

interface Step {
  readonly kind: ActionKind;
  readonly rule: string;
  readonly change?: Partial<PlannedAction>;
}

/** A plan of these steps, numbered in order. */
export function planOf(caseId: string, steps: readonly Step[], change: Partial<ContainmentPlan> = {}): ContainmentPlan {
  return {
    planId: `plan-${caseId}`,
    caseId,
    subjectId: 's-subject',
    suspects: [{ subjectId: 's-subject', accounts: [] }],
    purpose: 'containment',
    actions: steps.map(({ kind, rule, change: given }, i) => ({
      ...HOME,
      step: i + 1,
      kind,
      target: { type: 'account', accountId: 'U0001' },
      by: 'vendor',
      reason: 'the account is in foreign hands',
      reversible: true,
      undo: 'enable it again',
      losses: '',
      d3fend: 'D3-AL',
      rule,
      ...given,
    })),
    policyDigest: 'd'.repeat(64),
    createdAt: new Date().toISOString(),
    expiresAt: NEVER,
    manifests: [],
    ...change,
  };
}

/** People may decide for two hours from `now` on. */
export const containmentInput = (
  plan: ContainmentPlan,
  now: Date,
  change: Partial<ContainmentInput> = {},
): ContainmentInput => ({
  plan: authored(plan),
  planDigest: digest(plan),
  policy: casePolicy(),
  caseId: plan.caseId,
  deadline: plus(now.toISOString(), 2 * HOUR),
  suspect: [HOME.platform],
  ...change,
});

export const actionDone = (
  { planId, actions }: ContainmentPlan,
  step: number,
  change: Partial<ActionResult> = {},
): ActionResult => {
  const at = new Date().toISOString();
  const action = actions.find((a) => a.step === step)!;
  return {
    ...{ planId, step, status: 'done', at, text: 'Done.', verified: true },
    readback: { at, holds: true, state: {} },
    writes: [{ platform: action.platform, operation: action.kind, targetId: idsOf(action.target)[0] ?? '' }],
    allowedBy: ['k-1'],
    ...change,
  };
};
