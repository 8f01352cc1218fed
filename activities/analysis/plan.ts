import { createHash } from 'node:crypto';
import { buildPlan } from '../../domain/containment-plan.js';
import type { Escalation } from '../../domain/case.js';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentPlan, SignedPlan, Suspect } from '../../domain/plan.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { signBody, verifyManifest } from '../../store/signing.js';
import { instant } from '../context.js';
import type { AnalysisActivities } from '../contract.js';
import { DOSSIER_NAMES, type Dossier } from '../dossier.js';
import { isProtectedAddress } from './assess.js';
import type { AnalysisDeps } from './deps.js';
import { readEvidence } from './read-evidence.js';

type Input = Parameters<AnalysisActivities['planContainment']>[0];

/** A plan may be decided on and carried out within a day; after that the facts are read anew. */
const EXPIRES_AFTER_MS = 24 * 3_600_000;

/**
 * The plan, signed as its author and kept in the dossier under its id, so that console and report can show what was decided on. It is made
 * for accounts that the registry knows as the subject's and over evidence that its reader signed for this case: what somebody says in the
 * input alone plans nothing. Errors: NOT_AUTHORISED, STORE_TAMPERED.
 */
export async function planContainment(deps: AnalysisDeps, input: Input): Promise<SignedPlan | undefined> {
  const { caseId, purpose, assessment } = input;
  const subject = await ownFacts(deps, input);
  assertReadFor(deps, input);
  const policy = await deps.policies.read(input.policyDigest);
  const dossier = await deps.dossier.reader.readJson<Dossier>(caseId, assessment.file);
  const events = await readEvidence(deps, caseId, input.collections);
  const now = instant(deps.clock);
  const plan = buildPlan({
    planId: planIdOf(input),
    caseId,
    purpose,
    verdict: input.verdict,
    proposing: {
      weighed: input.weighed ?? ofVerdict(input.verdict),
      confirmed: input.weighed?.confirmed ?? [],
      thresholds: policy.decision.thresholds,
    },
    subject,
    findings: dossier.findings,
    events,
    policy: policy.containment,
    policyDigest: input.policyDigest,
    capabilities: deps.capabilities,
    manifests: input.collections.map((c) => c.manifest),
    earlier: await earlierPlans(deps, input),
    suspects: await suspectsOf(deps, caseId, subject.subjectId),
    isProtectedAddress: (ip) => isProtectedAddress(deps, ip),
    now,
    expiresAt: new Date(Date.parse(now) + EXPIRES_AFTER_MS).toISOString(),
  });
  if (!plan) return undefined;
  await deps.dossier.writer.writeJson(caseId, DOSSIER_NAMES.plan(plan.planId), plan);
  return signBody(plan, deps.planKey);
}

/** A case of before the explanations were weighed says its verdict alone. */
function ofVerdict(verdict: Input['verdict']): Pick<Escalation, 'ranking' | 'attack'> {
  const explanations =
    verdict === 'compromised' ? (['intruder', 'app'] as const) : verdict === 'insider' ? (['insider'] as const) : [];
  return {
    attack: explanations.length > 0 ? 1 : 0,
    ranking: explanations.map((explanation) => ({ explanation, probability: 1 / explanations.length })),
  };
}

/** The subject's accounts by this role's own registry, not by what the workflow says. */
async function ownFacts(deps: AnalysisDeps, { caseId, subject }: Input): Promise<SubjectFacts> {
  const known = await deps.registry.profile(subject.subjectId);
  const accounts = subject.accounts.filter((a) =>
    known?.accounts.some((k) => k.platform === a.platform && k.tenant === a.tenant && k.nativeId === a.nativeId),
  );
  if (caseId !== `case-${subject.subjectId}` || accounts.length !== subject.accounts.length)
    throw new QuellError('NOT_AUTHORISED', 'the case is not about these accounts');
  return subject;
}

/** Every collection is one that the evidence worker signed for this case. */
function assertReadFor({ manifestKeys }: AnalysisDeps, { caseId, subject, collections }: Input): void {
  for (const { manifest: signed, file } of collections) {
    const { manifest } = signed;
    const ours =
      manifest.caseId === caseId && manifest.subjectId === subject.subjectId && manifest.file.sha256 === file.sha256;
    if (!ours || !verifyManifest(signed, manifestKeys))
      throw new QuellError('STORE_TAMPERED', 'evidence that its reader did not sign for this case');
  }
}

/** The subjects of open cases that share an incident with this one: whoever did it may be among them. */
async function suspectsOf(deps: AnalysisDeps, caseId: string, subjectId: string): Promise<readonly Suspect[]> {
  const ids = (await deps.index.together(caseId)).filter((id) => id !== subjectId);
  const profiles = await deps.registry.profiles(ids);
  return ids.map((id) => ({ subjectId: id, accounts: profiles.get(id)?.accounts ?? [] }));
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
