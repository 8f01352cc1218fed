import { createHash } from 'node:crypto';
import { buildPlan } from '../../domain/containment-plan.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import { instant } from '../context.js';
import type { AnalysisActivities } from '../contract.js';
import { DOSSIER_NAMES, type Dossier } from '../dossier.js';
import { isProtectedAddress } from './assess.js';
import type { AnalysisDeps } from './deps.js';
import { readEvidence } from './read-evidence.js';

type Input = Parameters<AnalysisActivities['planContainment']>[0];

/** A plan may be decided on and carried out within a day; after that the facts are read anew. */
const EXPIRES_AFTER_MS = 24 * 3_600_000;

/** The plan, kept in the dossier under its id, so that console and report can show what was decided on. */
export async function planContainment(deps: AnalysisDeps, input: Input): Promise<ContainmentPlan | undefined> {
  const { caseId, purpose, subject, assessment } = input;
  const policy = await deps.policies.read(input.policyDigest);
  const dossier = await deps.dossier.reader.readJson<Dossier>(caseId, assessment.file);
  const events = await readEvidence(deps, caseId, input.collections);
  const now = instant(deps.clock);
  const plan = buildPlan({
    planId: planIdOf(input),
    caseId,
    purpose,
    verdict: input.verdict,
    subject,
    findings: dossier.findings,
    events,
    policy: policy.containment,
    policyDigest: input.policyDigest,
    capabilities: deps.capabilities,
    manifests: input.collections.map((c) => c.manifest),
    earlier: await earlierPlans(deps, input),
    isProtectedAddress: (ip) => isProtectedAddress(deps, ip),
    now,
    expiresAt: new Date(Date.parse(now) + EXPIRES_AFTER_MS).toISOString(),
  });
  if (plan) await deps.dossier.writer.writeJson(caseId, DOSSIER_NAMES.plan(plan.planId), plan);
  return plan;
}

/** The same question gives the same id, so that a repeated attempt makes no second plan. */
function planIdOf({ caseId, purpose, assessment, done }: Input): string {
  const seed = [caseId, purpose, assessment.file.sha256, ...done.map((r) => `${r.planId}:${r.step}`)].join('\n');
  return `p-${createHash('sha256').update(seed).digest('hex').slice(0, 20)}`;
}

async function earlierPlans(
  deps: AnalysisDeps,
  { caseId, done }: Input,
): Promise<Parameters<typeof buildPlan>[0]['earlier']> {
  const ids = [...new Set(done.map((r) => r.planId))];
  return await Promise.all(
    ids.map(async (planId) => {
      const [key = ''] = (await deps.dossier.reader.list(caseId, DOSSIER_NAMES.plan(planId))).slice(-1);
      const plan = await deps.dossier.reader.readJson<ContainmentPlan>(caseId, { key });
      return { plan, results: done.filter((r) => r.planId === planId) };
    }),
  );
}
