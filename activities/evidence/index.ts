import { PLATFORMS } from '../../platforms/registry.js';
import { systemClock } from '../context.js';
import type { EvidenceActivities } from '../contract.js';
import { guarded } from '../errors.js';
import { collectEvidence } from './collect.js';
import type { EvidenceDeps } from './deps.js';
import { findOthers } from './find-others.js';
import { identifySubject } from './identify.js';

export type { EvidenceDeps } from './deps.js';
export { openGeo } from './geo.js';

type Optional = 'platforms' | 'clock' | 'maxRowsPerSource' | 'breakGlass' | 'mailDomains' | 'deciders';

/** Activities of the evidence role. It reads vendors and appends to the evidence store; it cannot read back what it wrote there. */
export function createEvidenceActivities(
  given: Omit<EvidenceDeps, Optional> & Partial<Pick<EvidenceDeps, Optional>>,
): EvidenceActivities {
  const deps: EvidenceDeps = {
    platforms: PLATFORMS,
    clock: systemClock,
    maxRowsPerSource: 200_000,
    breakGlass: [],
    mailDomains: {},
    deciders: async () => [],
    ...given,
  };
  return guarded<EvidenceActivities>({
    identifySubject: (input) => identifySubject(deps, input),
    findOthers: (input) => findOthers(deps, input),
    collectEvidence: (input) => collectEvidence(deps, input),
  });
}
