import { z } from 'zod';
import { guestAddressOf, mailOf, objectIdOf, objectIdOfSid, sidOf } from '../../../domain/account-names.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { placeIn } from '../../../domain/places.js';
import { compact } from '../../kit/compact.js';
import type { SourceQuery } from '../../ports.js';
import { asItCame, maybe, someList, someNumber, someText, type Notes } from '../../kit/rows.js';
import { signInEventId } from './sign-ins.js';

const account = z.looseObject({ azureAdUserId: someText, userPrincipalName: someText, userSid: someText });
const mentioned = z.looseObject({ userAccount: maybe(account) });

/**
 * One piece of evidence of a Defender alert. There are some fifty types (graph, `alertEvidence`), each with fields of its own, and new ones
 * come: what is known is read by the name and type of its field, whichever evidence has it, and the rest is passed over.
 */
export const alertEvidence = z.looseObject({
  '@odata.type': someText,
  /** What it is in the alert (`evidenceRole`): often nothing. */
  roles: someList(z.string()),
  /** Of users, and of mailboxes and processes, which are somebody's. */
  userAccount: maybe(account),
  primaryAddress: someText,
  upn: someText,
  /** Of a session: the user evidence whose it is. */
  account: maybe(mentioned),
  ipAddress: asItCame,
  countryLetterCode: someText,
  location: maybe(z.looseObject({ city: someText, latitude: someNumber, longitude: someNumber })),
  mdeDeviceId: someText,
  azureAdDeviceId: someText,
  /** A text with apps of Entra; of a cloud application it is the catalogue's number. */
  appId: someText,
  displayName: someText,
  url: someText,
  urls: someList(z.string().min(1)),
  sessionId: someText,
  requestId: someText,
  userAgent: someText,
  fileDetails: maybe(z.looseObject({ sha256: someText })),
});
export type AlertEvidence = z.infer<typeof alertEvidence>;

const typeOf = (part: AlertEvidence): string => part['@odata.type']?.split('.').at(-1)?.toLowerCase() ?? '';

/** Roles of what was done to, or stands by. */
const PASSIVE: ReadonlySet<string> = new Set(['attacked', 'destination', 'contextual', 'scanned']);
/** Roles of who did it, or in whose name it was done. */
const ACTING: ReadonlySet<string> = new Set(['attacker', 'source', 'compromised', 'suspicious', 'policyviolator']);
const rolesOf = ({ roles }: AlertEvidence): readonly string[] => roles.map((r) => r.toLowerCase());
const isPassive = (part: AlertEvidence): boolean => {
  const roles = rolesOf(part);
  return roles.length > 0 && roles.every((r) => PASSIVE.has(r));
};
const isActing = (part: AlertEvidence): boolean => rolesOf(part).some((r) => ACTING.has(r));

const namesAccount = (part: AlertEvidence): boolean =>
  part.userAccount !== undefined ||
  part.account !== undefined ||
  part.primaryAddress !== undefined ||
  part.upn !== undefined;

function names(part: AlertEvidence, query: SourceQuery, mails: ReadonlySet<string>): boolean {
  const accounts = [part.userAccount, part.account?.userAccount];
  const ids = accounts.flatMap((a) => [objectIdOf(a?.azureAdUserId), objectIdOfSid(sidOf(a?.userSid) ?? '')]);
  const written = [...accounts.map((a) => a?.userPrincipalName), part.primaryAddress, part.upn];
  return (
    ids.includes(query.nativeId.toLowerCase()) ||
    written.some((name) => mails.has(mailOf(name) ?? '') || mails.has(guestAddressOf(name ?? '') ?? ''))
  );
}

/**
 * The alert is about the subject: some evidence names the account, and not only as the one that somebody else's account attacked. Where no
 * other account is called the doer, being attacked is what the alert is about.
 */
export function isAbout(parts: readonly AlertEvidence[], query: SourceQuery): boolean {
  const mails = new Set(query.emails.flatMap((m) => mailOf(m) ?? []));
  const own = parts.filter((part) => names(part, query, mails));
  if (own.length === 0) return false;
  const doneByAnother = parts.some((part) => namesAccount(part) && isActing(part) && !own.includes(part));
  return !doneByAnother || own.some((part) => !isPassive(part));
}

/** What the evidence of an alert adds to its event. */
export function told(parts: readonly AlertEvidence[], notes: Notes): Partial<EvidenceEvent> {
  const active = parts.filter((part) => !isPassive(part));
  const at = [...active.filter(isActing), ...active].find(
    (part) => part.ipAddress !== undefined && part.ipAddress !== null && part.ipAddress !== '',
  );
  const app = active.find((part) => APPS.has(typeOf(part)) && part.appId !== undefined);
  const urls = [...new Set(parts.flatMap((part) => [...part.urls, ...(part.url === undefined ? [] : [part.url])]))];
  const session = active.find((part) => part.sessionId !== undefined);
  const request = parts.find((part) => part.requestId !== undefined)?.requestId;
  return compact({
    app:
      app?.appId === undefined ? undefined : compact({ id: objectIdOf(app.appId) ?? app.appId, name: app.displayName }),
    ip: at && notes.address('evidence.ipAddress', at.ipAddress),
    ...placeIn({
      country: at?.countryLetterCode,
      city: at?.location?.city,
      lat: at?.location?.latitude,
      lon: at?.location?.longitude,
    }),
    sessionId: session?.sessionId,
    userAgent: session?.userAgent,
    about: request === undefined ? undefined : signInEventId(request),
    deviceId: deviceOf(parts),
    sha256: parts.find((part) => part.fileDetails?.sha256 !== undefined)?.fileDetails?.sha256?.toLowerCase(),
    urls: urls.length > 0 ? urls : undefined,
  });
}
/** Evidence whose `appId` is an app's of Entra. */
const APPS: ReadonlySet<string> = new Set(['oauthapplicationevidence', 'serviceprincipalevidence']);

/** Defender's id of the first device, by which it can be isolated; else Entra's. */
export const deviceOf = (parts: readonly AlertEvidence[]): string | undefined =>
  parts.find((part) => part.mdeDeviceId !== undefined)?.mdeDeviceId ??
  parts.find((part) => part.azureAdDeviceId !== undefined)?.azureAdDeviceId;
