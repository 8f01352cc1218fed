/** The activities of each role, as factories that take their ports. */
export { createAnalysisActivities, type AnalysisDeps } from './analysis/index.js';
export { createContainmentActivities, type ContainmentDeps } from './containment/index.js';
export { createEvidenceActivities, type EvidenceDeps } from './evidence/index.js';
export { createPeopleActivities, type PeopleDeps } from './people/index.js';
export { createRecordsActivities, type RecordsDeps } from './records/index.js';
