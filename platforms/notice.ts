import type { Platform } from '../domain/platform.js';

/** The three kinds of security mail that the playbook names. */
type NoticeKind = 'new_sign_in' | 'changed_credentials' | 'unusual_activity';

/** Subjects of the vendors' security mails; the first that matches decides. */
const SUBJECTS: readonly (readonly [NoticeKind, RegExp])[] = [
  [
    'changed_credentials',
    /password (was |has been )?(changed|reset)|security info|recovery (e-?mail|phone)|two-(step|factor)|2-step|passkey|authenticator|verification method/i,
  ],
  ['new_sign_in', /sign-?in|signed in|log-?in|logged in|new device/i],
  ['unusual_activity', /unusual|suspicious|security alert|critical|blocked|unauthori[sz]ed/i],
];

/** What a vendor's mail tells; undefined for newsletters and the like. */
export function noticeKind(subject: string): NoticeKind | undefined {
  return SUBJECTS.find(([, pattern]) => pattern.test(subject))?.[0];
}

/** Exchange names the signing domain as `header.d`, Gmail as `header.i`, whose domain is that one or below it (RFC 6376, 3.5). */
const SIGNER = /header\.[di]\s*=\s*"?(?:[^\s@;"]{0,256}@)?([\w.-]+)(?=[\s"]|$)/i;

/** Which mails are the vendors' own about security. */
export interface Notices {
  /** Domains that they come from; subdomains count. */
  readonly domains: readonly string[];
  /** Vendor by the sender's domain; undefined for every other sender. */
  vendorOf(from: string): Platform | undefined;
  /**
   * DKIM of a mail for the vendor's own domain. Only the topmost Authentication-Results header counts: the receiving
   * service writes it above all that the sender can bring along (RFC 8601, section 5).
   */
  dkimFor(
    vendor: Platform,
    headers: readonly { readonly name: string; readonly value: string }[],
  ): 'pass' | 'fail' | 'none';
  /** True for words by which a rule picks security mails out: a vendor's domain or name, or what such subjects say. */
  named(words: readonly string[]): boolean;
}

/** The notices of vendors that send from those domains. */
export function noticesFrom(
  vendors: readonly { readonly id: Platform; readonly noticeDomains: readonly string[] }[],
): Notices {
  const vendorOf = (from: string): Platform | undefined => {
    const domain = from.toLowerCase().split('@').at(-1) ?? '';
    return vendors.find(({ noticeDomains }) => noticeDomains.some((d) => within(domain, d)))?.id;
  };
  const names = new RegExp(`\\b(${[...vendors.map(({ id }) => id), 'security', 'no-?reply'].join('|')})\\b`, 'i');
  return {
    domains: vendors.flatMap(({ noticeDomains }) => noticeDomains),
    vendorOf,
    dkimFor: (vendor, headers) => dkimOf(vendors.find(({ id }) => id === vendor)?.noticeDomains ?? [], headers),
    named: (words) => words.some((w) => noticeKind(w) !== undefined || vendorOf(w) !== undefined || names.test(w)),
  };
}

function dkimOf(
  domains: readonly string[],
  headers: readonly { readonly name: string; readonly value: string }[],
): 'pass' | 'fail' | 'none' {
  const results = headers.find((h) => h.name.toLowerCase() === 'authentication-results')?.value;
  if (results === undefined) return 'none';
  const checks = results.split(';').flatMap((part) => {
    const dkim = /^\s*dkim\s*=\s*(\w+)/i.exec(part);
    return dkim ? [{ result: dkim[1]?.toLowerCase(), domain: SIGNER.exec(part)?.[1]?.toLowerCase() }] : [];
  });
  const own = checks.filter(({ domain }) => domain !== undefined && domains.some((d) => within(domain, d)));
  if (own.some(({ result }) => result === 'pass')) return 'pass';
  return checks.every(({ result }) => result === 'none') ? 'none' : 'fail';
}

/** Of addresses that mail is sent on to, those in no domain of the mailbox's owner. */
export function outsideOf(
  { emails }: { readonly emails: readonly string[] },
  addresses: readonly (string | null | undefined)[],
): readonly string[] {
  const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const own = new Set(emails.map(domainOf));
  return addresses.flatMap((a) => (a && !own.has(domainOf(a)) ? [a.toLowerCase()] : []));
}

function within(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}
