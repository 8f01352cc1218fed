import { join } from 'node:path';
import { QuellError } from '../domain/errors.js';
import type { RoleCheck, VendorCheck } from '../platforms/check.js';
import { VENDOR_ROLES, type VendorRole } from '../platforms/operation.js';
import type { Limitation } from '../platforms/ports.js';
import type { Config, TenantConfig } from './config.js';
import { Credentials } from './credentials.js';
import {
  containmentPorts,
  defined,
  evidencePorts,
  googleSettings,
  hasCredential,
  microsoftSettings,
  slackSettings,
  slackTokens,
  talkPorts,
  type PortContext,
} from './platforms.js';

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
    const credentials = Credentials.read(options.credentials(role), role);
    if (!hasCredential(credentials, tenant)) {
      // Where the role holds those of other tenants, this machine is its own and nothing of this tenant works.
      if (credentials.any(''))
        throw new QuellError('CONFIG', `none is here, and the role holds those of other tenants`);
      return undefined;
    }
    const context: PortContext = {
      config: { ...config, tenants: [tenant] },
      credentials,
      ...(callRecord === undefined ? {} : { callRecord }),
    };
    const found = await checkTenant(context, tenant, role, signal);
    return { ...found, limitations: await limitationsOf(context, role) };
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

const SLACK_TOKENS = {
  evidence: ['audit', 'admin', 'logs'],
  containment: ['admin', 'scim'],
  people: ['bot'],
} as const;

async function checkTenant(
  context: PortContext,
  tenant: TenantConfig,
  role: VendorRole,
  signal: AbortSignal | undefined,
): Promise<VendorCheck> {
  const call = signal ? { signal } : {};
  switch (tenant.platform) {
    case 'slack': {
      const { checkSlack } = await import('../platforms/slack/check.js');
      const tokens = slackTokens(context.credentials, tenant.tenant, SLACK_TOKENS[role]);
      return checkSlack({ ...slackSettings(context, role, tenant), tokens }, role, call);
    }
    case 'microsoft': {
      const { checkMicrosoft } = await import('../platforms/microsoft/check.js');
      const { sender, teamsAppId, licences } = tenant;
      const settings = {
        ...microsoftSettings(context, role, tenant),
        licences: defined(licences),
        teamsPeople: context.config.deciders.flatMap((d) => d.accounts.filter((id) => OBJECT_ID.test(id))),
        ...(sender === undefined ? {} : { mailFrom: sender }),
        ...(teamsAppId === undefined ? {} : { teamsAppId }),
      };
      return checkMicrosoft(settings, role, call);
    }
    case 'google': {
      const { checkGoogle } = await import('../platforms/google/check.js');
      const { sender, blockLevel } = tenant;
      const settings = {
        ...googleSettings(context, role, tenant),
        ...(sender === undefined ? {} : { sender }),
        ...(blockLevel === undefined ? {} : { blockLevel }),
      };
      return checkGoogle(settings, role, call);
    }
  }
}

/** An object id of Entra; accounts elsewhere look different. */
const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the platform lets nobody do, as the role's own port says it. */
async function limitationsOf(context: PortContext, role: VendorRole): Promise<readonly Limitation[]> {
  const portsOf = { evidence: evidencePorts, containment: containmentPorts, people: talkPorts }[role];
  return (await portsOf(context)).flatMap((port) => port.limitations);
}
