import { parse } from 'tldts';
import type { AlertSubject } from '../../../domain/alert.js';
import { guestAddressOf, mailOf, objectIdOf, samNameOf, sidOf } from '../../../domain/account-names.js';
import type { Platform } from '../../../domain/platform.js';
import type { NamedSubject } from './parser.js';
import { remembered } from '../../../domain/remembered.js';
import { isPlaceholder, nativeIdOf } from './values.js';
import { PLATFORMS } from '../../../platforms/registry.js';

/** Why a name that was given identifies nobody. */
export type Unidentified = 'domain_name' | 'sid' | 'service';

/**
 * The account of what a detector wrote. A display name, an on-premises name (`DOMAIN\name`) without the domain's mail suffix, an
 * on-premises SID, an id without its platform and a service identify nobody; an id of another form than the platform's own is none.
 */
export function identified(
  { kind = 'person', email, domain, nativeId: given, sid, vendorTenantId, platform: own }: NamedSubject,
  alertPlatform: Platform | undefined,
): { readonly subject?: AlertSubject; readonly why?: Unidentified } {
  // `UNKNOWN` has the form of an id of Slack, and with a domain that of an address.
  const [name, id] = [email, given].map((text) => (text === undefined || isPlaceholder(text) ? undefined : text));
  const platform = own ?? alertPlatform;
  const mail = mailOf(name) ?? joined(name, domain) ?? (kind === 'person' ? mailOf(id) : undefined);
  if (kind === 'person' && isService(mail ?? id ?? name)) return { why: 'service' };
  // An id that is nobody's beside an address says nothing of the address.
  const ownId = kind === 'person' && isService(id) ? undefined : id;
  const nativeId = platform && idOf(platform, kind, [ownId, sid, mail === undefined ? surelyId(name) : undefined]);
  if (mail === undefined && nativeId === undefined) {
    if (samNameOf(name)) return { why: 'domain_name' };
    const sids = [id, sid, name].flatMap((text) => sidOf(text) ?? []);
    if (sids.length > 0) return { why: sids.some((one) => one.startsWith('S-1-5-21-')) ? 'sid' : 'service' };
    return {};
  }
  const tenant = platform && nativeIdOf(vendorTenantId);
  return {
    subject: {
      kind,
      ...(mail === undefined ? {} : { email: mail }),
      ...(nativeId === undefined ? {} : { nativeId }),
      ...(platform === undefined ? {} : { platform }),
      ...(tenant === undefined ? {} : { vendorTenantId: tenant }),
    },
  };
}

const isService = (name: string | undefined): boolean => name !== undefined && PLATFORMS.isService(name);

/** `dana` of `example.com`, and `EXAMPLE\dana` where the row gives the suffix too. A suffix that is of no public domain makes no address. */
function joined(name: string | undefined, domain: string | undefined): string | undefined {
  const sam = samNameOf(name);
  const suffix = [domain?.replace(/^@/, ''), sam?.domain].find((d) => d !== undefined && isPublicDomain(d));
  return suffix === undefined ? undefined : mailOf(`${sam?.name ?? name ?? ''}@${suffix}`);
}

const isPublicDomain = remembered((domain) => domain.length <= 253 && parse(domain).isIcann === true, 1_000);

/** What can be nothing but an id, though it stands where a name is expected. */
const surelyId = (name: string | undefined): string | undefined =>
  name !== undefined && (objectIdOf(name) ?? sidOf(name) ?? /^[UW](?=[A-Z]*\d)[A-Z0-9]{7,}$/.test(name))
    ? name
    : undefined;

function idOf(
  platform: Platform,
  kind: AlertSubject['kind'],
  texts: readonly (string | undefined)[],
): string | undefined {
  for (const text of texts) {
    const id =
      text === undefined ? undefined : kind === 'app' ? appIdOf(text) : PLATFORMS.find(platform)?.personId(text);
    if (id !== undefined) return id;
  }
  return undefined;
}

const appIdOf = (text: string): string | undefined => objectIdOf(text) ?? nativeIdOf(text);

/**
 * Each account once, in the order of first naming: a fuller naming completes a barer one, and what differs in address or id stays apart.
 * Linear: accounts are found by what they were named with. Of several ids of one address the first is the one that the bare address means.
 */
export function merged(subjects: readonly AlertSubject[]): readonly AlertSubject[] {
  const all: (AlertSubject | undefined)[] = [];
  // By address and id, by address or id alone; and the first of an address or id, whatever the other is (`*`).
  const places = new Map<string, number>();
  for (const subject of subjects) {
    const { mail, id } = keysOf(subject);
    const looked = mail && id ? [mail + id, mail, id] : [mail ? `${mail}*` : `*${id}`];
    const same = looked.map((key) => places.get(key)).filter((n) => n !== undefined);
    const at = same.length === 0 ? all.length : Math.min(...same);
    let whole = subject;
    if (same.length > 0) {
      const older = [...new Set(same)].sort((a, b) => a - b);
      whole = [...older.flatMap((n) => all[n] ?? []), subject].reduce(completed);
      for (const n of older) all[n] = undefined;
    }
    all[at] = whole;
    place(places, whole, at);
  }
  return all.filter((subject) => subject !== undefined);
}

function place(places: Map<string, number>, subject: AlertSubject, at: number): void {
  const { mail, id } = keysOf(subject);
  // What stood by its address or its id alone stands by both now.
  if (mail && id) for (const key of [mail, id]) places.delete(key);
  places.set(mail + id, at);
  for (const key of [mail && `${mail}*`, id && `*${id}`])
    if (key && !((places.get(key) ?? at) < at)) places.set(key, at);
}

/** A guest's principal name and the address that it was made of are one. Empty: not named. */
function keysOf({ kind, email, nativeId, platform }: AlertSubject): { readonly mail: string; readonly id: string } {
  return {
    mail:
      email === undefined ? '' : `mail ${kind} ${(email.includes('#') ? guestAddressOf(email) : undefined) ?? email}\n`,
    id: nativeId === undefined ? '' : `id ${kind} ${platform ?? ''} ${nativeId}\n`,
  };
}

/** The later naming counts, but for the platform of an id, which goes with the id. */
const completed = (a: AlertSubject, b: AlertSubject): AlertSubject =>
  a.nativeId !== undefined && b.nativeId === undefined ? { ...b, ...a } : { ...a, ...b };

/**
 * Who is under suspicion of several groups, the nearest to "who did it" first: the first group that identifies somebody. Whom it was done to
 * is no suspect while it is known who did it. All when nobody is identified.
 */
export function nearest(
  groups: Iterable<readonly NamedSubject[]>,
  platform: Platform | undefined,
): readonly NamedSubject[] {
  const all: NamedSubject[] = [];
  for (const group of groups) {
    if (group.some((one) => identified(one, platform).subject !== undefined)) return group;
    for (const one of group) all.push(one);
  }
  return all;
}
