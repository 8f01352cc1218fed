import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { SignedManifest } from '../../domain/evidence.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';
import { verifyManifest } from '../../store/signing.js';
import type { ContainmentConfig } from './config.js';
import type { ActionLedger } from './ledger.js';

export interface AutomaticAllowance {
  readonly keyId: string;
  /** Burnt when people release the step: the same ground never acts twice. */
  readonly token: string;
}

/**
 * May this step run without a person? Only when it is on this worker's own list, and a fresh manifest that the evidence worker signed for
 * this very case and tenant names the target account, with a ground that the list allows. Throws NOT_AUTHORISED or DECISION_REPLAYED.
 */
export function automaticAllowance(
  plan: ContainmentPlan,
  action: PlannedAction,
  config: ContainmentConfig,
  ledger: ActionLedger,
  now: Date,
): AutomaticAllowance {
  const grounds = config.automatic.filter((a) => a.kind === action.kind).flatMap((a) => a.grounds);
  if (grounds.length === 0) throw new QuellError('NOT_AUTHORISED', 'not on the list of automatic steps of this worker');
  const fits = plan.manifests.filter(
    (m) => isOurs(m, plan, action, config) && isFresh(m, config, now) && names(m, action, grounds),
  );
  const signed = fits.find((m) => !ledger.isBurnt(tokenOf(m, action)));
  if (signed) return { keyId: signed.keyId, token: tokenOf(signed, action) };
  if (fits.length > 0)
    throw new QuellError('DECISION_REPLAYED', 'people released this step; the same evidence does not act again');
  throw new QuellError('NOT_AUTHORISED', 'no fresh manifest of the evidence worker names this account');
}

export function tokenOf(signed: SignedManifest, action: PlannedAction): string {
  return digest({ manifest: signed.signature, kind: action.kind, target: action.target.id });
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

function names({ manifest }: SignedManifest, action: PlannedAction, allowed: readonly string[]): boolean {
  const { target } = action;
  if (target.type !== 'account' && target.type !== 'app') return false; // grounds name accounts and apps, nothing else
  return manifest.grounds.some(
    (g) => allowed.includes(g.rule) && g.nativeId === target.id && meet(g.sessionIds, target.sessionIds ?? []),
  );
}

/** The plan may cite more sessions than the ground needs; but not only others. Vendors without session ids name none. */
function meet(ground: readonly string[], target: readonly string[]): boolean {
  return ground.length === 0 || target.length === 0 || target.some((s) => ground.includes(s));
}
