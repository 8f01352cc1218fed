import type { Capability } from '../../domain/capability.js';
import { buildPlan, type PlanInput } from '../../domain/containment-plan.js';
import { idsOf } from '../../domain/act-target.js';
import { ACTION_KINDS, type ActionKind } from '../../domain/acts/index.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';
import type { Proposing } from '../../domain/proposals.js';
import type { Platform } from '../../domain/platform.js';
import { GOOGLE_ORDER } from '../../platforms/google/stopping-order.js';
import { MICROSOFT_ORDER } from '../../platforms/microsoft/stopping-order.js';
import { SLACK_ORDER } from '../../platforms/slack/stopping-order.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { after, AWAY, defaultPolicy, event, finding, HOUR } from './fixtures.js';

export const able = (...without: ActionKind[]): Capability => ({
  order: MICROSOFT_ORDER,
  acts: Object.fromEntries(
    ACTION_KINDS.filter((k) => !without.includes(k)).map((k) => [
      k,
      { reversible: k !== 'end_sessions', undo: `undo ${k}`, losses: '' },
    ]),
  ),
  limitations: without.map((what) => ({ what, why: 'No API.', instead: `Open the admin page for ${what}.` })),
});
export const account = (platform: Platform, nativeId: string): SubjectFacts['accounts'][number] => ({
  platform,
  tenant: 'main',
  nativeId,
});
export const subject: SubjectFacts = {
  subjectId: 's-1',
  kind: 'person',
  vip: false,
  authority: 'microsoft',
  accounts: [account('slack', 'U1'), account('microsoft', 'M1'), account('google', 'G1')],
  protectedBecause: [],
  readAt: after(0),
};

export const signIn = event({ id: 's', kind: 'sign_in', sessionId: 'S9', deviceId: 'D9', ...AWAY });
export const download = event({ id: 'd', kind: 'file_download', sessionId: 'S9', ip: AWAY.ip });
export const share = event({ id: 'l', kind: 'share', ip: AWAY.ip, target: { type: 'link', id: 'F7' } });
const stray = event({ id: 'x', kind: 'share', ip: '203.0.113.80', target: { type: 'link', id: 'F-stray' } });
export const events = [signIn, download, share, stray];
export const found = [
  finding({ kind: 'unusual_sign_in', events: ['s'] }),
  finding({ kind: 'bulk_collection', events: ['d', 's'] }),
  finding({ kind: 'external_share', events: ['l'] }),
];
/** How sure the case is: of an intruder, unless told otherwise; the rest is ordinary work. */
export const sureOf = (
  explanation: 'intruder' | 'insider' | 'app',
  probability = 0.97,
  confirmed = false,
): Proposing => ({
  weighed: {
    attack: probability,
    ranking: [
      { explanation, probability },
      { explanation: 'own_work', probability: 1 - probability },
    ],
  },
  confirmed: confirmed ? ['compromised', 'app', 'insider'] : [],
  thresholds: defaultPolicy.decision.thresholds,
});
export const base: PlanInput = {
  planId: 'p-1',
  caseId: 'c-1',
  purpose: 'containment',
  verdict: 'compromised',
  proposing: sureOf('intruder'),
  subject,
  findings: found,
  events,
  isProtectedAddress: () => false,
  policy: defaultPolicy.containment,
  policyDigest: '0'.repeat(64),
  capabilities: {
    slack: { ...able(), order: SLACK_ORDER },
    microsoft: able(),
    google: { ...able(), order: GOOGLE_ORDER },
  },
  manifests: [],
  earlier: [],
  suspects: [],
  now: after(0),
  expiresAt: after(4 * HOUR),
};
export const build = (given: Partial<PlanInput> = {}): ContainmentPlan | undefined => buildPlan({ ...base, ...given });
export const steps = (given: Partial<PlanInput> = {}): readonly PlannedAction[] => build(given)?.actions ?? [];
export const thing = (a: PlannedAction): string => idsOf(a.target)[0] ?? '';
