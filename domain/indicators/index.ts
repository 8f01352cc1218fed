import type { Finding } from '../finding.js';
import { appConsent } from './app-consent.js';
import { baselineDeviation } from './baseline-deviation.js';
import { bulkCollection } from './bulk-collection.js';
import { chatActivity } from './chat-activity.js';
import { configOrApiChange } from './config-or-api-change.js';
import { credentialChange } from './credential-change.js';
import { credentialExposed } from './credential-exposed.js';
import { externalShare } from './external-share.js';
import { failedSignIns } from './failed-sign-ins.js';
import { frequentInvolvement } from './frequent-involvement.js';
import { hiddenNotice } from './hidden-notice.js';
import type { Indicator } from './indicator.js';
import { newInterest } from './new-interest.js';
import { platformAlert } from './platform-alert.js';
import { securityNotice } from './security-notice.js';
import { sensitiveUploads } from './sensitive-uploads.js';
import { sessionReuse } from './session-reuse.js';
import { slowCollections } from './slow-collection.js';
import { threatIntelligence } from './threat-intelligence.js';
import { unmatchedActivity } from './unmatched-activity.js';
import { unusualSignIn } from './unusual-sign-in.js';
import { viewOf, type IndicatorInput } from './view.js';
import { volumeSurge } from './volume-surge.js';

export type { IndicatorInput, IntelligenceHit, SecretHit } from './view.js';

/** In the order of the playbook: key indicators, L1 steps, notifications, T2. */
export const INDICATORS: readonly Indicator[] = [
  chatActivity,
  bulkCollection,
  slowCollections,
  newInterest,
  sensitiveUploads,
  configOrApiChange,
  unusualSignIn,
  failedSignIns,
  unmatchedActivity,
  sessionReuse,
  credentialChange,
  appConsent,
  externalShare,
  platformAlert,
  securityNotice,
  hiddenNotice,
  volumeSurge,
  baselineDeviation,
  credentialExposed,
  threatIntelligence,
  frequentInvolvement,
];

/** Every indicator that holds, with the numbers and the events that show it. Pure. */
export function computeFindings(input: IndicatorInput): readonly Finding[] {
  const view = viewOf(input);
  return INDICATORS.flatMap((indicator) => indicator.find(view));
}

/** Volumes with their numbers, for the answer to the playbook's question and the report's picture. */
export { volumes } from './shared/daily-volume.js';
export { viewOf } from './view.js';
