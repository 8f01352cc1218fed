import { AUTOMATIC } from './approval.js';
import { namedAccount, targetKey, type ActTarget } from './act-target.js';
import { ACTION_KINDS, ACTS, type ActionKind, type AimInput, type PlannedFor } from './acts/index.js';
import type { Capability } from './capability.js';
import type { Verdict } from './case.js';
import { actingApp } from './episodes.js';
import type { EvidenceEvent, SignedManifest } from './evidence.js';
import type { Finding } from './finding.js';
import { mayPropose, type Proposing } from './proposals.js';
import type { ActionResult, ContainmentPlan, PlannedAction, Suspect } from './plan.js';
import type { Instant, Platform, TenantRef } from './platform.js';
import type { ContainmentPolicy } from './policy.js';

export interface PlanInput extends AimInput {
  readonly planId: string;
  readonly caseId: string;
  readonly purpose: ContainmentPlan['purpose'];
  readonly verdict: Verdict;
  /** How sure the case is of what. */
  readonly proposing: Proposing;
  readonly policy: ContainmentPolicy;
  readonly policyDigest: string;
  readonly capabilities: Readonly<Record<Platform, Capability>>;
  readonly manifests: readonly SignedManifest[];
  /** Earlier plans of the case and what came of them: a step that was verified, or that a person has as a task, is not planned again. */
  readonly earlier: readonly { readonly plan: ContainmentPlan; readonly results: readonly ActionResult[] }[];
  /** Whom the case suspects beside its subject. */
  readonly suspects: readonly Suspect[];
  readonly now: Instant;
  readonly expiresAt: Instant;
}

/** Something that an act may stop, with the platform where it is and why the evidence ties it to the case. */
interface Aim extends TenantRef {
  readonly kind: ActionKind;
  readonly target: ActTarget;
  readonly why: string;
  /** Kinds of case that the evidence behind it speaks for. */
  readonly groups: readonly PlannedFor[];
}

/** Everything the evidence ties to the case that could be stopped. Own-session findings tie accounts and shares, never addresses or devices. */
function aimsOf(input: PlanInput): readonly Aim[] {
  const merged = new Map<string, Aim>();
  const byId = new Map(input.events.map((e) => [e.id, e]));
  for (const group of GROUPS) {
    const speaks = (f: Finding): boolean =>
      groupsOf(f, byId).includes(group) && (group !== 'compromised' || !isOfAppAlone(input, f));
    const part = { ...input, findings: input.findings.filter(speaks) };
    for (const kind of ACTION_KINDS)
      for (const aim of ACTS[kind].aims(part)) {
        const key = `${kind} ${placeOf(aim)}`;
        const known = merged.get(key);
        merged.set(key, { kind, ...(known ?? aim), groups: [...(known?.groups ?? []), group] });
      }
  }
  return [...merged.values()];
}

const GROUPS: readonly PlannedFor[] = ['compromised', 'app', 'insider'];

/**
 * What a finding speaks for: somebody else's session, an app's, or the person's own. What nobody can say whose it is speaks for somebody
 * else's, unless an app did it. A consent speaks for the app, whoever gave it, and for somebody in the account only when somebody else did.
 */
function groupsOf(
  { kind, whose, ownSession, events }: Finding,
  byId: ReadonlyMap<string, EvidenceEvent>,
): readonly PlannedFor[] {
  if (whose === 'job') return [];
  const rows = events.flatMap((id) => byId.get(id) ?? []);
  const byApp = whose === 'app' || (whose === 'unknown' && rows.some((e) => actingApp(e) !== undefined));
  const app: readonly PlannedFor[] = kind === 'app_consent' || byApp ? ['app'] : [];
  if (byApp || (kind === 'app_consent' && whose === 'unknown')) return app;
  return whose === 'own' || (whose === undefined && ownSession) ? [...app, 'insider'] : [...app, 'compromised'];
}

/**
 * Where an app explains the case best, what the platform or a mail says is about the app: an account is aimed at only for what somebody
 * else's session did in it. Whoever was tricked into a consent is locked out for nothing: the token needs no account.
 */
function isOfAppAlone({ proposing }: PlanInput, { whose, foreignEvents = [] }: Finding): boolean {
  const odds = (name: 'app' | 'intruder'): number =>
    proposing.weighed.ranking?.find((r) => r.explanation === name)?.probability ?? 0;
  return odds('app') > odds('intruder') && whose !== 'other' && foreignEvents.length === 0;
}

