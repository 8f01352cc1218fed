import type { Platform } from '../domain/platform.js';

/** The three kinds of security mail that the playbook names. */
type NoticeKind = 'new_sign_in' | 'changed_credentials' | 'unusual_activity';

/** Domains from which each vendor sends its security mails; subdomains count. */
const VENDOR_DOMAINS: Readonly<Record<Platform, readonly string[]>> = {
  slack: ['slack.com', 'slackhq.com'],
  microsoft: ['microsoft.com', 'microsoftonline.com', 'accountprotection.microsoft.com'],
  google: ['google.com', 'accounts.google.com'],
};

/** Subjects of the vendors' security mails; the first that matches decides. */
const SUBJECTS: readonly (readonly [NoticeKind, RegExp])[] = [
  [
    'changed_credentials',
    /password (was |has been )?(changed|reset)|security info|recovery (e-?mail|phone)|two-(step|factor)|2-step|passkey|authenticator|verification method/i,
  ],
  ['new_sign_in', /sign-?in|signed in|log-?in|logged in|new device/i],
  ['unusual_activity', /unusual|suspicious|security alert|critical|blocked|unauthori[sz]ed/i],
];

/** Vendor by the sender's domain; undefined for every other sender. */
export function noticeVendor(from: string): Platform | undefined {
  const domain = from.toLowerCase().split('@').at(-1) ?? '';
  return (Object.keys(VENDOR_DOMAINS) as Platform[]).find((p) => VENDOR_DOMAINS[p].some((d) => within(domain, d)));
}

/** What a vendor's mail tells; undefined for newsletters and the like. */
export function noticeKind(subject: string): NoticeKind | undefined {
  return SUBJECTS.find(([, pattern]) => pattern.test(subject))?.[0];
}

/** Exchange names the signing domain as `header.d`, Gmail as `header.i`, whose domain is that one or below it (RFC 6376, 3.5). */
const SIGNER = /header\.[di]\s*=\s*"?(?:[^\s@;"]{0,256}@)?([\w.-]+)(?=[\s"]|$)/i;

/**
 * DKIM of a mail for the vendor's own domain. Only the topmost Authentication-Results header counts: the receiving
 * service writes it above all that the sender can bring along (RFC 8601, section 5).
 */
export function dkimFor(
  vendor: Platform,
  headers: readonly { readonly name: string; readonly value: string }[],
): 'pass' | 'fail' | 'none' {
  const results = headers.find((h) => h.name.toLowerCase() === 'authentication-results')?.value;
  if (results === undefined) return 'none';
  const checks = results.split(';').flatMap((part) => {
    const dkim = /^\s*dkim\s*=\s*(\w+)/i.exec(part);
    return dkim ? [{ result: dkim[1]?.toLowerCase(), domain: SIGNER.exec(part)?.[1]?.toLowerCase() }] : [];
  });
  const own = checks.filter(
    ({ domain }) => domain !== undefined && VENDOR_DOMAINS[vendor].some((d) => within(domain, d)),
  );
  if (own.some(({ result }) => result === 'pass')) return 'pass';
  return checks.every(({ result }) => result === 'none') ? 'none' : 'fail';
}

/** True for words by which a rule picks security mails out: a vendor's domain or name, or what such subjects say. */
export function namesNotices(words: readonly string[]): boolean {
  return words.some(
    (w) =>
      noticeKind(w) !== undefined ||
      noticeVendor(w) !== undefined ||
      /\b(slack|google|microsoft|security|no-?reply)\b/i.test(w),
  );
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
