import type { VendorWrite } from '../../../domain/plan.js';
import type { MicrosoftClient } from '../client.js';
import type { MicrosoftOperation } from '../operations.js';
import type { MicrosoftLicences } from '../settings.js';

export interface ActContext {
  readonly client: MicrosoftClient;
  readonly has: Required<MicrosoftLicences>;
  /** Display name of the Conditional Access location that holds blocked addresses. */
  readonly blockedLocation: string;
}

export function write(operation: MicrosoftOperation, targetId: string): VendorWrite {
  return { platform: 'microsoft', operation: operation.name, targetId };
}

/** True when a vendor time (whole seconds) is not before an instant. */
export function notBefore(vendorTime: string | null | undefined, since: string): boolean {
  if (!vendorTime) return false;
  return Math.floor(Date.parse(vendorTime) / 1000) >= Math.floor(Date.parse(since) / 1000);
}
