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

/** Activities of the analysis role: it reads evidence with the private key and has no vendor scope. */
export function createAnalysisActivities(
  given: Omit<AnalysisDeps, 'clock'> & Partial<Pick<AnalysisDeps, 'clock'>>,
): AnalysisActivities {
  const deps: AnalysisDeps = { clock: systemClock, ...given };
  const alive = <T>(work: () => Promise<T>): Promise<T> => beating(() => undefined, work);
  return guarded<AnalysisActivities>({
    assess: (input) => alive(() => assess(deps, input)),
    planContainment: (input) => alive(() => planContainment(deps, input)),
    auditExposure: (input) => alive(() => auditExposure(deps, input)),
  });
}
