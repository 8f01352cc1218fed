import { randomUUID } from 'node:crypto';
import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { ActionResult, SignedPlan, SignedResult } from '../../domain/plan.js';
import { resolveTarget } from '../../platforms/resolve.js';
import type { AuditEntry } from '../../store/audit/entry.js';
import type { AuditLog } from '../../store/audit/log.js';
import type { EvidenceWriter } from '../../store/evidence-store.js';
import type { SigningKey } from '../../store/key-ring.js';
import { isSignedBy, signBody } from '../../store/signing.js';
import { beating, cancellation, instant, systemClock, type Clock } from '../context.js';
import type { ContainmentActivities } from '../contract.js';
import { DOSSIER_NAMES } from '../dossier.js';
import { guarded } from '../errors.js';
import { actOf } from './act-of.js';
import { actOnStep, type ActDeps } from './act-on-step.js';
import { assertSameThing, type GateDeps, type GateRequest } from './gate.js';
import { inTurn } from './in-turn.js';
import { authoredStep } from './plan-author.js';
import type { Turn } from './ports.js';
import { RefusalMeter } from './refusals.js';
import { resolveSteps } from './resolve-steps.js';
import { revertStep } from './revert-step.js';

export type { GroundReader } from './automatic.js';
export type { ContainmentConfig } from './config.js';
export type { ContainmentMemory } from './ports.js';
export { assertKnown, peopleAt, type KnownPeople, type NamedPeople } from './people.js';
export { createSwitchActivities } from './switch.js';

export interface ContainmentDeps extends GateDeps {
  /** Signs results: what this worker states, and nobody else can. */
  readonly resultKey: SigningKey;
  /** Where refusals and acts are left for the audit chain. */
  readonly audit: Pick<AuditLog, 'note'>;
  /** Where names go that only those who approve may see. */
  readonly dossier: Pick<EvidenceWriter, 'writeJson'>;
  readonly clock?: Clock;
  readonly giveUpAfter?: number;
}

/** Activities of one tenant's containment worker. */
export function createContainmentActivities(given: ContainmentDeps): ContainmentActivities {
  const deps = { clock: systemClock, giveUpAfter: 12, ...given };
  const refusals = new RefusalMeter(deps.clock);
  /** Two attempts of one step can overlap when Temporal gave the first up; the second waits for it. So do acts that the vendor keeps in one list. */
  const keyOf = ({ plan, step }: GateRequest): string => {
    const { platform, tenant, acts } = deps.port;
    const kind = plan.body.actions.find((a) => a.step === step)?.kind;
    const list = kind && acts[kind]?.oneAtATime;
    return list === undefined ? `${digest(plan.body)}:${String(step)}` : `${platform}/${tenant}/${list}`;
  };
  const alone = (request: GateRequest, run: (turn: Turn) => Promise<ActionResult>): Promise<ActionResult> =>
    beating(
      () => undefined,
      () => inTurn(deps.memory, keyOf(request), run),
    );
  const stated = async (what: 'act' | 'undo', { plan }: GateRequest, result: ActionResult): Promise<SignedResult> => {
    const planDigest = digest(plan.body);
    const entry = refusals.toAudit(result.code, auditOf(what, plan, planDigest, result, deps.clock));
    if (entry) await deps.audit.note(entry);
    return signBody({ planDigest, result }, deps.resultKey);
  };

  /** Nothing of a plan without an author is even read. */
  const run = async (
    what: 'act' | 'undo',
    request: GateRequest,
    work: (deps: ActDeps, request: GateRequest) => Promise<ActionResult>,
  ): Promise<SignedResult> => {
    if (!isSignedBy(request.plan, deps.config.planKeys) || !Array.isArray(request.decisions)) {
      const entry = refusals.toAudit('PLAN_AUTHOR', unauthored(what, deps.clock));
      if (entry) await deps.audit.note(entry);
      throw new QuellError('PLAN_AUTHOR');
    }
    return stated(what, request, await alone(request, (turn) => work({ ...deps, turn }, request)));
  };

  return guarded<ContainmentActivities>({
    actOnStep: (request) => run('act', request, actOnStep),
    revertStep: (request) => run('undo', request, revertStep),
    verifyStep: async ({ plan, step, since }) => {
      const authored = authoredStep(plan, step, deps);
      const act = actOf(deps.port, authored.action.kind);
      const signal = cancellation();
      const { holds, state } = await beating(
        () => undefined,
        async () => {
          const resolved = await resolveTarget(deps.port, authored.action.target, { signal });
          await assertSameThing(deps, authored, resolved);
          return act.verify(resolved, { since }, { signal });
        },
      );
      return { at: instant(deps.clock), holds, state };
    },
    resolveSteps: async ({ plan }) => {
      const { steps: resolved, names } = await beating(
        () => undefined,
        () => resolveSteps(deps, plan),
      );
      const file = await deps.dossier.writeJson(plan.body.caseId, DOSSIER_NAMES.names(plan.body.planId), names);
      return { steps: resolved, names: file };
    },
  });
}

function auditOf(
  what: 'act' | 'undo',
  { body }: SignedPlan,
  planDigest: string,
  result: ActionResult,
  clock: Clock,
): AuditEntry {
  return {
    key: `${planDigest}:${String(result.step)}:${what}:${result.status}:${result.code ?? ''}`,
    at: instant(clock),
    kind: `action.${what}.${result.status}`,
    by: 'containment',
    caseId: body.caseId,
    data: { ...result, planDigest },
  };
}

/** A plan without an author says nothing that may be believed, not even whose case it is. */
const unauthored = (what: 'act' | 'undo', clock: Clock): AuditEntry => ({
  key: `unauthored:${randomUUID()}`,
  at: instant(clock),
  kind: `action.${what}.refused`,
  by: 'containment',
  data: { code: 'PLAN_AUTHOR' },
});
