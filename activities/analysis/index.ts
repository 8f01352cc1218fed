import { PLATFORMS } from '../../platforms/registry.js';
import { beating, systemClock } from '../context.js';
import type { AnalysisActivities } from '../contract.js';
import { guarded } from '../errors.js';
import { assess } from './assess.js';
import type { AnalysisDeps } from './deps.js';
import { auditExposure } from './exposure.js';
import { planContainment } from './plan.js';

export type { AnalysisDeps } from './deps.js';
export { IndicatorLists } from './intelligence/lists.js';
export { abuseIpDb, urlHaus, virusTotal } from './intelligence/providers.js';

type Optional = 'platforms' | 'clock';

/** Activities of the analysis role: it reads evidence with the private key and has no vendor scope. */
export function createAnalysisActivities(
  given: Omit<AnalysisDeps, Optional> & Partial<Pick<AnalysisDeps, Optional>>,
): AnalysisActivities {
  const deps: AnalysisDeps = { platforms: PLATFORMS, clock: systemClock, ...given };
  const alive = <T>(work: () => Promise<T>): Promise<T> => beating(() => undefined, work);
  return guarded<AnalysisActivities>({
    assess: (input) => alive(() => assess(deps, input)),
    planContainment: (input) => alive(() => planContainment(deps, input)),
    auditExposure: (input) => alive(() => auditExposure(deps, input)),
  });
}
