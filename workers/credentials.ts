import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../domain/errors.js';
import type { TenantRef } from '../domain/platform.js';
import type { TenantCredentials } from '../platforms/define.js';
import { VENDOR_ROLES } from '../platforms/operation.js';
import { PLATFORMS, type Registry } from '../platforms/registry.js';
import type { Role } from '../store/role-keys.js';

/** What roles may hold beside the vendors' credentials. */
const OTHERS: Readonly<Partial<Record<Role, RegExp>>> = {
  analysis: /^intelligence\.[a-z0-9-]+$/,
  people: /^notify\.(webhook|pager)$/,
};

function mayHold(role: Role, name: string, platforms: Registry): boolean {
  const vendorRole = VENDOR_ROLES.find((r) => r === role);
  return (
    OTHERS[role]?.test(name) === true ||
    (vendorRole !== undefined && platforms.mayHold(vendorRole, name)) ||
    (role === 'people' && platforms.responseChannels.some((channel) => name === `notify.${channel.name}`))
  );
}

/**
 * Credentials of one role, one file each; a vendor's is named `<platform>.<tenant>.<what>`. A role that is handed a credential it does not
 * need refuses to start: least privilege is checked, not hoped for.
 */
export class Credentials {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** In place of what is missing, where only a shape is needed: an empty text under every name. Nothing can be done with it. */
  static readonly STAND_IN = new (class extends Credentials {
    override maybe(): string {
      return '';
    }
    override need(): string {
      return '';
    }
  })(new Map());

  /** Reads the role's folder. CONFIG when a file is not for this role, is empty, or others can read it. */
  static read(folder: string, role: Role, platforms: Registry = PLATFORMS): Credentials {
    const values = new Map<string, string>();
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!mayHold(role, name, platforms))
        throw new QuellError('CONFIG', `role ${role} was handed the credential ${name}, which it must not hold`);
      const path = join(folder, name);
      if ((statSync(path).mode & 0o077) !== 0)
        throw new QuellError('CONFIG', `credential ${name} can be read by others; chmod 600`);
      const value = readFileSync(path, 'utf8').trim();
      if (value === '') throw new QuellError('CONFIG', `credential ${name} is empty`);
      values.set(name, value);
    }
    return new Credentials(values);
  }

  maybe(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Whether there is any with that beginning. */
  any(prefix: string): boolean {
    return [...this.#values.keys()].some((name) => name.startsWith(prefix));
  }

  need(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new QuellError('CONFIG', `the credential ${name} is missing`);
    return value;
  }

  /** Those of one tenant. */
  of({ platform, tenant }: TenantRef): TenantCredentials {
    const name = (what: string): string => `${platform}.${tenant}.${what}`;
    return { maybe: (what) => this.maybe(name(what)), need: (what) => this.need(name(what)) };
  }
}
