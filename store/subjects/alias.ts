import { randomBytes } from 'node:crypto';
import type { AccountRef } from '../../domain/platform.js';

/** What identifies: an account, or a mail address. A display name never. */
export type Alias = AccountRef | { readonly mail: string };

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
