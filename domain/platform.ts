/**
 * Id of a messaging platform with all that belongs to it (`microsoft` is Teams with Entra and Graph security). Which there are is the
 * registry's (platforms/registry.ts); here a platform is a name, and what is true of one comes as data.
 */
export type Platform = string;

const PLATFORM = /^[a-z][a-z0-9-]{0,30}$/;
export const isPlatform = (value: unknown): value is Platform => typeof value === 'string' && PLATFORM.test(value);

/** An identity provider that is no platform. */
export const OTHER = 'other';
/** Where an account is mastered: a platform, or `OTHER`. */
export type Authority = Platform;

/** One workspace, Microsoft tenant or Google customer of the organisation. `tenant` is the alias from the configuration, never a vendor id. */
export interface TenantRef {
  readonly platform: Platform;
  readonly tenant: string;
}

/** An account on a tenant; `nativeId` is the vendor's immutable id (`U…`, Entra object id, Google profile id). */
export interface AccountRef extends TenantRef {
  readonly nativeId: string;
}

/** UTC instant, ISO 8601 with `Z`. */
export type Instant = string;

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export function maxSeverity(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}
