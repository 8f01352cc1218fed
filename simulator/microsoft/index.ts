export { microsoftCredentials } from './auth.js';
export { createMicrosoftTenant, type MicrosoftTenant } from './tenant.js';
