export { parseBlockAction, type BlockAction } from './block-actions.js';
export { createSlackContainment, type SlackContainmentSettings } from './containment.js';
export { createSlackEvidence, type SlackEvidenceSettings } from './evidence.js';
export { OPERATIONS as SLACK_OPERATIONS, scopesOf as slackScopesOf } from './methods.js';
export { createSlackTalk } from './talk.js';
export { verifySlackRequest, type SignedRequest } from './verify-request.js';
