import { isCancellation } from '@temporalio/workflow';
import type { EvidenceRef } from '../domain/evidence.js';
import type { SignedPlan } from '../domain/plan.js';
import type { TenantRef } from '../domain/platform.js';
import type { ResolvedStep } from '../domain/resolved-step.js';
import { looks } from './proxies.js';

/** What a plan would touch if it were carried out now. Steps that no containment worker told of are left out. */
export interface PlanTargets {
  readonly steps: readonly ResolvedStep[];
  /** Names of the accounts, one file of the dossier for each tenant. */
  readonly names: readonly EvidenceRef[];
}

/** For those who decide: each containment worker resolves its steps at the vendor, now. Apart from the plan's own workflow, whose history must not grow with every look. */
export async function planTargetsWorkflow(plan: SignedPlan): Promise<PlanTargets> {
  const tenants = new Map<string, TenantRef>(
    plan.body.actions
      .filter((a) => a.by === 'vendor')
      .map(({ platform, tenant }) => [`${platform}/${tenant}`, { platform, tenant }]),
  );
  const parts = await Promise.all(
    [...tenants.values()].map(async (tenant) => {
      try {
        const summary = `Resolve the steps at ${tenant.platform}`;
        return await looks(tenant).resolveSteps.executeWithOptions({ summary }, [{ plan }]);
      } catch (error) {
        if (isCancellation(error)) throw error;
        return undefined;
      }
    }),
  );
  const known = parts.filter((part) => part !== undefined);
  return { steps: known.flatMap((part) => part.steps), names: known.map((part) => part.names) };
}
