import { join } from 'node:path';
import { QuellError } from '../domain/errors.js';
import type { RoleCheck } from '../platforms/check.js';
import { VENDOR_ROLES, type VendorRole } from '../platforms/operation.js';
import type { Limitation } from '../platforms/ports.js';
import type { PlatformTenant, PortContext, TenantConfig } from '../platforms/define.js';
import type { Config } from './config.js';
import { Credentials } from './credentials.js';
import { hasCredential, portContext, type Given } from './platforms.js';

export interface CheckOptions {
  readonly config: Config;
  /** Folder with the vendor credentials of a role. */
  readonly credentials: (role: VendorRole) => string;
  readonly platform?: string | undefined;
  readonly tenant?: string | undefined;
  readonly role?: VendorRole | undefined;
  readonly callRecord?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Credentials folder of a role of a state folder. */
export const credentialsOf = (state: string, role: VendorRole): string => join(state, 'roles', role, 'credentials');

type Where = Pick<RoleCheck, 'platform' | 'tenant' | 'role'>;

/**
 * What the vendor credentials that are here allow, for each tenant and role asked for. `without`: those that have no
 * credentials here, because another machine holds them. A credential that cannot be read is a finding, not an error.
 */
export async function checkCredentials(
  options: CheckOptions,
): Promise<{ readonly checks: readonly RoleCheck[]; readonly without: readonly Where[] }> {
  const { config, platform, tenant } = options;
  const tenants = config.tenants.filter(
    (t) => (platform === undefined || t.platform === platform) && (tenant === undefined || t.tenant === tenant),
  );
  const roles = VENDOR_ROLES.filter((r) => options.role === undefined || r === options.role);
  const pairs = tenants.flatMap((t) => roles.map((role) => ({ tenant: t, role })));
  const results = await Promise.all(pairs.map((pair) => checkPair(options, pair.tenant, pair.role)));
  return {
    checks: results.flatMap((r) => r ?? []),
    without: pairs.flatMap(({ tenant: t, role }, n) =>
      results[n] === undefined ? [{ platform: t.platform, tenant: t.tenant, role }] : [],
    ),
  };
}

async function checkPair(
  options: CheckOptions,
  tenant: TenantConfig,
  role: VendorRole,
): Promise<RoleCheck | undefined> {
  const { config, callRecord, signal } = options;
  try {
    const credentials = Credentials.read(options.credentials(role), role, config.platforms);
    const given: Given = { config, credentials, ...(callRecord === undefined ? {} : { callRecord }) };
    if (!hasCredential(given, tenant)) {
      // Where the role holds those of other tenants, this machine is its own and nothing of this tenant works.
      if (credentials.any(''))
        throw new QuellError('CONFIG', `none is here, and the role holds those of other tenants`);
      return undefined;
    }
    const there = config.platforms.at(tenant);
    const context = portContext(given, role, tenant);
    const people = config.deciders.flatMap((d) => d.accounts);
    const found = await there.check(context, people, signal ? { signal } : {});
    return { ...found, limitations: await limitationsOf(there, context) };
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    const because = error.detail ?? error.code;
    return {
      ...{ platform: tenant.platform, tenant: tenant.tenant, role },
      credentials: [{ credential: 'all', status: 'unreadable', because }],
      ...{ scopes: [], rights: [], operations: [], plan: [], limitations: [] },
    };
  }
}

/** What the platform lets nobody do, as the role's own port says it. */
async function limitationsOf(tenant: PlatformTenant, context: PortContext): Promise<readonly Limitation[]> {
  const port = { evidence: tenant.evidence, containment: tenant.containment, people: tenant.talk }[context.role];
  return (await port(context)).limitations;
}
