import { placeOf } from './address.js';
import type { Episode } from './attribution.js';
import { isState } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import type { Instant, Platform } from './platform.js';
import { isStopped } from './stopped-sign-ins.js';
import type { FactCode } from './weights.js';

/** Facts against the person that make a failed attempt somebody else's, and no wrong password on a journey. */
const STRANGE = -2.5;
/** What neither a journey nor a new phone brings along: with it one that had the password is a stranger's sooner. */
const OF_TOOLS: readonly FactCode[] = ['network.hosting', 'client.scripted', 'device.missing'];
const STRANGE_WITH_TOOLS = -1;

/** Addresses that are named; the rest is counted. */
const NAMED = 20;

/** What was tried in vain on one platform. */
export interface DefeatedAttempts {
  readonly platform: Platform;
  /** Sign-ins that failed or were stopped on the way. */
  readonly count: number;
  /** Of these so many had what is asked first. There when one had. */
  readonly knewFirst?: number;
  /** Where they came from, as far as nobody got in from there and nothing protects it; sorted, so many as people can read. */
  readonly addresses: readonly string[];
  /** How many more addresses there are. */
  readonly moreAddresses: number;
  /** What makes the next attempt harder, in the vendor's own words. */
  readonly raise?: string;
}

/**
 * Attempts to get into the account from places where nobody ever got in, those that were stopped on the way since an instant, and that are nothing of the person's. Who was stopped here may
 * have got in elsewhere: a phishing page has many victims, and the alert names one.
 */
export const strangersAttempts = (episodes: readonly Episode[], since: Instant): readonly EvidenceEvent[] =>
  episodes
    .filter(({ acts }) => acts.length === 0)
    .flatMap((e) =>
      e.attempts.filter(
        (attempt) =>
          e.score <= (isStopped(attempt) && hasTools(e) ? STRANGE_WITH_TOOLS : STRANGE) &&
          // One alone is told: one of long ago is no news.
          (attempt.kind !== 'sign_in_stopped' || attempt.at >= since),
      ),
    );
const hasTools = ({ facts }: Episode): boolean => facts.some((f) => OF_TOOLS.includes(f.code));

/** The strangers' attempts by platform, with the addresses that may be blocked. `raising` says how an account is protected better there. */
export function defeatedAttempts(
  episodes: readonly Episode[],
  since: Instant,
  isProtectedAddress: (address: string) => boolean,
  raising: (platform: Platform) => string | undefined = () => undefined,
): readonly DefeatedAttempts[] {
  const tried = strangersAttempts(episodes, since);
  const inUse = new Set(
    episodes.flatMap(({ acts }) => acts.flatMap((e) => (e.ip === undefined || isState(e) ? [] : placeOf(e.ip)))),
  );
  return [...new Set(tried.map((e) => e.platform))].sort().map((platform) => {
    const here = tried.filter((e) => e.platform === platform);
    const blockable = [...new Set(here.flatMap((e) => e.ip ?? []))].filter(
      (a) => !inUse.has(placeOf(a)) && !isProtectedAddress(a),
    );
    const addresses = blockable.sort().slice(0, NAMED);
    const knewFirst = here.filter(isStopped).length;
    const raise = raising(platform);
    return {
      ...{ platform, count: here.length, addresses, moreAddresses: blockable.length - addresses.length },
      ...(knewFirst === 0 ? {} : { knewFirst }),
      ...(raise === undefined ? {} : { raise }),
    };
  });
}

/** What a responder is asked after attempts of which none succeeded. */
export function protectionAsked(attempts: readonly DefeatedAttempts[]): string {
  return ['Nobody got in, but somebody tries.', ...attempts.map(askedOn)].join(' ');
}

function askedOn({ platform, count, knewFirst, addresses, moreAddresses, raise }: DefeatedAttempts): string {
  const more = moreAddresses > 0 ? ` and ${moreAddresses} more` : '';
  const block = addresses.length === 0 ? '' : ` Addresses proposed for blocking: ${addresses.join(', ')}${more}.`;
  const leaked =
    knewFirst === undefined
      ? ''
      : ` ${knewFirst} of them had the password or a token and failed at what was asked next: give the account a new password and end its sessions.`;
  return `${platform}: ${count} sign-in${count === 1 ? '' : 's'} failed.${leaked} Raise the account’s protection${raise === undefined ? '' : `: ${raise}`}.${block}`;
}
