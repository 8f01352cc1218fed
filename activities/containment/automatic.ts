import { AUTOMATIC } from '../../domain/approval.js';
import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { EvidenceEvent, EvidenceRef, Ground, SignedManifest } from '../../domain/evidence.js';
import { groundsIn } from '../../domain/grounds.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';
import type { TenantRef } from '../../domain/platform.js';
import type { ResolvedTarget } from '../../platforms/resolve.js';
import { verifyManifest } from '../../store/signing.js';
import type { ContainmentConfig } from './config.js';
import type { UseBook } from './ports.js';

/** Reads the rows that a manifest's grounds rest on; throws when they are not the ones that it names. */
export type GroundReader = (caseId: string, rows: EvidenceRef) => Promise<readonly EvidenceEvent[]>;

export interface AutomaticDeps {
  readonly config: ContainmentConfig;
  readonly memory: Pick<UseBook, 'burntOf'>;
  readonly grounds: GroundReader;
}

/**
 * May this step run without a person? Only with a clean chain, each link of which stops it alone: the kind is on this worker's own list and
 * automatic in its own policy; the plan is one of first steps; a fresh manifest that the evidence worker signed for this very case and tenant
 * names the resolved account; and the ground holds when this worker computes it again, by its own policy, over the rows that were signed.
 * Throws NOT_AUTHORISED, DECISION_REPLAYED, STORE_TAMPERED.
 */
export async function automaticAllowance(
  deps: AutomaticDeps,
  plan: ContainmentPlan,
  action: PlannedAction,
  resolved: ResolvedTarget,
  now: Date,
): Promise<{ readonly keyId: string }> {
  const { config, memory } = deps;
  if (!config.automatic.includes(action.kind) || config.policy.containment.rules[action.kind] !== AUTOMATIC)
    throw new QuellError('NOT_AUTHORISED', 'not on the list of automatic steps of this worker');
  if (plan.purpose !== 'first_steps') throw new QuellError('NOT_AUTHORISED', 'only first steps go without a person');
  let released = false;
  for (const signed of plan.manifests) {
    if (!isOurs(signed, plan, action, config) || !isFresh(signed, config, now)) continue;
    const claimed = signed.manifest.grounds.flatMap((g) => tokensOf(action, g));
    if (claimed.length === 0) continue;
    const again = await groundsAgain(deps, signed);
    // A session that only the manifest claims has no part in it: it would stand for one that people released.
    const proved = again
      .filter((g) => names(g, resolved))
      .flatMap((g) => tokensOf(action, g))
      .filter((t) => claimed.includes(t));
    const burnt = await memory.burntOf(proved);
    if (proved.some((token) => !burnt.has(token))) return { keyId: signed.keyId };
    released ||= proved.length > 0;
  }
  if (released)
    throw new QuellError('DECISION_REPLAYED', 'people released this step; the same evidence does not act again');
  throw new QuellError('NOT_AUTHORISED', 'no fresh manifest of the evidence worker shows a ground for this account');
}

/** What is burnt when people release an automatic step: each session that it rested on, or the account where the vendor names none. */
export function burntBy(plan: ContainmentPlan, action: PlannedAction): readonly string[] {
  return plan.manifests
    .filter(({ manifest }) => manifest.platform === action.platform && manifest.tenant === action.tenant)
    .flatMap(({ manifest }) => manifest.grounds.flatMap((g) => tokensOf(action, g)));
}

/** The ground itself, not the manifest that tells of it: collecting the same evidence again gives the same tokens. */
function tokensOf(
  { kind, platform, tenant }: TenantRef & Pick<PlannedAction, 'kind'>,
  ground: Ground,
): readonly string[] {
  const { rule, nativeId, sessionIds } = ground;
  const of = (session: string | null): string => digest({ kind, platform, tenant, rule, nativeId, session });
  return sessionIds.length === 0 ? [of(null)] : sessionIds.map(of);
}

/** Over the signed rows, by this worker's own thresholds. A manifest without rows shows nothing. */
async function groundsAgain(deps: AutomaticDeps, { manifest }: SignedManifest): Promise<readonly Ground[]> {
  const { caseId, groundRows, accounts, window } = manifest;
  if (!groundRows) return [];
  const rows = await deps.grounds(caseId, groundRows);
  const here = rows.every((e) => e.platform === manifest.platform && e.tenant === manifest.tenant);
  if (!here) throw new QuellError('STORE_TAMPERED', 'rows of another tenant');
  return groundsIn(rows, deps.config.policy, accounts, window);
}

function isOurs(
  signed: SignedManifest,
  plan: ContainmentPlan,
  action: PlannedAction,
  config: ContainmentConfig,
): boolean {
  const { manifest } = signed;
  if (!verifyManifest(signed, config.manifestKeys)) return false;
  return (
    manifest.caseId === plan.caseId &&
    manifest.subjectId === plan.subjectId &&
    manifest.platform === action.platform &&
    manifest.tenant === action.tenant
  );
}

function isFresh({ manifest }: SignedManifest, config: ContainmentConfig, now: Date): boolean {
  const age = now.getTime() - Date.parse(manifest.readAt);
  return age > -60_000 && age <= config.manifestMaxAgeMinutes * 60_000;
}

/** Grounds name accounts: nothing else is stopped without a person. The plan may cite more sessions than the ground needs, but not only others. */
function names(ground: Ground, resolved: ResolvedTarget): boolean {
  if (resolved.type !== 'account' && resolved.type !== 'sessions') return false;
  if (ground.nativeId !== resolved.accountId) return false;
  const cited = resolved.type === 'sessions' ? resolved.sessionIds : [];
  return ground.sessionIds.length === 0 || cited.length === 0 || cited.some((s) => ground.sessionIds.includes(s));
}
