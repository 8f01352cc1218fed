import { refuseLease } from '../../domain/budget.js';
import type { ResolvedTarget } from '../../platforms/resolve.js';
import type { ContainmentConfig } from './config.js';
import type { AuthoredStep } from './plan-author.js';
import type { LeaseBook } from './ports.js';

interface BudgetDeps {
  readonly config: Pick<ContainmentConfig, 'policy'>;
  readonly memory: LeaseBook;
}

const MINUTE_MS = 60_000;

export const leaseOwner = ({ planDigest, action }: Pick<AuthoredStep, 'planDigest' | 'action'>): string =>
  `${planDigest}:${String(action.step)}`;

/**
 * Takes the step's part of the blast radius: the accounts that were resolved, by the bounds of this worker's own policy, until the watch over
 * the plan ends. The same step takes it once. Throws BUDGET.
 */
export async function leaseStep(
  { config, memory }: BudgetDeps,
  step: AuthoredStep,
  resolved: ResolvedTarget,
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
  await memory.lease(lease, (leases) => refuseLease(leases, lease, budget, at));
}
