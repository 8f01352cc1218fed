export { googleCredentials } from './authority.js';
export { createGoogleTenant } from './tenant.js';
