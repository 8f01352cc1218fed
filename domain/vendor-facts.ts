import type { Fact, Surroundings, Weigh } from './attribution.js';
import type { ContextRows } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';

/** The vendor's words that are about what was taken, or about a leak: they say nothing of whose the access is. */
const NOT_OF_ACCESS: readonly string[] = [
  'excessive_downloads',
  'unexpected_scraping',
  'unexpected_api_call_volume',
  'unexpected_admin_action',
  'unexpected_credential_testing',
  'leakedCredentials',
  'leaked_password',
  'account_disabled_password_leak',
];
/** The vendor's words for what is only unusual. */
const WEAK: readonly string[] = [
  'unfamiliarFeatures',
  'ip_address',
  'asn',
  'user_agent',
  'unexpected_client',
  'unlikelyTravel',
  'newCountry',
];
/** The vendor's words for what it doubts until the person proves to be there. */
const UNTIL_PROVED: readonly string[] = ['suspicious_login', 'suspicious_login_less_secure_app', 'login_challenge'];

/** All that the vendor says is that something is unusual, and no more. */
export const saysOnlyUnusual = (rows: readonly EvidenceEvent[]): boolean => {
  const told = rows.flatMap((e) => e.reasons ?? []);
  return told.length > 0 && told.every((reason) => WEAK.includes(reason));
};

/** The vendor tells one thing in a sign-in's own row, in a risk event and in an alert: it counts once. */
export function vendorFacts({ acts, said }: ContextRows, { thresholds }: Surroundings, weigh: Weigh): readonly Fact[] {
  const { suspiciousReasons } = thresholds.signIn;
  const rows = [...acts, ...said].filter((e) => (e.reasons ?? []).length > 0);
  const isLow = (e: EvidenceEvent): boolean => e.risk === 'low';
  const told = rows
    .flatMap((e) => (e.reasons ?? []).map((reason) => ({ reason, isLow: isLow(e) })))
    .filter(({ reason }) => suspiciousReasons.includes(reason) && !NOT_OF_ACCESS.includes(reason));
  // The vendor asked the person again, and got a proof.
  const isProved = acts.some((e) => e.authentication === 'mfa' || e.authentication === 'phishing_resistant');
  const strong = [
    ...new Set(
      told
        .filter((t) => !t.isLow && !(isProved && UNTIL_PROVED.includes(t.reason)) && !WEAK.includes(t.reason))
        .map((t) => t.reason),
    ),
  ].sort();
  if (strong.length > 0) return [weigh('vendor.strong', `the vendor says ${strong.join(', ')}`)];
  const weak = [...new Set(told.map((t) => t.reason))].sort();
  return weak.length > 0 ? [weigh('vendor.weak', `the vendor says ${weak.join(', ')}`)] : [];
}

/** Only addresses that acted; a link that points to an address says nothing of who acts. */
export function intelligenceFacts(
  { acts }: ContextRows,
  { intelligence = [] }: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  const byId = new Map(acts.map((e) => [e.id, e]));
  const hits = intelligence.filter((h) => byId.get(h.eventId)?.ip === h.indicator);
  for (const level of ['high', 'medium', 'low'] as const) {
    const hit = hits.find((h) => (h.confidence ?? 'medium') === level);
    if (hit)
      return [
        weigh(
          `intelligence.${level}`,
          `${hit.indicator} is on ${hit.list}, which is ${level === 'high' ? 'sure' : level === 'medium' ? 'fairly sure' : 'not sure'}`,
        ),
      ];
  }
  return [];
}
