import { refuseLease } from '../../domain/budget.js';
import type { ResolvedTarget } from '../../platforms/resolve.js';
import type { ContainmentConfig } from './config.js';
import type { AuthoredStep } from './plan-author.js';
import type { UseBook } from './ports.js';

interface BudgetDeps {
  readonly config: Pick<ContainmentConfig, 'policy'>;
  readonly memory: Pick<UseBook, 'bind'>;
}

const MINUTE_MS = 60_000;

export const leaseOwner = ({ planDigest, action }: Pick<AuthoredStep, 'planDigest' | 'action'>): string =>
  `${planDigest}:${String(action.step)}`;

/**
 * Binds a step's decisions to its plan and takes its part of the blast radius: the accounts that were resolved, by the bounds of this worker's own policy, until the watch
 * over the plan ends. The same step takes it once; a step that is refused takes and uses nothing. Throws DECISION_REPLAYED, BUDGET.
 */
export async function bindStep(
  { config, memory }: BudgetDeps,
  step: AuthoredStep,
  resolved: ResolvedTarget,
  nonces: readonly string[],
  now: Date,
): Promise<void> {
  const { budget, holdChecks, holdEveryMinutes } = config.policy.containment;
  const at = now.toISOString();
  const lease = {
    owner: leaseOwner(step),
    accounts: resolved.affects.map(({ accountId, department }) => ({
      accountId,
      ...(department === undefined ? {} : { department }),
    })),
    at,
    endsAt: new Date(now.getTime() + holdChecks * holdEveryMinutes * MINUTE_MS).toISOString(),
  };
  await memory.bind({ planDigest: step.planDigest, tokens: nonces, lease }, (leases) =>
    refuseLease(leases, lease, budget, at),
  );
}
