import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { placeOf } from './address.js';
import { succeeded, type EventKind, type EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';
import type { Platform } from './platform.js';
import { isAccess } from './indicators/view.js';
import type { SecretHit } from './indicators/view.js';

/** How vendors say that a credential of the account is known outside: Entra's risk event, Google's account warning and its alert "Leaked password". */
const LEAK_REASONS: readonly string[] = ['leakedCredentials', 'account_disabled_password_leak', 'leaked_password'];

/** The issuer of the account's credential says that it leaked. */
export const saysLeaked = (e: Pick<EvidenceEvent, 'reasons'>): boolean =>
  (e.reasons ?? []).some((r) => LEAK_REASONS.includes(r));

/** How a hit names the account that it opens (`SecretHit.account`): SHA-256, hex, of the mail address in lower case. */
export const accountKey = (mail: string): string => bytesToHex(sha256(utf8ToBytes(mail.trim().toLowerCase())));

/**
 * Marks the secrets whose use was logged: `uses` with what strong findings call somebody else's rows. A sentence, a sign-in of the owner
 * and a use that nobody logged confirm nothing; nothing is ever tried.
 */
export function confirmUsed(
  secrets: readonly SecretHit[],
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  accounts: readonly string[],
  uses: SecretUses,
): readonly SecretHit[] {
  return confirmBy(secrets, { events, foreign: foreignRows(findings, events), accounts, uses });
}

/** Kinds of secrets that open a platform by themselves, and the rows in which their use shows. */
export type SecretUses = ReadonlyMap<string, { readonly platform: Platform; readonly rows: readonly EventKind[] }>;

export interface Uses {
  readonly events: readonly EvidenceEvent[];
  /** Rows of sessions that are somebody else's than the account's owner, in whichever account. */
  readonly foreign: readonly EvidenceEvent[];
  /** Native ids of the subject's accounts. */
  readonly accounts: readonly string[];
  /** Native ids of other known people's accounts, by `accountKey` of their mail addresses: a colleague's password in a channel opens those. */
  readonly owners?: ReadonlyMap<string, readonly string[]>;
  readonly uses: SecretUses;
}

/**
 * A secret was used when, after it was shown, somebody got into an account that it opens who had not been in it before. It opens the account
 * that the text names, else the author's own. Shown is what stands in a conversation or a file's name: whoever reads there could have it;
 * what an intruder writes is not shown by its owner.
 */
export function confirmBy(secrets: readonly SecretHit[], given: Uses): readonly SecretHit[] {
  const foreignIds = new Set(given.foreign.map((e) => e.id));
  const byId = new Map(given.events.map((e) => [e.id, e]));
  const entries = given.foreign.filter((e) => isAccess(e) && succeeded(e));
  const used = secrets.filter((secret) => {
    const shown = byId.get(secret.eventId);
    if (!shown || foreignIds.has(shown.id)) return false;
    const opens = accountsOpened(secret, shown, given);
    const into = entries.filter((e) => (e.actor === undefined ? opens === given.accounts : opens.includes(e.actor)));
    // Who was in before it was shown did not need it.
    const before = new Set(into.filter((e) => e.at <= shown.at).flatMap(contexts));
    return into.some((e) => e.at > shown.at && isUse(given.uses, secret, e) && !contexts(e).some((c) => before.has(c)));
  });
  const fingerprints = new Set(used.map((s) => s.fingerprint));
  return secrets.map((s) => (fingerprints.has(s.fingerprint) ? { ...s, confirmed: true } : s));
}

const NONE: readonly string[] = [];

function accountsOpened(secret: SecretHit, shown: EvidenceEvent, { accounts, owners }: Uses): readonly string[] {
  const named = secret.account === undefined ? undefined : owners?.get(secret.account);
  if (named) return named;
  // Of what others showed, or wrote before it was quoted, and named nobody for, we don't know whose it is.
  if (secret.quoted === true) return NONE;
  return shown.actor !== undefined && accounts.includes(shown.actor) ? accounts : NONE;
}

/** What tells two strangers apart: the session, the device, the place. */
const contexts = ({ platform, sessionId, deviceId, ip }: EvidenceEvent): readonly string[] => [
  ...(sessionId === undefined ? [] : [`${platform}:${sessionId}`]),
  ...(deviceId === undefined ? [] : [deviceId]),
  ...(ip === undefined ? [] : [placeOf(ip)]),
];

function isUse(by: SecretUses, { kind }: SecretHit, { kind: row, platform }: EvidenceEvent): boolean {
  if (kind === 'password') return row === 'sign_in';
  const use = by.get(kind);
  return use !== undefined && use.platform === platform && use.rows.includes(row);
}
