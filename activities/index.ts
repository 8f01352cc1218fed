/** Activity factories: each takes its ports and stores, so that a worker wires only what its role may hold. */
export { createAnalysisActivities } from './analysis/index.js';
export { createContainmentActivities } from './containment/index.js';
export { createEvidenceActivities } from './evidence/index.js';
export { createPeopleActivities } from './people/index.js';
export { createRecordsActivities } from './records/index.js';
