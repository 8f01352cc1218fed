import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { ActionResult } from '../../domain/plan.js';
import type { AuditEntry } from '../../store/audit-entry.js';
import type { AuditSpool } from '../../store/audit-spool.js';
import { beating, cancellation, instant, systemClock, type Clock } from '../context.js';
import type { ContainmentActivities } from '../contract.js';
import { guarded } from '../errors.js';
import { actOnStep, type ActDeps, type ActInput } from './act-on-step.js';
import type { GateDeps } from './gate.js';
import { KeyedLock } from '../keyed-lock.js';
import { revertStep } from './revert-step.js';

export type { ContainmentConfig } from './config.js';
export { ActionLedger } from './ledger.js';

export interface ContainmentDeps extends GateDeps {
  /** Where refusals and acts are left for the audit chain. */
  readonly audit: Pick<AuditSpool, 'drop'>;
  readonly clock?: Clock;
  readonly giveUpAfter?: number;
}

/** Activities of one tenant's containment worker. One process owns the ledger. */
export function createContainmentActivities(given: ContainmentDeps): ContainmentActivities {
  const deps: ActDeps & ContainmentDeps = { clock: systemClock, giveUpAfter: 12, ...given };
  const steps = new KeyedLock();
  /**
   * Two attempts of one step can overlap when Temporal gave the first up; the second waits for it. Vendors replace the whole list of
   * addresses on a change: blocks and their undoing wait for each other, whatever plan they are of.
   */
  const lockOf = ({ plan, step }: Pick<ActInput, 'plan' | 'step'>): string =>
    plan.actions.find((a) => a.step === step)?.kind === 'block_ip' ? 'addresses' : `${digest(plan)}:${String(step)}`;
  const alone = (input: Pick<ActInput, 'plan' | 'step'>, run: () => Promise<ActionResult>): Promise<ActionResult> =>
    beating(
      () => undefined,
      () => steps.run(lockOf(input), run),
    );

  return guarded<ContainmentActivities>({
    actOnStep: (input) =>
      alone(input, async () => {
        const result = await actOnStep(deps, input);
        await deps.audit.drop(auditOf('act', digest(input.plan), input.plan.caseId, result, deps.clock));
        return result;
      }),
    revertStep: (input) =>
      alone(input, async () => {
        const result = await revertStep(deps, input);
        await deps.audit.drop(auditOf('undo', digest(input.plan), input.plan.caseId, result, deps.clock));
        return result;
      }),
    verifyStep: async ({ plan, step, since }) => {
      const action = plan.actions.find((a) => a.step === step);
      const act =
        action && action.platform === deps.port.platform && action.tenant === deps.port.tenant
          ? deps.port.acts[action.kind]
          : undefined;
      if (!action || !act || action.by === 'task')
        throw new QuellError('UNSUPPORTED', 'nothing this worker can read back');
      const { holds, state } = await beating(
        () => undefined,
        () => act.verify(action.target, { since }, { signal: cancellation() }),
      );
      return { at: instant(deps.clock), holds, state };
    },
  });
}

function auditOf(
  what: 'act' | 'undo',
  planDigest: string,
  caseId: string,
  result: ActionResult,
  clock: Clock,
): AuditEntry {
  return {
    key: `${planDigest}:${String(result.step)}:${what}:${result.status}:${result.code ?? ''}`,
    at: instant(clock),
    kind: `action.${what}.${result.status}`,
    by: 'containment',
    caseId,
    data: { ...result, planDigest },
  };
}
