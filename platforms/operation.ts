/** Processes that hold vendor credentials; each has an app registration, token or service account of its own. */
export const VENDOR_ROLES = ['evidence', 'containment', 'people'] as const;
export type VendorRole = (typeof VENDOR_ROLES)[number];

/** A vendor's own limit: so many calls in so many seconds. */
export interface RateLimit {
  /** What is counted together: an operation's name, or the name of a group that shares one limit. */
  readonly bucket: string;
  readonly calls: number;
  readonly seconds: number;
  /** `app`: each role's app has its own. `tenant`: all apps of the tenant share it, other products' too. */
  readonly counts: 'app' | 'tenant';
}

/** What the tables of all vendors say of an operation: who needs it, for what, and how often it may be called. */
export interface VendorOperation {
  /** The vendor's own word for it, as in `VendorWrite.operation`, journals and the record of calls. */
  readonly name: string;
  readonly roles: readonly VendorRole[];
  /** Scopes or permissions that let it; what the words mean (all, or any one) is the vendor's. */
  readonly scopes: readonly string[];
  readonly writes: boolean;
  readonly why: string;
  /** What is lost without it: ids of evidence sources, action kinds, or `directory`, `sightings`, `protection`, `talk`, `check`. */
  readonly serves: readonly string[];
  readonly limit: RateLimit;
}
