import { QuellError } from '../domain/errors.js';
import { asksToSlowDown } from '../platforms/google/errors.js';
import { asksToSlowDown as slackAsksToSlowDown } from '../platforms/slack/errors.js';
import { serviceAccountFrom } from '../platforms/google/service-account.js';
import { googleBases, type GoogleSettings } from '../platforms/google/settings.js';
import { microsoftBases, type MicrosoftSettings } from '../platforms/microsoft/settings.js';
import type { VendorRole } from '../platforms/operation.js';
import type { ContainmentPort, EvidencePort, TalkPort } from '../platforms/ports.js';
import { slackBases, type SlackSettings } from '../platforms/slack/settings.js';
import type { TenantConfig } from './config.js';
import { Credentials } from './credentials.js';
import type { RoleContext } from './context.js';
import { microsoftCredential } from './microsoft-credential.js';
import { wireTo } from './wires.js';

const TIMEOUT_MS = 30_000;
/** In the demo an asynchronous audit search answers at once; vendors take minutes. */
const DEMO_POLL_MS = 20;

/** What of a role's context its ports are made of. */
export type PortContext = Pick<RoleContext, 'config' | 'credentials' | 'callRecord'>;
type Of<P extends TenantConfig['platform']> = Extract<TenantConfig, { platform: P }>;

/** Tells of a tenant that cannot be read, and why. */
export type OnBlind = (tenant: TenantConfig, error: QuellError) => void;

/**
 * What the evidence role reads. A platform's code is loaded where the configuration has a tenant of it, and by this role's part alone. A
 * tenant whose credential is missing blinds no other: each of its reads fails with what is missing, and is a gap of every case. Errors:
 * CONFIG when no tenant has a credential.
 */