const placeOf = ({ platform, tenant, target }: Pick<PlannedAction, 'platform' | 'tenant' | 'target'>): string =>
  `${platform} ${tenant} ${targetKey(target)}`;

/** The plan for a verdict: only what the evidence ties to the case. Undefined when there is nothing to stop. */
export function buildPlan(input: PlanInput): ContainmentPlan | undefined {
  const aims = aimsOf(input)
    .filter((a) => isWanted(input, a))
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
    suspects: [{ subjectId: subject.subjectId, accounts: subject.accounts }, ...input.suspects],
    purpose,
    actions,
    policyDigest,
    createdAt: now,
    expiresAt,
    manifests,
  };
}

/** Of a platform that no tenant is configured of: what there is to do there people do. */
const NOTHING: Capability = { acts: {}, order: [], limitations: [] };

/** A platform has a step when its adapter does it, or when a person can instead. */
function exists({ capabilities }: PlanInput, { kind, platform }: Aim): boolean {
  const { acts, limitations } = capabilities[platform] ?? NOTHING;
  return ACTS[kind].everywhere || acts[kind] !== undefined || limitations.some((l) => l.what === kind);
}

/** First steps rest on grounds of their own; a plan for people on what the case may propose. */
function isWanted(input: PlanInput, { kind, groups }: Aim): boolean {
  const { policy, purpose, proposing, subject } = input;
  const planned = groups.filter((g) => policy.actionsFor[g].includes(kind));
  if (purpose === 'first_steps') return planned.length > 0;
  const who = { special: subject.vip || subject.protectedBecause.length > 0 };
  return planned.some((g) => mayPropose(kind, g, who, proposing));
}

/** A first step waits for nobody: its rule is automatic, the vendor can do it, signed grounds name this very account, and it is neither protected nor a VIP's. */
function isCertain(input: PlanInput, a: Aim): boolean {
  const act = input.capabilities[a.platform]?.acts[a.kind];
  const named = input.manifests.some(
    ({ manifest }) =>
      manifest.platform === a.platform &&
      manifest.tenant === a.tenant &&
      manifest.grounds.some((g) => 'accountId' in a.target && g.nativeId === a.target.accountId),
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
        placeOf(p) === placeOf(a) &&
        results.some((r) => r.step === p.step && (r.verified || r.status === 'task_open' || r.status === 'task_done')),
    ),
  );

function inOrder(input: PlanInput, aims: readonly Aim[]): readonly Aim[] {
  // The authority first: while it is open, the thief comes back to every other platform.
  const place = (a: Aim): number =>
    (input.capabilities[a.platform] ?? NOTHING).order.indexOf(ACTS[a.kind].phase) * ACTION_KINDS.length +
    ACTION_KINDS.indexOf(a.kind);
  const rank = (a: Aim): number => (a.platform === input.subject.authority ? 0 : 1000) + place(a);
  return [...aims].sort((a, b) => rank(a) - rank(b) || (placeOf(a) < placeOf(b) ? -1 : 1));
}

function action(input: PlanInput, a: Aim, step: number): PlannedAction {
  const { acts, limitations } = input.capabilities[a.platform] ?? NOTHING;
  const act = acts[a.kind];
  const isProtected = isForPeople(input, a);
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
    reversible: (act ?? ACTS[a.kind]).reversible,
    undo: (act ?? ACTS[a.kind]).undo,
    losses: (act ?? ACTS[a.kind]).losses,
    d3fend: ACTS[a.kind].d3fend,
    rule: ruleOf(input, a.kind),
  };
}

/** What the gate would never let through, and a protected account itself. What a protected account made may be undone under the VIP rule. */
function isForPeople({ subject: { protectedBecause } }: PlanInput, { target }: Aim): boolean {
  if (protectedBecause.length === 0 || namedAccount(target) === undefined || target.type === 'app') return false;
  const never = protectedBecause.some((b) => b !== 'admin_role' && b !== 'approver');
  return never || target.type === 'account' || target.type === 'sessions';
}

/** VIPs and protected accounts have a rule of their own; a rule that asks nobody holds for first steps alone. */
function ruleOf({ policy, purpose, subject }: PlanInput, kind: ActionKind): string {
  if (subject.vip || subject.protectedBecause.length > 0) return policy.vipRule;
  const rule = policy.rules[kind];
  if (rule !== AUTOMATIC || purpose === 'first_steps') return rule;
  return policy.approvalRules.find((r) => r.quorum > 0)?.name ?? policy.vipRule;
}
