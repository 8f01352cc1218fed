/** The workflow bundle: every export here is a workflow type. */
export { answerFormWorkflow } from './answer-form.js';
export { caseWorkflow } from './case.js';
export { containmentWorkflow } from './containment.js';
export { forgetDecisionWorkflow, forgettingWorkflow } from './forgetting.js';
export { evidenceWorkflow } from './evidence.js';
export { containmentGuardWorkflow } from './containment-guard.js';
export { incidentWorkflow } from './incident.js';
export { planTargetsWorkflow } from './plan-targets.js';
export { ipBlocksWorkflow } from './retired/ip-blocks.js';
