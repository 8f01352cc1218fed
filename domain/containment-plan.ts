import { AUTOMATIC } from './approval.js';
import { D3FEND, type Capability } from './capability.js';
import type { Verdict } from './case.js';
import { aimsOf, type Aim, type AimInput } from './containment-targets.js';
import type { SignedManifest } from './evidence.js';
import { NOT_EVERYWHERE } from './plan.js';
import type { ActionKind, ActionResult, ContainmentPlan, PlannedAction } from './plan.js';
import type { Instant, Platform } from './platform.js';
import type { ContainmentPolicy } from './policy.js';

export interface PlanInput extends AimInput {
  readonly planId: string;
  readonly caseId: string;
  readonly purpose: ContainmentPlan['purpose'];
  readonly verdict: Verdict;
  readonly policy: ContainmentPolicy;
  readonly policyDigest: string;
  readonly capabilities: Readonly<Record<Platform, Capability>>;
  readonly manifests: readonly SignedManifest[];
  /** Earlier plans of the case and what came of them: a step that was verified, or that a person has as a task, is not planned again. */
  readonly earlier: readonly { readonly plan: ContainmentPlan; readonly results: readonly ActionResult[] }[];
  readonly now: Instant;
  readonly expiresAt: Instant;
}

/** The plan for a verdict: only what the evidence ties to the case. Undefined when there is nothing to stop. */
export function buildPlan(input: PlanInput): ContainmentPlan | undefined {
  const wanted = wantedKinds(input);
  const aims = aimsOf(input)
    .filter((a) => wanted.includes(a.kind))
    .filter((a) => exists(input, a))
    .filter((a) => !isDone(input, a))
    .filter((a) => input.purpose === 'containment' || isCertain(input, a));
  const actions = inOrder(input, aims).map((a, i) => action(input, a, i + 1));
  if (actions.length === 0) return undefined;
  const { planId, caseId, purpose, policyDigest, now, expiresAt, subject } = input;
  const manifests = input.manifests.filter((m) => m.manifest.grounds.length > 0);
  return {
    planId,
    caseId,
    subjectId: subject.subjectId,
    purpose,
    actions,
    policyDigest,
    createdAt: now,
    expiresAt,
    manifests,
  };
}

/** A platform has a step when its adapter does it, or when a person can instead. */
function exists({ capabilities }: PlanInput, { kind, platform }: Aim): boolean {
  const { acts, limitations } = capabilities[platform];
  return !NOT_EVERYWHERE.includes(kind) || acts[kind] !== undefined || limitations.some((l) => l.what === kind);
}

function wantedKinds({ policy, verdict, findings, purpose }: PlanInput): readonly ActionKind[] {
  const appCase = findings.some((f) => f.kind === 'app_consent' && f.confidence !== 'low');
  const byVerdict =
    verdict === 'insider'
      ? policy.actionsFor.insider
      : verdict === 'compromised' || purpose === 'first_steps'
        ? policy.actionsFor.compromised
        : [];
  return [
    ...byVerdict,
    ...(appCase && (byVerdict.length > 0 || purpose === 'first_steps') ? policy.actionsFor.app : []),
  ];
}

/** A first step waits for nobody: its rule is automatic, the vendor can do it, signed grounds name this very account, and it is neither protected nor a VIP's. */
function isCertain(input: PlanInput, a: Aim): boolean {
  const act = input.capabilities[a.platform].acts[a.kind];
  const named = input.manifests.some(
    ({ manifest }) =>
      manifest.platform === a.platform &&
      manifest.tenant === a.tenant &&
      manifest.grounds.some((g) => g.nativeId === a.target.id),
  );
  return (
    input.policy.rules[a.kind] === AUTOMATIC &&
    act !== undefined &&
    named &&
    !input.subject.vip &&
    input.subject.protectedBecause.length === 0
  );
}

const isDone = ({ earlier }: PlanInput, a: Aim): boolean =>
  earlier.some(({ plan, results }) =>
    plan.actions.some(
      (p) =>
        p.kind === a.kind &&
        p.platform === a.platform &&
        p.tenant === a.tenant &&
        p.target.id === a.target.id &&
        results.some((r) => r.step === p.step && (r.verified || r.status === 'task_open' || r.status === 'task_done')),
    ),
  );

function inOrder(input: PlanInput, aims: readonly Aim[]): readonly Aim[] {
  // The authority first: while it is open, the thief comes back to every other platform.
  const rank = (a: Aim): number =>
    (a.platform === input.subject.authority ? 0 : 100) + input.capabilities[a.platform].order.indexOf(a.kind);
  const name = (a: Aim): string => `${a.platform} ${a.tenant} ${a.target.id}`;
  return [...aims].sort((a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1));
}

function action(input: PlanInput, a: Aim, step: number): PlannedAction {
  const { acts, limitations } = input.capabilities[a.platform];
  const act = acts[a.kind];
  const isProtected = a.target.type === 'account' && input.subject.protectedBecause.length > 0;
  const limit = limitations.find((l) => l.what === a.kind);
  const by = act && !isProtected ? 'vendor' : 'task';
  const reason = isProtected
    ? `${a.why}; the account is protected (${input.subject.protectedBecause.join(', ')}), a person decides and acts`
    : act
      ? a.why
      : `${a.why}; ${limit ? `${limit.why} Instead: ${limit.instead}` : 'this platform has no API for it'}`;
  return {
    platform: a.platform,
    tenant: a.tenant,
    step,
    kind: a.kind,
    target: a.target,
    by,
    reason,
    reversible: act?.reversible ?? true,
    undo: act?.undo ?? 'by the person who did it',
    losses: act?.losses ?? '',
    d3fend: act?.d3fend ?? D3FEND[a.kind],
    rule: ruleOf(input, a.kind),
  };
}

/** VIPs have a rule of their own; a rule that asks nobody holds for first steps alone. */
function ruleOf({ policy, purpose, subject }: PlanInput, kind: ActionKind): string {
  if (subject.vip) return policy.vipRule;
  const rule = policy.rules[kind];
  if (rule !== AUTOMATIC || purpose === 'first_steps') return rule;
  return policy.approvalRules.find((r) => r.quorum > 0)?.name ?? policy.vipRule;
}
