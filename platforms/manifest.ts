import type { Platform } from '../domain/platform.js';
import type { Reason } from './needs.js';
import type { VendorRole } from './operation.js';

/** One thing that an administrator sets up for a role: an app, a registration, a service account. */
export interface ManifestPart {
  readonly role: VendorRole;
  /** What it is, in words. */
  readonly what: string;
  /** The role can go without it. */
  readonly optional: boolean;
  /** Each scope with its reason and what is lost without it. */
  readonly scopes: readonly Reason[];
  /** Rights beside the scopes: directory roles, privileges, roles in a cloud. */
  readonly rights: readonly { readonly right: string; readonly lost: readonly string[] }[];
  /** Slack's own form of an app. */
  readonly manifest?: object;
}

/** What is needed of a vendor, to be read by machines (`parts`) and to be used as it is (`files`). */
export interface VendorManifest {
  readonly platform: Platform;
  readonly parts: readonly ManifestPart[];
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** Comment lines of a reason. */
export const said = ({ why, lost }: Pick<Reason, 'why' | 'lost'>): readonly string[] => [
  `${why.map((w) => w.replace(/\.$/, '')).join('; ')}.`,
  `Without it: ${lost.join('; ')}.`,
];
