import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../domain/errors.js';
import type { Role } from '../store/role-keys.js';

/**
 * Vendor credentials of one role, one file each: `<platform>.<tenant>.<what>`. A role that is handed a credential it
 * does not need refuses to start: least privilege is checked, not hoped for.
 */
const ALLOWED: Readonly<Record<Role, readonly RegExp[]>> = {
  playbook: [],
  evidence: [
    /^slack\.[a-z0-9-]+\.(audit|admin|logs)$/,
    /^microsoft\.[a-z0-9-]+\.(secret|certificate|thumbprint)$/,
    /^google\.[a-z0-9-]+\.key$/,
  ],
  analysis: [/^intelligence\.[a-z0-9-]+$/],
  people: [
    /^slack\.[a-z0-9-]+\.bot$/,
    /^microsoft\.[a-z0-9-]+\.(secret|certificate|thumbprint)$/,
    /^google\.[a-z0-9-]+\.key$/,
    /^notify\.(webhook|pager|teams)$/,
  ],
  containment: [
    /^slack\.[a-z0-9-]+\.(admin|scim)$/,
    /^microsoft\.[a-z0-9-]+\.(secret|certificate|thumbprint)$/,
    /^google\.[a-z0-9-]+\.key$/,
  ],
  records: [],
  intake: [],
  console: [],
};

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
  static read(folder: string, role: Role): Credentials {
    const values = new Map<string, string>();
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!ALLOWED[role].some((pattern) => pattern.test(name)))
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
}
