/**
 * Names of accounts in their one form, by the vendors' own rules of equality. Everything that takes a name from outside takes it through
 * here. Nothing that is legal at a vendor is refused; two names are one only where each vendor says so: letters of either case are the
 * same in an address, a domain is the same in Unicode and in punycode. A tag (`dana+x@`), a dot or an alias is found out by look-up.
 */

import { remembered } from './remembered.js';

/** RFC 5321 4.5.3.1. */
const MAX_ADDRESS = 254;
const MAX_LOCAL = 64;
/** `atext` of RFC 5322 with RFC 6532's letters beyond ASCII; dots inside are looked at apart. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]+$/u;
const DOMAIN =
  /^(?=.{1,253}$)(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])$/u;

/**
 * A mail address or principal name in its one form: NFC, lower case, the domain in ASCII (punycode). Around it may be `<…>`, `mailto:`, a
 * display name, quotes, signs that nobody sees, or what vendors put in front of one (`smtp:`, a SharePoint claim). Undefined when it is none.
 */
export function mailOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 1_000) return undefined;
  const seen = text.replace(UNSEEN, '').trim();
  const inner = shownWith(seen) ?? QUOTED.exec(seen)?.[2] ?? seen;
  const bare = inner.replace(WRAPPED, '').normalize('NFC').toLowerCase();
  const at = bare.lastIndexOf('@');
  if (at < 1) return undefined;
  const [local, domain] = [bare.slice(0, at), asciiDomain(bare.slice(at + 1))];
  if (domain === undefined || local.length > MAX_LOCAL + GUEST_EXTRA || !LOCAL.test(local)) return undefined;
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return undefined;
  const whole = `${local}@${domain}`;
  return whole.length <= MAX_ADDRESS ? whole : undefined;
}
/** The address beside a display name: `Dana Doe <dana@example.com>`, `Dana Doe (dana@example.com)`, `dana@example.com (Dana Doe)`. One of several it is not. */
const shownWith = (text: string): string | undefined =>
  /[>)\]]$/.test(text) ? SHOWN.map((form) => form.exec(text)?.[1]).find((address) => address !== undefined) : undefined;
const SHOWN = [
  /^(?:[^<>@]{0,300}|[^<>,;|]{0,300})<\s{0,9}([^<>\s]+)\s{0,9}>$/,
  /^[^<>@]{0,300}[([]\s{0,9}([^<>()[\]\s@]+@[^<>()[\]\s@]+)\s{0,9}[)\]]$/,
  // A comment of RFC 5322 behind the address.
  /^([^<>()[\]\s@]+@[^<>()[\]\s@]+)\s{0,9}\([^()@]{0,300}\)$/,
];
/**
 * What vendors put in front: a scheme, SharePoint's claim (`i:0#.f|membership|…`) and guest link (`urn:spo:guest#…`), Entra's name of an
 * account of another provider (`live.com#…`, `mail#…`), the domain of a Windows log (`AzureAD\\dana@example.com`), a collection (`users/…`).
 */
const WRAPPED =
  /^(?:(?:mailto|smtp|sip|upn|acct):|(?:i:)?0#\.[a-z]\|[^|@]{0,60}\||urn:spo:guest#|(?:(?:live|google|facebook)\.com|mail)#|[\w.-]{1,60}\\|\/?users\/)/i;
const QUOTED = /^(["'`])(.+)\1$/;
/** Copied along with a name: spaces without width, marks of direction and order, soft hyphens. Joiners are letters' own. */
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
/** A guest's principal name holds a whole address in its local part. */
const GUEST_EXTRA = 190;

/** Most names of an organisation are of a few domains. */
const asciiDomain = remembered((domain): string | undefined => {
  if (!DOMAIN.test(domain)) return undefined;
  if (/^[a-z0-9.-]+$/.test(domain)) return domain;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return undefined;
  }
}, 1_000);

/**
 * The address that a guest's principal name was made of (`kim_example.com#ext#@tenant.example.com` → `kim@example.com`): Entra writes the
 * last `_` for the `@` (learn.microsoft.com, "Properties of a Microsoft Entra B2B collaboration user"). Undefined for other names.
 */
export function guestAddressOf(principalName: string): string | undefined {
  const [, name] = /^(.+)#ext#@[^@]+$/i.exec(principalName) ?? [];
  const at = name?.lastIndexOf('_') ?? -1;
  return name === undefined || at < 1 ? undefined : mailOf(`${name.slice(0, at)}@${name.slice(at + 1)}`);
}

/** The address without its tag (`dana+x@example.com` → `dana@example.com`); undefined without a tag. Whether the tag means the same mailbox, the vendor's look-up says. */
export function withoutTag(address: string): string | undefined {
  const [, name, domain] = /^([^+@]+)\+[^@]*(@.+)$/.exec(address) ?? [];
  return name === undefined || domain === undefined ? undefined : `${name}${domain}`;
}

/** An Entra object id in lower case, also where a vendor puts braces around it or names the collection (`users/…`). */
export function objectIdOf(text: unknown): string | undefined {
  const [, id] = typeof text === 'string' ? (OBJECT_ID.exec(text.trim()) ?? []) : [];
  return id === undefined || id === '00000000-0000-0000-0000-000000000000' ? undefined : id.toLowerCase();
}
const OBJECT_ID =
  /^(?:\/?(?:users|servicePrincipals|applications)\/)?[{(]?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[)}]?$/i;

/** A Windows security identifier (`S-1-5-21-…`, `S-1-12-1-…` of a cloud account) in capitals. */
export function sidOf(text: unknown): string | undefined {
  const sid = typeof text === 'string' ? text.trim().toUpperCase() : '';
  return /^S-1-\d{1,14}(?:-\d{1,10}){1,15}$/.test(sid) ? sid : undefined;
}

/**
 * The object id that an Entra account's own SID holds: `S-1-12-1-` and the four 32-bit numbers of the GUID (learn.microsoft.com, "Security
 * identifiers"). Undefined for others.
 */
export function objectIdOfSid(sid: string): string | undefined {
  const [, ...numbers] = /^S-1-12-1-(\d{1,10})-(\d{1,10})-(\d{1,10})-(\d{1,10})$/i.exec(sid) ?? [];
  if (numbers.length !== 4 || numbers.some((n) => Number(n) > 0xffffffff)) return undefined;
  const bytes = numbers.flatMap((n) => [0, 8, 16, 24].map((shift) => (Number(n) >>> shift) & 255));
  const hex = (at: readonly number[]): string => at.map((i) => (bytes[i] ?? 0).toString(16).padStart(2, '0')).join('');
  return [
    [3, 2, 1, 0],
    [5, 4],
    [7, 6],
    [8, 9],
    [10, 11, 12, 13, 14, 15],
  ]
    .map(hex)
    .join('-');
}

/** An on-premises name `DOMAIN\name`, both as they are compared there: case does not matter. It identifies nobody outside its domain. */
export function samNameOf(text: unknown): { readonly domain: string; readonly name: string } | undefined {
  const [, domain, name] =
    typeof text === 'string' ? (/^([\w.-]{1,255})\\([^\\/"[\]:;|=,+*?<>@]{1,256})$/.exec(text.trim()) ?? []) : [];
  return domain === undefined || name === undefined
    ? undefined
    : { domain: domain.toUpperCase(), name: name.toLowerCase() };
}
