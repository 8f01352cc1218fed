import type { VendorWrite } from '../../domain/plan.js';
import type { GoogleClient } from './client.js';
import type { GoogleMethod } from './methods.js';
import type { GoogleSettings } from './settings.js';

export interface ActContext {
  readonly client: GoogleClient;
  readonly settings: GoogleSettings;
}

export function write(method: GoogleMethod, targetId: string): VendorWrite {
  return { platform: 'google', operation: method.name, targetId };
}
