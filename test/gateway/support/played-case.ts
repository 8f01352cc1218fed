import type { Dossier } from '../../../activities/dossier.js';
import { digest } from '../../../domain/canonical.js';
import type { CaseState, HumanTask } from '../../../domain/case.js';
import type { ApprovalRule } from '../../../domain/decision.js';
import type { SignedManifest } from '../../../domain/evidence.js';
import type { Finding } from '../../../domain/finding.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
import type { CasePolicy } from '../../../domain/policy.js';
import { parseAlerts } from '../../../gateway/alerts/index.js';
import type { ConsolePerson } from '../../../gateway/console/app.js';
import { quell } from '../alerts/fixtures.js';

export const NOW = new Date('2026-03-01T12:00:00.000Z');
/** An instant so many minutes from then. */
export const at = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString();

/** Key of the note with what the subject added to the answer. */
export const SAID = `note.${'a'.repeat(40)}`;

export const PEOPLE: readonly ConsolePerson[] = [
  {
    personId: 'ann',
    name: 'Ann Vogt',
    email: 'ann.vogt@example.com',
    roles: ['lead', 'responder'],
    subjectId: 's-ann',
  },
  { personId: 'ben', name: 'Ben Adler', email: 'ben.adler@example.com', roles: ['lead'], subjectId: 's-ben' },
  { personId: 'ida', name: 'Ida Stein', email: 'ida.stein@example.com', roles: ['auditor'], subjectId: 's-ida' },
  { personId: 'dana', name: 'Dana Weiss', email: 'dana.weiss@example.com', roles: ['lead'], subjectId: 's-dana' },
];

export const RULES: readonly ApprovalRule[] = [
  { name: 'two_leads', quorum: 2, roles: ['lead'] },
  { name: 'one_responder', quorum: 1, roles: ['responder', 'lead'] },
];

export const PLAN: ContainmentPlan = {
  planId: 'p-1',
  caseId: 'case-s-dana',
  subjectId: 's-dana',
  suspects: [{ subjectId: 's-dana', accounts: [] }],
  purpose: 'containment',
  policyDigest: 'd'.repeat(64),
  createdAt: at(-5),
  expiresAt: at(120),
  manifests: [],
  actions: [
    {
      step: 1,
      kind: 'end_sessions',
      platform: 'slack',
      tenant: 'main',
      target: { type: 'sessions', accountId: 'U0DANA', sessionIds: [] },
      by: 'vendor',
      reason: 'A session is used from an address that is not the subject’s',
      reversible: false,
      undo: '',
      losses: 'open sessions on all devices',
      d3fend: 'D3-ST',
      rule: 'one_responder',
    },
    {
      step: 2,
      kind: 'disable_account',
      platform: 'slack',
      tenant: 'main',
      target: { type: 'account', accountId: 'U0DANA' },
      by: 'vendor',
      reason: 'The account collects and shares what it reads',
      reversible: true,
      undo: 'reactivate the account',
      losses: 'membership of private channels <img src=x onerror=alert(1)>',
      d3fend: 'D3-AL',
      rule: 'two_leads',
    },
  ],
};

const finding = (
  id: string,
  kind: Finding['kind'],
  from: number,
  to: number,
  more: Partial<Finding> = {},
): Finding => ({
  id,
  kind,
  platform: 'slack',
  confidence: 'high',
  measures: [{ name: 'files', value: 212, threshold: 40, unit: 'in 1 h' }],
  events: ['e1', 'e2', 'e3'],
  logSources: ['file_transfer'],
  attack: ['T1213.005'],
  firstAt: at(from),
  lastAt: at(to),
  inSession: true,
  ownSession: false,
  text: '212 files downloaded in an hour, against 9 on the busiest day before',
  ...more,
});

export const DOSSIER: Dossier = {
  findings: [
    finding('f-1', 'unusual_sign_in', -130, -128, {
      text: 'Sign-in from 203.0.113.66, a network never seen for this person',
    }),
    finding('f-2', 'bulk_collection', -120, -60),
    finding('f-3', 'external_share', -58, -50, {
      ownSession: true,
      confidence: 'medium',
      text: '3 files shared by public link',
    }),
  ],
  questions: [
    {
      question: 'login_pattern',
      answer: 'yes',
      measures: [{ name: 'new networks', value: 1, threshold: 0, unit: '' }],
      why: 'One sign-in from a network never seen',
      findings: ['f-1'],
    },
    { question: 'frequent_users', answer: 'no', measures: [], why: 'No earlier incident in 365 days', findings: [] },
    { question: 'volume_increase', answer: 'yes', measures: [], why: '212 files against 9', findings: ['f-2'] },
    {
      question: 'platform_alerts',
      answer: 'unknown',
      measures: [],
      why: 'The alert log could not be read',
      findings: [],
    },
  ],
  patterns: [],
  impact: {
    level: 'high',
    criticalItems: 4,
    exposedSecrets: 1,
    confirmedLeaks: 0,
    externalTransfers: 3,
    criticalTransfers: 3,
  },
  series: {
    volumes: Array.from({ length: 60 }, (_, i) => ({
      hour: at(-60 * (60 - i)),
      sent: i % 7,
      received: 3 + (i % 11) + (i > 56 ? 40 : 0),
      files: i > 56 ? 90 : 0,
    })),
    signIns: [
      { at: at(-500), platform: 'slack', country: 'DE', failed: false, suspicious: false },
      { at: at(-130), platform: 'slack', country: 'BR', ip: '203.0.113.66', failed: false, suspicious: true },
    ],
  },
  gaps: [],
};

