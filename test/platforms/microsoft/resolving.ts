import type { ActTarget, TargetOf, TargetType } from '../../../domain/act-target.js';
import type { MicrosoftContainmentSettings } from '../../../platforms/microsoft/containment.js';
import { createMicrosoftContainment } from '../../../platforms/microsoft/containment.js';
import { microsoftBases } from '../../../platforms/microsoft/settings.js';
import { resolveTarget, summaryOf, type ResolvedTarget } from '../../../platforms/resolve.js';
import { createWire, type Wire } from '../../../platforms/wire.js';
import type { Tenant } from './fixture.js';

/** Resolves as the containment worker does. */
export const resolved = <T extends TargetType>(
  tenant: Tenant,
  target: TargetOf<T>,
  extra: Partial<MicrosoftContainmentSettings> = {},
): Promise<ResolvedTarget<T>> =>
  resolveTarget<T>(createMicrosoftContainment({ ...tenant.settings('containment'), ...extra }), target);

/** The target that a resolution comes to, or the code that it ends by. */
export async function outcome(
  tenant: Tenant,
  target: ActTarget,
  extra: Partial<MicrosoftContainmentSettings> = {},
): Promise<ActTarget | string> {
  return resolved(tenant, target, extra).then(
    (found) => summaryOf(found).target,
    (error: unknown) => (error as { readonly code: string }).code,
  );
}

/** A wire on which the answers of some paths are others than the tenant's. */
export function answering({ url }: Tenant, path: RegExp, change: (body: never) => unknown): Wire {
  const changed: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const asked = new URL(input instanceof Request ? input.url : input);
    if (!path.test(decodeURIComponent(asked.pathname)) || !response.ok) return response;
    return new Response(JSON.stringify(change((await response.json()) as never)), {
      status: response.status,
      headers: { 'content-type': 'application/json' },
    });
  };
  return createWire({ bases: microsoftBases({ graph: url, login: url, manage: url }), fetch: changed });
}
