import type { TenantConfig } from '../platforms/define.js';
import type { VendorRole } from '../platforms/operation.js';
import { createWire, type Wire, type WireOptions } from '../platforms/wire.js';
import { RateBudget } from '../platforms/wire/budget.js';
import { recordCalls } from '../platforms/wire/record.js';
import { CallLeases } from '../store/rates/call-leases.js';
import type { RoleContext } from './context.js';
import { installedLogger } from './runtime.js';

/** The one way of a role's process to a tenant: with the budget of both, and the record of calls where one is kept. */
export function wireTo(
  { config, callRecord, database }: Pick<RoleContext, 'config' | 'callRecord'> & Partial<Pick<RoleContext, 'database'>>,
  role: VendorRole,
  { platform, tenant }: TenantConfig,
  options: Pick<WireOptions, 'bases' | 'asksToSlowDown'>,
): Wire {
  return createWire({
    ...options,
    budget: new RateBudget({
      ...{ role, rates: config.pace.rates },
      ...(database && { shared: { store: new CallLeases(database.pool), tenant: `${platform}/${tenant}` } }),
    }),
    ...(callRecord !== undefined && {
      record: recordCalls({
        file: callRecord,
        role,
        vendor: platform,
        tenant,
        onFailure: (error) => {
          const failure = (error as NodeJS.ErrnoException).code ?? 'unknown';
          installedLogger().error({ failure }, 'calls cannot be recorded');
        },
      }),
    }),
  });
}
