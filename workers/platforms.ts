import {
  createMicrosoftContainment,
  createMicrosoftEvidence,
  createMicrosoftTalk,
} from '../platforms/microsoft/index.js';
import { microsoftBases, type MicrosoftSettings } from '../platforms/microsoft/settings.js';
import { googleBases, type GoogleSettings } from '../platforms/google/settings.js';
import { createGoogleContainment, createGoogleEvidence, createGoogleTalk } from '../platforms/google/index.js';
import { createSlackContainment, createSlackEvidence, createSlackTalk } from '../platforms/slack/index.js';
import { slackBases, type SlackSettings } from '../platforms/slack/settings.js';
import type { ContainmentPort, EvidencePort, TalkPort } from '../platforms/ports.js';
import { createWire } from '../platforms/wire.js';
import type { TenantConfig } from './config.js';
import type { Credentials } from './credentials.js';
import type { RoleContext } from './context.js';

const TIMEOUT_MS = 30_000;
/** In the demo an asynchronous audit search answers at once; vendors take minutes. */
const DEMO_POLL_MS = 20;

type Of<P extends TenantConfig['platform']> = Extract<TenantConfig, { platform: P }>;

export function evidencePorts({ config, credentials }: RoleContext): readonly EvidencePort[] {
  return config.tenants.map((tenant) => {
    switch (tenant.platform) {
      case 'slack':
        return createSlackEvidence({
          ...slack(tenant),
          ...(tenant.identityProvider === undefined ? {} : { identityProvider: tenant.identityProvider }),
          tokens: tokens(credentials, tenant.tenant, ['audit', 'admin', 'logs']),
        });
      case 'microsoft':
        return createMicrosoftEvidence({
          ...microsoft(tenant, tenant.clientIds.evidence, credentials),
          licences: defined(tenant.licences),
          ...(config.profile === 'demo' ? { auditSearch: { pollMs: DEMO_POLL_MS } } : {}),
        });
      case 'google':
        return createGoogleEvidence({
          ...google(tenant, tenant.serviceAccounts.evidence, credentials),
          ...(tenant.identityProvider === undefined ? {} : { identityProvider: tenant.identityProvider }),
        });
    }
  });
}

export function containmentPorts({ config, credentials }: RoleContext): readonly ContainmentPort[] {
  return config.tenants.map((tenant) => {
    switch (tenant.platform) {
      case 'slack':
        return createSlackContainment({
          ...slack(tenant),
          ownAppIds: tenant.ownAppIds,
          tokens: tokens(credentials, tenant.tenant, ['admin', 'scim']),
        });
      case 'microsoft':
        return createMicrosoftContainment({
          ...microsoft(tenant, tenant.clientIds.containment, credentials),
          licences: defined(tenant.licences),
          ownAppIds: Object.values(tenant.clientIds),
        });
      case 'google':
        return createGoogleContainment({
          ...google(tenant, tenant.serviceAccounts.containment, credentials),
          ...(tenant.blockLevel === undefined ? {} : { blockLevel: tenant.blockLevel }),
        });
    }
  });
}

export function talkPorts({ config, credentials }: RoleContext): readonly TalkPort[] {
  return config.tenants.map((tenant) => {
    switch (tenant.platform) {
      case 'slack':
        return createSlackTalk({ ...slack(tenant), tokens: tokens(credentials, tenant.tenant, ['bot']) });
      case 'microsoft':
        return createMicrosoftTalk({
          ...microsoft(tenant, tenant.clientIds.people, credentials),
          ...(tenant.sender === undefined ? {} : { mailFrom: tenant.sender }),
          ...(tenant.teamsAppId === undefined ? {} : { teamsAppId: tenant.teamsAppId }),
        });
      case 'google':
        return createGoogleTalk({
          ...google(tenant, tenant.serviceAccounts.people, credentials),
          ...(tenant.sender === undefined ? {} : { sender: tenant.sender }),
        });
    }
  });
}

function slack({ tenant, baseUrls, teamIds, plan }: Of<'slack'>): Omit<SlackSettings, 'tokens'> {
  return { tenant, wire: createWire({ bases: slackBases(baseUrls) }), teamIds, plan, timeoutMs: TIMEOUT_MS };
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

function microsoft(tenant: Of<'microsoft'>, clientId: string, credentials: Credentials): MicrosoftSettings {
  const name = `microsoft.${tenant.tenant}`;
  const secret = credentials.maybe(`${name}.secret`);
  const credential =
    secret === undefined
      ? {
          clientId,
          certificate: {
            privateKeyPem: credentials.need(`${name}.certificate`),
            thumbprintSha256: credentials.need(`${name}.thumbprint`),
          },
        }
      : { clientId, clientSecret: secret };
  const wire = createWire({ bases: microsoftBases(tenant.baseUrls) });
  return { tenant: tenant.tenant, tenantId: tenant.tenantId, credential, timeoutMs: TIMEOUT_MS, wire };
}

function google(tenant: Of<'google'>, email: string, credentials: Credentials): GoogleSettings {
  const { customerId, adminSubject, baseUrl } = tenant;
  return {
    tenant: tenant.tenant,
    customerId,
    adminSubject,
    serviceAccount: { email, privateKey: credentials.need(`google.${tenant.tenant}.key`) },
    timeoutMs: TIMEOUT_MS,
    wire: createWire({ bases: googleBases(baseUrl) }),
    licences: defined(tenant.licences),
  };
}

/** Drops what the configuration left out, so that an adapter's own default holds. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
