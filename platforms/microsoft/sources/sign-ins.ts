import { z } from 'zod';
import { LABELS, type Authentication, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { placeIn } from '../../../domain/places.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { quoted } from '../client.js';
import { doneWith } from '../first-party-apps.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import {
  anId,
  asItCame,
  maybe,
  needed,
  someAsn,
  someFlag,
  someList,
  someNumber,
  someText,
  type Notes,
} from '../../kit/rows.js';
import { inSteps, type Step } from '../../kit/steps.js';
import { signInMeaning, type SignInMeaning } from './sign-in-codes.js';
import { personOrApp, sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.sign_ins';

export const signIn = z.looseObject({
  id: anId,
  createdDateTime: asItCame,
  status: maybe(z.looseObject({ errorCode: someNumber })),
  conditionalAccessStatus: someText,
  userId: someText,
  appId: someText,
  appDisplayName: someText,
  ipAddress: asItCame,
  autonomousSystemNumber: someAsn,
  userAgent: someText,
  correlationId: someText,
  sessionId: someText,
  isInteractive: someFlag,
  signInEventTypes: someList(z.string().min(1)),
  riskEventTypes_v2: someList(z.string().min(1)),
  riskLevelDuringSignIn: someText,
  authenticationRequirement: someText,
  authenticationProtocol: someText,
  originalTransferMethod: someText,
  authenticationDetails: someList(z.looseObject({ authenticationMethod: someText, succeeded: someFlag })),
  deviceDetail: maybe(
    z.looseObject({
      deviceId: someText,
      displayName: someText,
      isCompliant: someFlag,
      isManaged: someFlag,
      trustType: someText,
    }),
  ),
  location: maybe(
    z.looseObject({
      city: someText,
      countryOrRegion: someText,
      geoCoordinates: maybe(z.looseObject({ latitude: someNumber, longitude: someNumber })),
    }),
  ),
});

type SignIn = z.infer<typeof signIn>;

/** How an attempt ended, as an event tells it. */
type End = Pick<EvidenceEvent, 'kind' | 'labels'> & Required<Pick<EvidenceEvent, 'outcome'>>;
const ENDS: Readonly<Partial<Record<SignInMeaning, End>>> = {
  success: { kind: 'sign_in', outcome: 'success' },
  stopped: { kind: 'sign_in_stopped', outcome: 'blocked' },
  failure: { kind: 'sign_in_failed', outcome: 'failure' },
  refused_factor: { kind: 'sign_in_failed', outcome: 'failure', labels: [LABELS.knowsFirst] },
  // Conditional Access decides after the first factor (Entra: "What is Conditional Access").
  policy: { kind: 'sign_in_failed', outcome: 'blocked', labels: [LABELS.knowsFirst] },
  blocked: { kind: 'sign_in_failed', outcome: 'blocked' },
  locked: { kind: 'sign_in_failed', outcome: 'blocked' },
};

/**
 * How an attempt ended: undefined where the row is a step of one or tells of something else than an attempt. A row is odd whose code is
 * missing or on no list: it shows neither that somebody got in nor that somebody failed.
 */
export function endOf({ status, conditionalAccessStatus }: SignIn): End | undefined {
  const meaning = signInMeaning(needed(status?.errorCode, 'status.errorCode'));
  if (meaning !== 'unknown') return ENDS[meaning];
  return needed(conditionalAccessStatus === 'failure' ? ENDS.policy : undefined, 'status.errorCode');
}

/**
 * Entra sign-in log. The beta endpoint, because only it has non-interactive sign-ins (what a stolen token makes), those of
 * apps, the session id and the AS number. Rows come minutes late; an hour is the margin. One sign-in has
 * several rows: what had to be proved on the way makes an event of its own kind, the analysis knows whether somebody got in then; other questions make none.
 */
export function signInSource(context: SourceContext): EvidenceSource {
  const reading =
    (of: (nativeId: string) => string, type: SignInType): Step =>
    async (query, next, { signal }) => {
      const $filter = `${of(quoted(query.nativeId))} and createdDateTime ge ${query.from} and createdDateTime le ${query.to} and ${ofType(type)}`;
      const page = await context.client.page(OPERATIONS.signIns, { query: { $filter, $top: '1000' }, signal }, next);
      return sourcePage(page, signIn, (row, notes) => toEvents(context, row, query, notes));
    };
  const ofPerson = (id: string): string => `userId eq ${id}`;
  const ofApp = (id: string): string => `appId eq ${id}`;
  return {
    id: SOURCE,
    logSource: 'user_access',
    depth: 'narrow',
    kinds: ['sign_in', 'sign_in_failed', 'sign_in_stopped'],
    lagSeconds: 3600,
    read: personOrApp(
      inSteps(reading(ofPerson, 'interactiveUser'), reading(ofPerson, 'nonInteractiveUser')),
      inSteps(reading(ofApp, 'servicePrincipal'), reading(ofApp, 'managedIdentity')),
    ),
  };
}

export const SIGN_IN_TYPES = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal', 'managedIdentity'] as const;
type SignInType = (typeof SIGN_IN_TYPES)[number];
/** One type a search: that is the form of the documentation (graph, signIn resource, beta). */
export const ofType = (type: SignInType): string => `signInEventTypes/any(t: t eq '${type}')`;

/** Detections name the sign-in that they are about by this id. */
export const signInEventId = (signInId: string): string => `microsoft:${SOURCE}:${signInId}`;

function toEvents(context: SourceContext, row: SignIn, query: SourceQuery, notes: Notes): readonly EvidenceEvent[] {
  const at = needed(instantOf(row.createdDateTime), 'createdDateTime');
  const end = endOf(row);
  if (end === undefined) return [];
  const { city, countryOrRegion: country, geoCoordinates } = row.location ?? {};
  return [
    compact({
      id: signInEventId(row.id),
      ...end,
      platform: context.platform,
      tenant: context.tenant,
      source: SOURCE,
      logSource: 'user_access' as const,
      at,
      operation: isOnToken(row) ? 'Sign-in (non-interactive)' : 'Sign-in',
      actor: query.nativeId,
      ip: notes.address('ipAddress', row.ipAddress),
      asn: row.autonomousSystemNumber,
      ...placeIn({ country, city, lat: geoCoordinates?.latitude, lon: geoCoordinates?.longitude }),
      ...doneWith({ id: row.appId, name: row.appDisplayName, userAgent: row.userAgent }),
      // Nobody has a session who did not get in; the id is that of the success that followed.
      sessionId: end.kind === 'sign_in_stopped' ? undefined : (row.sessionId ?? row.correlationId),
      deviceId: row.deviceDetail?.deviceId,
      deviceKnown: deviceKnown(row.deviceDetail),
      authentication: end.outcome === 'success' ? authenticationOf(row) : undefined,
      reasons: row.riskEventTypes_v2.length > 0 ? row.riskEventTypes_v2 : undefined,
      risk: riskLevel(row.riskLevelDuringSignIn),
    }),
  ];
}

/** Nobody was asked anything: a token did it. By the types of the sign-in where the row says no more. */
const isOnToken = ({ isInteractive, signInEventTypes: types }: SignIn): boolean =>
  isInteractive === undefined ? types.length > 0 && !types.includes('interactiveUser') : !isInteractive;

/**
 * Entra describes every browser; a device that it knows has an id or a name. Without either it says nothing of the device: a registered
 * laptop looks the same in a browser that sends no certificate.
 */
function deviceKnown(device: SignIn['deviceDetail']): boolean | undefined {
  if (!device) return undefined;
  if (device.isCompliant || device.isManaged || device.trustType) return true;
  return device.deviceId || device.displayName ? false : undefined;
}

const RESISTANT = /fido|passkey|windows hello|x\.?509|certificate|platform credential/i;
/** Met by what an earlier sign-in proved: nobody proved anything anew. */
const PREVIOUSLY = /previously satisfied/i;

/**
 * How strongly: by the methods that succeeded, else by what Conditional Access asked for. A sign-in that asked the person nothing rests on a
 * token, whatever it was once given for. Undefined where Entra says neither.
 */
function authenticationOf(row: SignIn): Authentication | undefined {
  if (isDeviceCode(row)) return 'device_code';
  if (isOnToken(row)) return 'token';
  const asked = row.authenticationRequirement?.toLowerCase();
  const used = row.authenticationDetails
    .filter((d) => d.succeeded === true)
    .flatMap((d) => d.authenticationMethod ?? []);
  const fresh = used.filter((m) => !PREVIOUSLY.test(m));
  if (fresh.some((m) => RESISTANT.test(m))) return 'phishing_resistant';
  if (used.length > 0 && fresh.length === 0) return 'token';
  if (fresh.some((m) => !/^password/i.test(m)) && asked !== SINGLE) return 'mfa';
  if (fresh.length > 0) return asked === MULTI ? 'mfa' : 'password';
  if (asked === MULTI) return 'mfa';
  return asked === SINGLE ? 'password' : undefined;
}
const SINGLE = 'singlefactorauthentication';
const MULTI = 'multifactorauthentication';

/** By a code typed in elsewhere, now or when the session began. */
const isDeviceCode = ({ authenticationProtocol, originalTransferMethod }: SignIn): boolean =>
  authenticationProtocol?.toLowerCase() === 'devicecode' || originalTransferMethod?.toLowerCase() === 'devicecodeflow';
