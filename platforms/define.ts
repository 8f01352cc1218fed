import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import type { EventKind } from '../domain/evidence.js';
import type { Platform, TenantRef } from '../domain/platform.js';
import type { ChatCallback } from './callback.js';
import type { VendorCheck } from './check.js';
import type { VendorManifest } from './manifest.js';
import type { Notices } from './notice.js';
import type { VendorRole } from './operation.js';
import type { CallOptions, ContainmentPort, EvidencePort, OutgoingMessage, TalkPort } from './ports.js';
import type { SenderProof } from './sender-proof.js';
import type { Wire, WireOptions } from './wire.js';

/** Alias of a tenant: it is part of names of files and task queues. */
export const TENANT_ALIAS = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'lower-case letters, digits and dashes');

/** A vendor identity for each role that has one: a shared one would hold the rights of all. */
export const oneForEachRole = <T extends z.ZodType<string>>(id: T) =>
  z
    .strictObject({ evidence: id, containment: id, people: id })
    .refine((ids) => new Set(Object.values(ids)).size === 3, 'each role needs one of its own');

/** A tenant of the configuration. What it says beside its name only its own platform reads. */
export interface TenantConfig extends TenantRef {
  readonly [setting: string]: unknown;
}

/** Credentials of one tenant by the last part of their names. */
export interface TenantCredentials {
  maybe(what: string): string | undefined;
  /** Errors: CONFIG when it is not here. */
  need(what: string): string;
}

/** What a role's process gives a platform to make a port of. */
export interface PortContext {
  readonly role: VendorRole;
  readonly credentials: TenantCredentials;
  /** The one way to the tenant's hosts. */
  wire(options: Pick<WireOptions, 'bases' | 'asksToSlowDown'>): Wire;
  readonly timeoutMs: number;
  /** How soon a search that runs at the vendor is asked for again, where that is not as the vendor advises. */
  readonly pollMs?: number;
  /** Whose mails are security notices. */
  readonly notices: Notices;
}

/** What the public edge gives a platform to take the presses of its chat buttons. */
export interface CallbackContext extends Pick<PortContext, 'wire' | 'timeoutMs'> {
  /** A shared secret of the intake. */
  secret(name: string): string | undefined;
}

/** What of a tenant needs no credential, and how its ports are made. Each loads its own part of the platform's code, when it is called. */
export interface PlatformTenant {
  /** What the vendor calls it: workspace, directory or customer ids. */
  readonly vendorIds: readonly string[];
  /** Ids of Quell's own apps there. */
  readonly ownApps: readonly string[];
  /** Configured addresses of the vendor's APIs. */
  readonly addresses: readonly string[];
  evidence(context: PortContext): Promise<EvidencePort>;
  containment(context: PortContext): Promise<ContainmentPort>;
  talk(context: PortContext): Promise<TalkPort>;
  /** What the role's credentials allow. `people`: native ids of accounts, at whichever platform, of those who decide. */
  check(context: PortContext, people: readonly string[], options?: CallOptions): Promise<VendorCheck>;
  /** Undefined where no chat app is set up. */
  callback(context: CallbackContext): Promise<ChatCallback | undefined>;
}

export interface ManifestOptions {
  readonly roles: readonly VendorRole[];
  /** Public address of the intake. */
  readonly intake?: string;
}

/** What is true of a platform whatever its tenants are. */
interface PlatformFacts {
  readonly id: Platform;
  /** For people. */
  readonly name: string;
  /** How detectors call it in names of products, data sets and log types. */
  readonly namedAs: RegExp;
  /** An id of a person in the form that the vendor gives them; undefined for other texts. Detectors may wrap it. */
  readonly personId: (text: string) => string | undefined;
  /** Whether an id, address or name that stands for an account in logs is a service of the vendor's, and nobody. */
  readonly isService: (name: string) => boolean;
  /** Its channel of talk, as policy and cases name it. */
  readonly channel: string;
  /** What of a person it may hold beside the chat. */
  readonly hosts: readonly ('mailbox' | 'sign_in')[];
  /** What makes the next attempt at an account harder, in the vendor's own words. Whole organisations' settings are nothing that a case changes by itself. */
  readonly raiseProtection: string;
  /** Domains that its security mails come from; subdomains count. */
  readonly noticeDomains: readonly string[];
  /** Domains of its APIs; production sends to no other. */
  readonly apiDomains: readonly string[];
  /** Last parts of the names of the credentials that each role may hold. */
  readonly credentials: Readonly<Record<VendorRole, readonly string[]>>;
  /** Whether the environment proves who the process is, where no file does. */
  readonly provenBy?: (env: Readonly<Record<string, string | undefined>>) => boolean;
  /** Kinds of secrets that open it, and the rows in which their use shows. */
  readonly secrets?: Readonly<Record<string, readonly EventKind[]>>;
  /** Own ways in which a sender of alerts proves itself, by the name that the configuration gives them. */
  readonly senderProofs?: Readonly<Record<string, SenderProof>>;
  /** A channel of incident response that takes messages by a secret address, the credential `notify.<name>`. */
  readonly responseChannel?: { readonly name: string; body(message: OutgoingMessage): Promise<string> };
}

interface PlatformSpec<S extends z.ZodRawShape> extends PlatformFacts {
  /** Settings of a tenant beside its name. */
  readonly settings: S;
  at(tenant: z.infer<z.ZodObject<S>> & TenantRef): PlatformTenant;
  /** What an administrator sets up; without a tenant everything is asked for. */
  manifest(options: ManifestOptions, tenant?: z.infer<z.ZodObject<S>> & TenantRef): Promise<VendorManifest>;
}

/** A platform as the rest of the house knows it. */
export interface PlatformModule extends PlatformFacts {
  /** Of a tenant in the configuration. */
  readonly shape: z.ZodObject;
  at(tenant: TenantConfig): PlatformTenant;
  /** Errors: CONFIG when the tenant is of another platform. */
  manifest(options: ManifestOptions, tenant?: TenantConfig): Promise<VendorManifest>;
}

/** One platform: all that the house needs to know of it, in one place. */
export function definePlatform<S extends z.ZodRawShape>({ settings, ...spec }: PlatformSpec<S>): PlatformModule {
  // What the configuration holds was read by this very shape; nothing else makes a `TenantConfig`.
  const own = (tenant: TenantConfig) => {
    if (tenant.platform !== spec.id) throw new QuellError('CONFIG', `${tenant.tenant} is not of ${spec.id}`);
    return tenant as unknown as Parameters<PlatformSpec<S>['at']>[0];
  };
  return {
    ...spec,
    shape: z.strictObject({ platform: z.literal(spec.id), tenant: TENANT_ALIAS, ...settings }),
    at: (tenant) => spec.at(own(tenant)),
    manifest: async (options, tenant) => spec.manifest(options, tenant && own(tenant)),
  };
}

/** Drops what the configuration left out, so that an adapter's own default holds. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
