import { guestAddressOf } from '../../domain/account-names.js';
import type { Alert, AlertSubject } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Platform, TenantRef } from '../../domain/platform.js';
import type { Alias } from '../../store/subjects/alias.js';

export interface KnownTenant extends TenantRef {
  /** What the vendor calls it: workspace, directory or customer ids. */
  readonly vendorIds: readonly string[];
}

export interface Homes {
  readonly tenants: readonly KnownTenant[];
  /** Platform of the mailboxes of a mail domain. */
  readonly mailDomains: Readonly<Record<string, Platform>>;
}

/**
 * Where a subject's account lives, and the aliases that may be looked up. An account id counts only in a tenant that is certain: ids of one
 * tenant mean other people in another. Errors: ALERT_NO_SUBJECT when the tenant is not configured or not certain and no mail address is given.
 */
export function homeOf(
  { tenants, mailDomains }: Homes,
  alert: Alert,
  subject: AlertSubject,
): { readonly home: TenantRef; readonly aliases: readonly Alias[] } {
  const platform = subject.platform ?? alert.platform;
  const { email, nativeId, vendorTenantId } = subject;
  const own = tenants.filter((t) => t.platform === platform);
  const named = own.find((t) => vendorTenantId !== undefined && t.vendorIds.includes(vendorTenantId));
  if (vendorTenantId !== undefined && own.length > 0 && !named)
    throw new QuellError(
      'ALERT_NO_SUBJECT',
      `the alert is of a ${platform ?? 'unknown'} tenant that is not configured`,
    );
  const certain = named ?? (own.length === 1 ? own[0] : undefined);
  const aliases: Alias[] = [
    ...(nativeId === undefined || !certain
      ? []
      : [{ platform: certain.platform, tenant: certain.tenant, nativeId } satisfies Alias]),
    ...mailsOf(email).map((mail) => ({ mail }) satisfies Alias),
  ];
  if (aliases.length === 0)
    throw new QuellError(
      'ALERT_NO_SUBJECT',
      own.length === 0
        ? `no ${platform ?? 'platform'} tenant is configured, and the alert gives no mail address`
        : 'there are several tenants of this platform, and the alert does not say which',
    );
  const mailPlatform = mailsOf(email)
    .map((mail) => mailDomains[mail.split('@')[1] ?? ''])
    .find((p) => p !== undefined);
  const home = certain ?? own[0] ?? tenants.find((t) => t.platform === mailPlatform) ?? tenants[0];
  if (!home) throw new QuellError('CONFIG', 'no tenant is configured');
  return { home: { platform: home.platform, tenant: home.tenant }, aliases };
}

/** A guest is known by the principal name in the tenant, and by the address that it was made of everywhere. */
function mailsOf(email: string | undefined): readonly string[] {
  if (email === undefined) return [];
  const own = guestAddressOf(email);
  return own === undefined ? [email] : [email, own];
}
