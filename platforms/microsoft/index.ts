export { createMicrosoftContainment, type MicrosoftContainmentSettings } from './containment.js';
export { createMicrosoftEvidence, type MicrosoftEvidenceSettings } from './evidence.js';
export { OPERATIONS as MICROSOFT_OPERATIONS, permissionsOf as microsoftPermissionsOf } from './operations.js';
export { createMicrosoftTalk, type MicrosoftTalkSettings } from './talk.js';
export { createBotVerifier, type BotCall, type BotCallerSettings } from './verify-bot.js';
export { microsoftBases } from './settings.js';
