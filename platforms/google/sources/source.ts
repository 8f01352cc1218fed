import type { TenantRef } from '../../../domain/platform.js';
import type { GoogleClient } from '../client.js';
import type { GoogleSettings } from '../settings.js';

export interface SourceContext extends TenantRef {
  readonly platform: 'google';
  readonly client: GoogleClient;
  readonly settings: GoogleSettings;
}
