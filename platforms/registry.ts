import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import type { SecretUses } from '../domain/leaks.js';
import { isPlatform, OTHER, type Platform } from '../domain/platform.js';
import type { PlatformModule, PlatformTenant, TenantConfig } from './define.js';
import { google } from './google/index.js';
import { microsoft } from './microsoft/index.js';
import { noticesFrom, type Notices } from './notice.js';
import type { VendorRole } from './operation.js';
import type { SenderProof } from './sender-proof.js';
import { slack } from './slack/index.js';

/** The platforms that the house knows, and what they say together. */
export class Registry {
  /** In the order in which people read them. */
  readonly ids: readonly Platform[];
  /** Shape of a tenant in the configuration, by its platform. */
  readonly tenant: z.ZodType<TenantConfig>;
  readonly notices: Notices;
  /** By the name that the configuration gives them. */
  readonly senderProofs: ReadonlyMap<string, SenderProof>;
  readonly secretUses: SecretUses;
  /** Platform of each channel of talk. */
  readonly channels: ReadonlyMap<string, Platform>;

  readonly responseChannels: readonly (NonNullable<PlatformModule['responseChannel']> & {
    readonly platform: Platform;
  })[];

  /** Errors: CONFIG for a name that is none, or taken. */
  constructor(readonly all: readonly PlatformModule[]) {
    this.ids = all.map(({ id }) => id);
    const wrong = this.ids.find((id, i) => !isPlatform(id) || id === OTHER || this.ids.indexOf(id) !== i);
    if (wrong !== undefined) throw new QuellError('CONFIG', `${wrong} is no name for a platform, or that of another`);
    const [first, ...rest] = all.map(({ shape }) => shape as z.core.$ZodTypeDiscriminable & z.ZodObject);
    if (!first) throw new QuellError('CONFIG', 'no platform is registered');
    this.tenant = z.discriminatedUnion('platform', [first, ...rest]) as unknown as z.ZodType<TenantConfig>;
    this.notices = noticesFrom(all);
    this.senderProofs = new Map(all.flatMap(({ senderProofs = {} }) => Object.entries(senderProofs)));
    this.responseChannels = all.flatMap(({ id, responseChannel }) =>
      responseChannel ? [{ ...responseChannel, platform: id }] : [],
    );
    this.secretUses = new Map(
      all.flatMap(({ id, secrets = {} }) =>
        Object.entries(secrets).map(([kind, rows]) => [kind, { platform: id, rows }] as const),
      ),
    );
    this.channels = new Map(all.map(({ channel, id }) => [channel, id]));
  }

  find(id: Platform): PlatformModule | undefined {
    return this.all.find((p) => p.id === id);
  }

  /** Errors: CONFIG when it is not registered. */
  of(id: Platform): PlatformModule {
    const found = this.find(id);
    if (!found) throw new QuellError('CONFIG', `no platform is called ${id}`);
    return found;
  }

  /** Errors: CONFIG. */
  at(tenant: TenantConfig): PlatformTenant {
    return this.of(tenant.platform).at(tenant);
  }

  /** In words for people. */
  nameOf(id: Platform): string {
    return this.find(id)?.name ?? id;
  }

  /** The platform that names of products, data sets or log types speak of; undefined when they name none or several. */
  named(text: string): Platform | undefined {
    const [found, another] = this.all.filter(({ namedAs }) => namedAs.test(text));
    return another ? undefined : found?.id;
  }

  /** Whether a name that stands for an account in logs is a service of one of the vendors, and nobody. */
  isService(name: string): boolean {
    return this.all.some((p) => p.isService(name));
  }

  /** Those that hold people's mailboxes, or that people sign in with. */
  hosting(what: PlatformModule['hosts'][number]): readonly Platform[] {
    return this.all.filter(({ hosts }) => hosts.includes(what)).map(({ id }) => id);
  }

  /** Whether a role may hold a vendor credential of that name, `<platform>.<tenant>.<what>`. */
  mayHold(role: VendorRole, credential: string): boolean {
    const [platform = '', tenant = '', what = '', ...more] = credential.split('.');
    const allowed = this.find(platform)?.credentials[role] ?? [];
    return /^[a-z0-9-]+$/.test(tenant) && allowed.includes(what) && more.length === 0;
  }
}

/** A new platform is its own folder and one line here. */
export const PLATFORMS = new Registry([slack, microsoft, google]);
