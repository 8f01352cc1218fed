import { QuellError } from '../domain/errors.js';
import type { Platform } from '../domain/platform.js';
import type { VendorManifest } from '../platforms/manifest.js';
import type { VendorRole } from '../platforms/operation.js';
import type { TenantConfig } from './config.js';
import { defined } from './platforms.js';

export interface ManifestOptions {
  readonly roles: readonly VendorRole[];
  /** What it is like there; without it everything is asked for. */
  readonly tenant?: TenantConfig | undefined;
  /** Public address of the intake. */
  readonly intake?: string | undefined;
}

/** What an administrator sets up at a vendor. Errors: CONFIG when the tenant is of another platform. */
export async function manifestOf(
  platform: Platform,
  { roles, tenant, intake }: ManifestOptions,
): Promise<VendorManifest> {
  if (tenant && tenant.platform !== platform) throw new QuellError('CONFIG', `${tenant.tenant} is not of ${platform}`);
  switch (platform) {
    case 'slack': {
      const { slackManifest } = await import('../platforms/slack/manifest.js');
      return slackManifest({
        roles,
        ...(tenant?.platform === 'slack' ? { plan: tenant.plan } : {}),
        ...(intake === undefined ? {} : { intake }),
      });
    }
    case 'microsoft': {
      const { microsoftManifest } = await import('../platforms/microsoft/manifest.js');
      if (tenant?.platform !== 'microsoft') return microsoftManifest({ roles });
      const { licences, sender, teamsAppId } = tenant;
      const use = { mail: sender !== undefined, teams: teamsAppId !== undefined };
      return microsoftManifest({ roles, licences: defined(licences), ...use });
    }
    case 'google': {
      const { googleManifest } = await import('../platforms/google/manifest.js');
      if (tenant?.platform !== 'google') return googleManifest({ roles });
      const { licences, sender, blockLevel, serviceAccounts } = tenant;
      const use = { mail: sender !== undefined, blockLevel: blockLevel !== undefined };
      return googleManifest({ roles, licences: defined(licences), serviceAccounts, ...use });
    }
  }
}
