import type { Finding } from '../finding.js';
import { bulkCollection } from './bulk-collection.js';
import { unusualChatActivity } from './chat-activity.js';
import { configOrApiChange } from './config-or-api-change.js';
import { sessionReuse, unmatchedActivity } from './cross-reference.js';
import { givenFindings } from './given.js';
import { appConsents, credentialChanges, externalShares, platformAlerts } from './identity.js';
import { newInterests } from './new-interest.js';
import { hiddenNotices, securityNotices } from './notices.js';
import { sensitiveUploads } from './sensitive-uploads.js';
import { unusualSignIns } from './sign-ins.js';
import { slowCollections } from './slow-collection.js';
import { viewOf, type IndicatorInput } from './view.js';
import { baselineDeviations, volumeSurges } from './volumes.js';

export type { IndicatorInput, IntelligenceHit, SecretHit } from './view.js';

/** In the order of the playbook: key indicators, L1 steps, notifications, T2. */
const INDICATORS = [
  unusualChatActivity,
  bulkCollection,
  slowCollections,
  newInterests,
  sensitiveUploads,
  configOrApiChange,
  unusualSignIns,
  unmatchedActivity,
  sessionReuse,
  credentialChanges,
  appConsents,
  externalShares,
  platformAlerts,
  securityNotices,
  hiddenNotices,
  volumeSurges,
  baselineDeviations,
  givenFindings,
] as const;

/** Every indicator that holds, with the numbers and the events that show it. Pure. */
export function computeFindings(input: IndicatorInput): readonly Finding[] {
  const view = viewOf(input);
  return INDICATORS.flatMap((indicator) => indicator(view));
}

/** Volumes with their numbers, for the answer to the playbook's question and the report's picture. */
export { volumes } from './volumes.js';
export { viewOf } from './view.js';