export async function evidencePorts(
  context: PortContext,
  onBlind: OnBlind = () => undefined,
): Promise<readonly EvidencePort[]> {
  const { tenants } = context.config;
  const blind = new Map<TenantConfig, QuellError>();
  const ports = await forEachTenant(tenants, async (tenant) => {
    try {
      if (!hasCredential(context.credentials, tenant))
        throw new QuellError('CONFIG', `no credential of ${nameOf(tenant)} is here`);
      return await evidencePort(context, tenant);
    } catch (error) {
      if (!(error instanceof QuellError) || error.code !== 'CONFIG') throw error;
      blind.set(tenant, error);
      return unreadable(await evidencePort({ ...context, credentials: Credentials.STAND_IN }, tenant), tenant, error);
    }
  });
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

/** The platform's own token counts where a file of the environment holds it. */
export const hasCredential = (credentials: Credentials, { platform, tenant }: TenantConfig): boolean =>
  credentials.any(`${platform}.${tenant}.`) ||
  (platform === 'microsoft' && (process.env['AZURE_FEDERATED_TOKEN_FILE'] ?? '') !== '');

async function evidencePort(context: PortContext, tenant: TenantConfig): Promise<EvidencePort> {
  const { config, credentials } = context;
  switch (tenant.platform) {
    case 'slack': {
      const { createSlackEvidence } = await import('../platforms/slack/evidence.js');
      return createSlackEvidence({
        ...slack(context, 'evidence', tenant),
        ...(tenant.identityProvider === undefined ? {} : { identityProvider: tenant.identityProvider }),
        ownAppIds: tenant.ownAppIds,
        tokens: tokens(credentials, tenant.tenant, ['audit', 'admin', 'logs']),
      });
    }
    case 'microsoft': {
      const { createMicrosoftEvidence } = await import('../platforms/microsoft/evidence.js');
      return createMicrosoftEvidence({
        ...microsoft(context, 'evidence', tenant),
        licences: defined(tenant.licences),
        ...(config.profile === 'demo' ? { auditSearch: { pollMs: DEMO_POLL_MS } } : {}),
      });
    }
    case 'google': {
      const { createGoogleEvidence } = await import('../platforms/google/evidence.js');
      return createGoogleEvidence({
        ...google(context, 'evidence', tenant),
        ...(tenant.identityProvider === undefined ? {} : { identityProvider: tenant.identityProvider }),
      });
    }
  }
}

/** What the containment role does; loaded as `evidencePorts` is. */
export function containmentPorts(context: PortContext): Promise<readonly ContainmentPort[]> {
  const { config, credentials } = context;
  return forEachTenant(config.tenants, async (tenant) => {
    switch (tenant.platform) {
      case 'slack': {
        const { createSlackContainment } = await import('../platforms/slack/containment.js');
        return createSlackContainment({
          ...slack(context, 'containment', tenant),
          ownAppIds: tenant.ownAppIds,
          tokens: tokens(credentials, tenant.tenant, ['admin', 'scim']),
        });
      }
      case 'microsoft': {
        const { createMicrosoftContainment } = await import('../platforms/microsoft/containment.js');
        return createMicrosoftContainment({
          ...microsoft(context, 'containment', tenant),
          licences: defined(tenant.licences),
          ownAppIds: Object.values(tenant.clientIds),
        });
      }
      case 'google': {
        const { createGoogleContainment } = await import('../platforms/google/containment.js');
        return createGoogleContainment({
          ...google(context, 'containment', tenant),
          ...(tenant.blockLevel === undefined ? {} : { blockLevel: tenant.blockLevel }),
        });
      }
    }
  });
}

/** How the people role reaches people; loaded as `evidencePorts` is. */
export function talkPorts(context: PortContext): Promise<readonly TalkPort[]> {
  const { config, credentials } = context;
  return forEachTenant(config.tenants, async (tenant) => {
    switch (tenant.platform) {
      case 'slack': {
        const { createSlackTalk } = await import('../platforms/slack/talk.js');
        return createSlackTalk({
          ...slack(context, 'people', tenant),
          tokens: tokens(credentials, tenant.tenant, ['bot']),
        });
      }
      case 'microsoft': {
        const { createMicrosoftTalk } = await import('../platforms/microsoft/talk.js');
        return createMicrosoftTalk({
          ...microsoft(context, 'people', tenant),
          ...(tenant.sender === undefined ? {} : { mailFrom: tenant.sender }),
          ...(tenant.teamsAppId === undefined ? {} : { teamsAppId: tenant.teamsAppId }),
        });
      }
      case 'google': {
        const { createGoogleTalk } = await import('../platforms/google/talk.js');
        return createGoogleTalk({
          ...google(context, 'people', tenant),
          ...(tenant.sender === undefined ? {} : { sender: tenant.sender }),
        });
      }
    }
  });
}

const forEachTenant = <T>(
  tenants: readonly TenantConfig[],
  port: (tenant: TenantConfig) => Promise<T>,
): Promise<readonly T[]> => Promise.all(tenants.map(port));

function slack(context: PortContext, role: VendorRole, tenant: Of<'slack'>): Omit<SlackSettings, 'tokens'> {
  const { teamIds, plan, baseUrls } = tenant;
  const wire = wireTo(context, role, tenant, { bases: slackBases(baseUrls), asksToSlowDown: slackAsksToSlowDown });
  return { tenant: tenant.tenant, wire, teamIds, plan, timeoutMs: TIMEOUT_MS };
}

function tokens<K extends string>(
  credentials: Credentials,
  tenant: string,
  kinds: readonly K[],
): Partial<Record<K, string>> {
  const found = kinds.flatMap((kind) => {
    const value = credentials.maybe(`slack.${tenant}.${kind}`);
    return value === undefined ? [] : [[kind, value] as const];
  });
  return Object.fromEntries(found) as Partial<Record<K, string>>;
}

function microsoft(context: PortContext, role: VendorRole, tenant: Of<'microsoft'>): MicrosoftSettings {
  const credential = microsoftCredential(tenant.tenant, tenant.clientIds[role], context.credentials);
  const wire = wireTo(context, role, tenant, { bases: microsoftBases(tenant.baseUrls) });
  return { tenant: tenant.tenant, tenantId: tenant.tenantId, credential, timeoutMs: TIMEOUT_MS, wire };
}

function google(context: PortContext, role: VendorRole, tenant: Of<'google'>): GoogleSettings {
  const { customerId, adminSubject, baseUrl, licences } = tenant;
  const credential = context.credentials.need(`google.${tenant.tenant}.key`);
  return {
    tenant: tenant.tenant,
    customerId,
    adminSubject,
    serviceAccount: serviceAccountFrom(tenant.serviceAccounts[role], credential),
    timeoutMs: TIMEOUT_MS,
    wire: wireTo(context, role, tenant, { bases: googleBases(baseUrl), asksToSlowDown }),
    licences: defined(licences),
    ownAppIds: tenant.ownAppIds,
  };
}

/** Drops what the configuration left out, so that an adapter's own default holds. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export {
  slack as slackSettings,
  tokens as slackTokens,
  microsoft as microsoftSettings,
  google as googleSettings,
  defined,
};
