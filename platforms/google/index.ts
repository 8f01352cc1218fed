export { createGoogleContainment, type GoogleContainmentSettings } from './containment.js';
export { createGoogleEvidence, type GoogleEvidenceSettings } from './evidence.js';
export { METHODS as GOOGLE_METHODS, scopesOf as googleScopesOf } from './methods.js';
export { createGoogleTalk, type GoogleTalkSettings } from './talk.js';
export { createChatVerifier, type ChatCall, type ChatCallerSettings } from './verify-chat.js';