const TASKS: readonly HumanTask[] = [
  {
    taskId: 't-1',
    kind: 'interview',
    role: 'responder',
    text: 'Ask the manager of the subject whether the activity has a business need',
    dueAt: at(55),
    ifLate: 'the case goes on without it',
    fields: [
      {
        name: 'explained',
        label: 'Is it explained?',
        type: 'choice',
        options: ['yes', 'no', 'in_part'],
        required: true,
      },
      { name: 'since', label: 'Since when (UTC)', type: 'instant', required: false },
      { name: 'notes', label: 'Notes (kept in the evidence store)', type: 'text', required: false },
    ],
    status: 'open',
  },
  {
    taskId: 't-2',
    kind: 'significance',
    role: 'counsel',
    text: 'Decide whether the breach is significant',
    dueAt: at(600),
    ifLate: 'it counts as significant',
    fields: [{ name: 'significant', label: 'Significant?', type: 'yes_no', required: true }],
    status: 'open',
  },
];

/** A case in containment: everything that a page can show, of one person. */
export function caseState(policy: CasePolicy): CaseState {
  return {
    caseId: 'case-s-dana',
    subjectId: 's-dana',
    openedAt: at(-45),
    stage: 'containment',
    severity: 'high',
    verdict: 'compromised',
    alerts: parseAlerts(quell, { source: 'siem', format: 'quell', receivedAt: at(-46) }).map((a) => ({
      alertId: a.alertId,
      source: a.source,
      severity: a.severity,
      occurredAt: at(-50),
      receivedAt: at(-46),
      platform: 'slack',
    })),
    alertsFolded: 3,
    subject: {
      subjectId: 's-dana',
      kind: 'person',
      vip: false,
      authority: 'microsoft',
      accounts: [
        { platform: 'slack', tenant: 'main', nativeId: 'U0DANA' },
        { platform: 'microsoft', tenant: 'main', nativeId: 'aaaaaaaa-0000-4000-8000-000000000001' },
      ],
      protectedBecause: [],
      readAt: at(-44),
    },
    collections: (['narrow', 'wide'] as const).map((depth) => ({
      platform: 'slack',
      tenant: 'main',
      depth,
      from: at(-2_000),
      to: at(-40),
      file: { key: 'x', sha256: '', bytes: 1, rows: 96 },
      manifest: {} as SignedManifest,
      sources: [
        {
          platform: 'slack',
          tenant: 'main',
          source: 'slack.audit_logs.files',
          logSource: 'file_transfer',
          rows: 96,
          status: 'complete',
          lagSeconds: 60,
          gap: {
            platform: 'slack',
            tenant: 'main',
            source: 'slack.audit_logs.files',
            code: 'ODD_ROWS',
            text: 'What is no address was not taken for one: ip (a text).',
          },
        },
        {
          platform: 'slack',
          tenant: 'main',
          source: 'slack.messages',
          logSource: 'chat_history',
          rows: 0,
          status: 'unavailable',
          lagSeconds: 60,
          gap: {
            platform: 'slack',
            tenant: 'main',
            source: 'slack.messages',
            code: 'VENDOR_SCOPE',
            text: 'the token lacks a scope',
          },
        },
      ],
    })),
    assessment: {
      file: { key: 'assessment.x', sha256: '', bytes: 1, rows: 1 },
      depth: 'wide',
      findings: [],
      patterns: [
        {
          patternId: 'p',
          name: 'New session, bulk read, share',
          attack: ['T1078', 'T1213.005', 'T1567'],
          findings: ['f-1', 'f-2'],
          suggests: 'compromised',
        },
      ],
      questions: DOSSIER.questions.map((q) => ({ ...q, why: '1 finding(s)' })),
      impact: DOSSIER.impact,
      links: [],
    },
    contact: {
      askId: 'a-1',
      channel: 'mail',
      avoided: ['slack: under suspicion'],
      askedAt: at(-40),
      deadline: at(20),
      outcome: 'not_me',
      answeredAt: at(-30),
      words: SAID,
    },
    escalation: {
      decision: 'escalate',
      verdict: 'compromised',
      reasons: [
        {
          code: 'pattern',
          text: 'New session, bulk read, share',
          playbook: 'Several indicators align with known TTP patterns',
          attack: 'T1213.005',
        },
      ],
    },
    plans: [
      {
        planId: 'p-1',
        containmentId: 'containment-p-1',
        digest: digest(PLAN),
        deadline: at(110),
        purpose: 'containment',
        status: 'awaiting_approval',
        results: [],
      },
    ],
    tasks: [...TASKS],
    timeline: [
      { at: at(-45), stage: 'intake', text: 'Opened by 1 alert(s) from siem' },
      { at: at(-30), stage: 'contact', text: 'The subject answered **not_me** on mail' },
    ],
    unread: [],
    rounds: 3,
    alertsAssessed: 1,
    refused: [{ at: at(-20), message: 'decide', code: 'NOT_AUTHORISED' }],
    policy,
  };
}
