import { randomBytes } from 'node:crypto';
import type { AccountRef } from '../domain/platform.js';

/** What identifies: an account, or a mail address. A display name never. */
export type Alias = AccountRef | { readonly mail: string };

/** Who an alias belongs to; `verified` when a directory or the override file said so, not only an alert. */
export interface Binding {
  readonly subjectId: string;
  readonly verified: boolean;
}

/** One form for each alias. Mail addresses are compared without case; sub-addresses and dots count, as vendors differ on them. */
export function aliasKey(alias: Alias): string {
  return 'mail' in alias
    ? `mail:${alias.mail.trim().toLowerCase()}`
    : `account:${JSON.stringify([alias.platform, alias.tenant, alias.nativeId])}`;
}

/** `s-` and 20 characters of base32: 100 random bits. */
export function newSubjectId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return `s-${Array.from(randomBytes(20), (byte) => alphabet[byte & 31]).join('')}`;
}

/**
 * Who is who, as the log says it, record by record: the first binding of an alias wins, except that a verified one takes it from a claimed
 * one. Every process that reads the same log comes to the same answer.
 */
export class AliasTable {
  private readonly bindings = new Map<string, Binding & { readonly alias: Alias }>();
  private readonly merged = new Map<string, string>();

  bind(subjectId: string, aliases: readonly Alias[], verified: boolean): void {
    for (const alias of aliases) {
      const key = aliasKey(alias);
      const held = this.bindings.get(key);
      if (held === undefined || (verified && !held.verified)) this.bindings.set(key, { alias, subjectId, verified });
    }
  }

  merge(from: string, into: string): void {
    // A circle would have no end: the later note is void.
    if (this.canonical(into) !== this.canonical(from)) this.merged.set(this.canonical(from), this.canonical(into));
  }

  canonical(subjectId: string): string {
    let id = subjectId;
    for (let next = this.merged.get(id); next !== undefined; next = this.merged.get(id)) id = next;
    return id;
  }

  idsOf(subjectId: string): readonly string[] {
    const id = this.canonical(subjectId);
    return [id, ...[...this.merged.keys()].filter((old) => this.canonical(old) === id)];
  }

  find(alias: Alias): Binding | undefined {
    const held = this.bindings.get(aliasKey(alias));
    return held && { subjectId: this.canonical(held.subjectId), verified: held.verified };
  }

  of(subjectId: string): readonly { readonly alias: Alias; readonly verified: boolean }[] {
    const id = this.canonical(subjectId);
    return [...this.bindings.values()]
      .filter((held) => this.canonical(held.subjectId) === id)
      .map(({ alias, verified }) => ({ alias, verified }));
  }
}
