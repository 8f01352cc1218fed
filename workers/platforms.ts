import type { Capability } from '../domain/capability.js';
import { QuellError } from '../domain/errors.js';
import type { Platform } from '../domain/platform.js';
import type { PlatformTenant, PortContext, TenantConfig } from '../platforms/define.js';
import type { VendorRole } from '../platforms/operation.js';
import type { ContainmentPort, EvidencePort, TalkPort } from '../platforms/ports.js';
import { createWire } from '../platforms/wire.js';
import type { Config } from './config.js';
import type { RoleContext } from './context.js';
import { Credentials } from './credentials.js';
import { wireTo } from './wires.js';

const TIMEOUT_MS = 30_000;
/** In the demo a search that runs at a vendor answers at once; vendors take minutes. */
const DEMO_POLL_MS = 20;

/** What of a role's context its ports are made of. */
export type Given = Pick<RoleContext, 'config' | 'credentials' | 'callRecord'> & Partial<Pick<RoleContext, 'database'>>;

/** What a platform makes a port of a tenant of. */
export function portContext(given: Given, role: VendorRole, tenant: TenantConfig): PortContext {
  const { config, credentials } = given;
  return {
    role,
    credentials: credentials.of(tenant),
    wire: (options) => wireTo(given, role, tenant, options),
    timeoutMs: TIMEOUT_MS,
    notices: config.platforms.notices,
    ...(config.profile === 'demo' ? { pollMs: DEMO_POLL_MS } : {}),
  };
}

/** A port for each tenant. A platform's code is loaded where the configuration has a tenant of it, and by the role's part alone. */
const forEachTenant = <T>(
  given: Given,
  role: VendorRole,
  port: (tenant: PlatformTenant, context: PortContext) => Promise<T>,
): Promise<readonly T[]> =>
  Promise.all(given.config.tenants.map((t) => port(given.config.platforms.at(t), portContext(given, role, t))));

/** What the containment role does. */
export const containmentPorts = (given: Given): Promise<readonly ContainmentPort[]> =>
  forEachTenant(given, 'containment', (tenant, context) => tenant.containment(context));

/** How the people role reaches people. */
export const talkPorts = (given: Given): Promise<readonly TalkPort[]> =>
  forEachTenant(given, 'people', (tenant, context) => tenant.talk(context));

/** Tells of a tenant that cannot be read, and why. */
export type OnBlind = (tenant: TenantConfig, error: QuellError) => void;

/**
 * What the evidence role reads. A tenant whose credential is missing blinds no other: each of its reads fails with what is missing, and is a
 * gap of every case. Errors: CONFIG when no tenant has a credential.
 */
export async function evidencePorts(
  given: Given,
  onBlind: OnBlind = () => undefined,
): Promise<readonly EvidencePort[]> {
  const { tenants, platforms } = given.config;
  const blind = new Map<TenantConfig, QuellError>();
  const portOf = (t: TenantConfig, by: Given): Promise<EvidencePort> =>
    platforms.at(t).evidence(portContext(by, 'evidence', t));
  const ports = await Promise.all(
    tenants.map(async (tenant) => {
      try {
        if (!hasCredential(given, tenant)) throw new QuellError('CONFIG', `no credential of ${nameOf(tenant)} is here`);
        return await portOf(tenant, given);
      } catch (error) {
        if (!(error instanceof QuellError) || error.code !== 'CONFIG') throw error;
        blind.set(tenant, error);
        return unreadable(await portOf(tenant, { ...given, credentials: Credentials.STAND_IN }), tenant, error);
      }
    }),
  );
  const [first] = blind.values();
  if (first && blind.size === tenants.length) throw first;
  for (const [tenant, error] of blind) onBlind(tenant, error);
  return ports;
}

/** A port that says of each read why it is none. Its sources are those that the tenant would have. */
function unreadable(
  { findSightings: _, ...port }: EvidencePort,
  tenant: TenantConfig,
  error: QuellError,
): EvidencePort {
  const refuse = (): Promise<never> => Promise.reject(new QuellError('CONFIG', error.detail));
  return {
    ...port,
    directory: { lookup: refuse, list: refuse },
    sources: port.sources.map((source) => ({ ...source, read: refuse })),
    limitations: [
      {
        what: `everything of ${nameOf(tenant)}`,
        why: `The evidence role lacks its credential (${error.detail ?? error.code}): what happened there is not known, which is no sign that nothing did.`,
        instead:
          'Hand the credential to the role, start it anew and look at the case again; proof: quell check names it.',
      },
      ...port.limitations,
    ],
  };
}

const nameOf = ({ platform, tenant }: TenantConfig): string => `${platform} ${tenant}`;

/** Whether a credential of the tenant is here: a file, or what the environment proves the process with. */
export const hasCredential = ({ config, credentials }: Given, { platform, tenant }: TenantConfig): boolean =>
  credentials.any(`${platform}.${tenant}.`) || config.platforms.of(platform).provenBy?.(process.env) === true;

/**
 * What the platforms' adapters declare, for the planner, which holds no credential: they are made without one and asked what they can do.
 * Nothing is called. Of several tenants of a platform the first decides.
 */
export async function capabilities(config: Config): Promise<Readonly<Record<Platform, Capability>>> {
  const tenants = config.tenants.filter((t, i, all) => all.findIndex((o) => o.platform === t.platform) === i);
  const declared = await Promise.all(
    tenants.map(async (tenant) => {
      const context = portContext({ config, credentials: Credentials.STAND_IN }, 'containment', tenant);
      const port = await config.platforms.at(tenant).containment({ ...context, wire: () => NO_WAY });
      return [tenant.platform, capabilityOf(port)] as const;
    }),
  );
  return Object.fromEntries(declared);
}

const NO_WAY = createWire({ bases: [] });

const capabilityOf = ({ acts, order, limitations }: ContainmentPort): Capability => ({
  acts: Object.fromEntries(
    Object.entries(acts).map(([kind, { reversible, undo, losses }]) => [kind, { reversible, undo, losses }]),
  ),
  order,
  limitations,
});
