import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';
import { isAccess } from './indicators/view.js';
import type { SecretHit } from './indicators/view.js';

/** How vendors say that a credential of the account is known outside: Entra's risk event, Google's account warning and its alert "Leaked password". */
const LEAK_REASONS: readonly string[] = ['leakedCredentials', 'account_disabled_password_leak', 'leaked_password'];

/** The issuer of the account's credential says that it leaked. */
export const saysLeaked = (e: Pick<EvidenceEvent, 'reasons'>): boolean =>
  (e.reasons ?? []).some((r) => LEAK_REASONS.includes(r));

/**
 * Marks the secrets whose use was logged: the subject showed its password in a chat or file name, and afterwards somebody else signed in
 * to one of its accounts; or a Slack token, and afterwards somebody else used the Slack API as the subject. Nothing is ever tried.
 */
export function confirmUsed(
  secrets: readonly SecretHit[],
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  accounts: readonly string[],
): readonly SecretHit[] {
  const foreign = foreignRows(findings, events);
  const foreignIds = new Set(foreign.map((e) => e.id));
  const byId = new Map(events.map((e) => [e.id, e]));
  const used = secrets.filter((secret) => {
    const shown = byId.get(secret.eventId);
    // Of what others showed we don't know whose it is; what the intruder writes is not shown by its owner.
    if (!shown || foreignIds.has(shown.id) || shown.actor === undefined || !accounts.includes(shown.actor))
      return false;
    return foreign.some((e) => isAccess(e) && e.at > shown.at && isUse(secret, e));
  });
  const fingerprints = new Set(used.map((s) => s.fingerprint));
  return secrets.map((s) => (fingerprints.has(s.fingerprint) ? { ...s, confirmed: true } : s));
}

const isUse = ({ kind }: SecretHit, { kind: row, platform }: EvidenceEvent): boolean =>
  (kind === 'password' && row === 'sign_in') || (kind === 'slack' && platform === 'slack' && row === 'api_activity');
