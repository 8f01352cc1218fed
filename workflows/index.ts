/** The workflow bundle: every export here is a workflow type. */
export { answerFormWorkflow } from './answer-form.js';
export { caseWorkflow } from './case.js';
export { containmentWorkflow } from './containment.js';
export { evidenceWorkflow } from './evidence.js';
export { containmentGuardWorkflow } from './containment-guard.js';
export { incidentWorkflow } from './incident.js';
export { ipBlocksWorkflow } from './ip-blocks.js';
