import { digest } from '../../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import type { SignedManifest } from '../../../domain/evidence.js';
import { ACTION_KINDS, type ActionKind } from '../../../domain/acts/index.js';
import type { ContainmentPlan, PlannedAction, SignedPlan } from '../../../domain/plan.js';
import type { ContainmentConfig, NamedPeople } from '../../../activities/containment/index.js';
import { loadPolicy } from '../../../store/policy-file.js';
import { signBody, signManifest } from '../../../store/signing.js';
import type { SigningKey } from '../../../store/key-ring.js';
import { signingKey } from './keys.js';

export const NOW = new Date('2026-03-02T10:00:00.000Z');
export const later = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString();

export const consoleKey = signingKey('console');
export const evidenceKey = signingKey('evidence');
export const strangerKey = signingKey('stranger');

export const planKey = signingKey('analysis');
export const resultKey = signingKey('containment');

const { policy } = await loadPolicy(new URL('../../../policy/default.yaml', import.meta.url).pathname);

export const RULES: ContainmentConfig['policy']['containment'] = {
  ...policy.containment,
  rules: {
    ...(Object.fromEntries(ACTION_KINDS.map((kind) => [kind, 'one'])) as Record<ActionKind, string>),
    end_sessions: 'automatic',
    block_ip: 'two',
    quarantine_device: 'two',
    remove_file: 'two',
    disable_device: 'one',
    retire_device: 'two',
  },
  approvalRules: [
    { name: 'one', quorum: 1, roles: ['approver'] },
    { name: 'two', quorum: 2, roles: ['approver'] },
    { name: 'vip', quorum: 2, roles: ['approver', 'lead'] },
  ],
  vipRule: 'vip',
};

/** What a worker believes; `containment` changes parts of its rules. */
export function config(stopFile: string, change: Partial<ContainmentConfig> = {}): ContainmentConfig {
  return {
    mode: 'live',
    enabled: ['disable_account', 'end_sessions', 'block_ip', 'remove_app', 'remove_mail_rule'],
    stopFile,
    decisionKeys: [{ keyId: consoleKey.keyId, publicKey: consoleKey.publicKey, holder: { kind: 'console' } }],
    manifestKeys: [evidenceKey],
    planKeys: [planKey],
    policy: { ...policy, containment: RULES },
    automatic: ['end_sessions'],
    manifestMaxAgeMinutes: 60,
    neverBlock: ['203.0.113.0/25'],
    ...change,
  };
}

export const PEOPLE: NamedPeople = {
  breakGlass: ['UGLASS'],
  vips: ['UVIP'],
  deciders: [
    { personId: 'p-1', roles: ['approver'] },
    { personId: 'p-2', roles: ['approver', 'lead'] },
    { personId: 'p-3', roles: ['approver'], accounts: ['UOWN'] },
    { personId: 'p-self', roles: ['approver', 'lead'], subjectId: 'subject-1' },
    { personId: 'p-reader', roles: ['analyst'] },
  ],
};

export function action(step: number, change: Partial<PlannedAction> = {}): PlannedAction {
  return {
    platform: 'slack',
    tenant: 'main',
    step,
    kind: 'disable_account',
    target: { type: 'account', accountId: 'U1' },
    by: 'vendor',
    reason: 'session taken over',
    reversible: true,
    undo: 'enable it again',
    losses: '',
    d3fend: 'D3-AL',
    rule: 'one',
    ...change,
  };
}

export const BLOCK = {
  kind: 'block_ip',
  rule: 'two',
  target: { type: 'address', address: '198.51.100.7' },
} as const satisfies Partial<PlannedAction>;
export const SESSIONS = {
  kind: 'end_sessions',
  rule: 'automatic',
  target: { type: 'sessions', accountId: 'U1', sessionIds: ['s9'] },
} as const satisfies Partial<PlannedAction>;

export function plan(actions: readonly PlannedAction[], change: Partial<ContainmentPlan> = {}): ContainmentPlan {
  return {
    planId: 'plan-1',
    caseId: 'case-1',
    subjectId: 'subject-1',
    suspects: [{ subjectId: 'subject-1', accounts: [] }],
    purpose: 'containment',
    actions,
    policyDigest: 'd',
    createdAt: later(-5),
    expiresAt: later(60),
    manifests: [],
    ...change,
  };
}

/** The plan with its author. */
export const authored = (of: ContainmentPlan, key: SigningKey = planKey): SignedPlan => signBody(of, key);

let nonces = 0;
export function decide(
  of: ContainmentPlan,
  change: Partial<ApprovalDecision> = {},
  key: SigningKey = consoleKey,
): Signed<ApprovalDecision> {
  const body: ApprovalDecision = {
    type: 'approval',
    caseId: of.caseId,
    planId: of.planId,
    planDigest: digest(of),
    verb: 'approve',
    personId: 'p-1',
    role: 'approver',
    at: later(-1),
    expiresAt: later(30),
    nonce: `nonce-${String(nonces++)}`,
    ...change,
  };
  return signBody(body, key);
}

/** What `takeover()` shows. */
export const GROUND = { rule: 'foreign-session-collects', nativeId: 'U1', sessionIds: ['s9'] } as const;

export function manifest(
  change: Partial<SignedManifest['manifest']> = {},
  key: SigningKey = evidenceKey,
): SignedManifest {
  return signManifest(
    {
      platform: 'slack',
      tenant: 'main',
      caseId: 'case-1',
      subjectId: 'subject-1',
      readAt: later(-10),
      policyDigest: 'd',
      file: { key: 'raw.1', sha256: '00', bytes: 1, rows: 1 },
      window: { depth: 'narrow', from: '2026-02-16T00:00:00.000Z', to: NOW.toISOString() },
      accounts: ['U1'],
      grounds: [GROUND],
      groundRows: { key: 'grounds.1', sha256: '00', bytes: 1, rows: 1 },
      ...change,
    },
    key,
  );
}
