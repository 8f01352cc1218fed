import { z } from 'zod';
import type { Authentication, EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { quoted } from '../client.js';
import { doneWith } from '../first-party-apps.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import { inSteps, type Step } from '../../steps.js';
import { address, instant, personOrApp, type SourceContext } from './source.js';

const SOURCE = 'microsoft.sign_ins';

export const signIn = z.looseObject({
  id: z.string(),
  userId: z.string().nullish(),
  createdDateTime: z.string(),
  appId: z.string().nullish(),
  appDisplayName: z.string().nullish(),
  ipAddress: z.string().nullish(),
  autonomousSystemNumber: z.number().nullish(),
  userAgent: z.string().nullish(),
  correlationId: z.string().nullish(),
  sessionId: z.string().nullish(),
  isInteractive: z.boolean().nullish(),
  riskEventTypes_v2: z.array(z.string()).nullish(),
  riskLevelDuringSignIn: z.string().nullish(),
  authenticationRequirement: z.string().nullish(),
  authenticationProtocol: z.string().nullish(),
  authenticationDetails: z
    .array(z.looseObject({ authenticationMethod: z.string().nullish(), succeeded: z.boolean().nullish() }))
    .nullish()
    .catch(undefined),
  status: z.looseObject({ errorCode: z.number() }).nullish(),
  deviceDetail: z
    .looseObject({
      deviceId: z.string().nullish(),
      displayName: z.string().nullish(),
      isCompliant: z.boolean().nullish(),
      isManaged: z.boolean().nullish(),
      trustType: z.string().nullish(),
    })
    .nullish(),
  location: z
    .looseObject({
      city: z.string().nullish(),
      countryOrRegion: z.string().nullish(),
      geoCoordinates: z.looseObject({ latitude: z.number().nullish(), longitude: z.number().nullish() }).nullish(),
    })
    .nullish(),
});

type SignIn = z.infer<typeof signIn>;

/** 50140: the "keep me signed in" question, part of a sign-in that succeeds. */
export const SUCCESS = new Set([0, 50140]);
/** 53003, 53000: refused by Conditional Access. 50053: refused for the address or a locked account. */
const BLOCKED = new Set([53003, 53000, 50053]);

/**
 * Entra sign-in log. The beta endpoint, because only it has non-interactive sign-ins (what a stolen token makes), those of
 * apps, the session id and the AS number. Rows come minutes late; an hour is the margin.
 */
export function signInSource(context: SourceContext): EvidenceSource {
  const reading =
    (of: (nativeId: string) => string, types: readonly string[]): Step =>
    async (query, next, { signal }) => {
      const kinds = types.map((t) => `signInEventTypes/any(t: t eq '${t}')`).join(' or ');
      const $filter = `${of(quoted(query.nativeId))} and createdDateTime ge ${query.from} and createdDateTime le ${query.to} and (${kinds})`;
      const request = { query: { $filter, $top: '1000' }, signal };
      const page = await context.client.page(OPERATIONS.signIns, request, signIn, next);
      return { ...page, events: page.rows.map((row) => toEvent(context, row, query)) };
    };
  return {
    id: SOURCE,
    logSource: 'user_access',
    depth: 'narrow',
    kinds: ['sign_in', 'sign_in_failed'],
    lagSeconds: 3600,
    read: personOrApp(
      inSteps(reading((id) => `userId eq ${id}`, ['interactiveUser', 'nonInteractiveUser'])),
      inSteps(reading((id) => `appId eq ${id}`, ['servicePrincipal'])),
    ),
  };
}

/** Detections name the sign-in that they are about by this id. */
export const signInEventId = (signInId: string): string => `microsoft:${SOURCE}:${signInId}`;

function toEvent(context: SourceContext, row: SignIn, query: SourceQuery): EvidenceEvent {
  const code = row.status?.errorCode ?? 0;
  const outcome: NonNullable<EvidenceEvent['outcome']> = SUCCESS.has(code)
    ? 'success'
    : BLOCKED.has(code)
      ? 'blocked'
      : 'failure';
  const device = row.deviceDetail;
  const { latitude, longitude } = row.location?.geoCoordinates ?? {};
  return compact({
    id: signInEventId(row.id),
    kind: outcome === 'success' ? ('sign_in' as const) : ('sign_in_failed' as const),
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'user_access' as const,
    at: instant(row.createdDateTime) ?? row.createdDateTime,
    operation: row.isInteractive === false ? 'Sign-in (non-interactive)' : 'Sign-in',
    actor: query.nativeId,
    ip: address(row.ipAddress),
    asn: row.autonomousSystemNumber || undefined,
    country: row.location?.countryOrRegion || undefined,
    city: row.location?.city || undefined,
    location:
      typeof latitude === 'number' && typeof longitude === 'number' ? { lat: latitude, lon: longitude } : undefined,
    ...doneWith({ id: row.appId, name: row.appDisplayName, userAgent: row.userAgent }),
    sessionId: row.sessionId || row.correlationId || undefined,
    deviceId: device?.deviceId || undefined,
    deviceKnown: deviceKnown(device),
    authentication: outcome === 'success' ? authenticationOf(row) : undefined,
    reasons: row.riskEventTypes_v2?.length ? row.riskEventTypes_v2 : undefined,
    risk: riskLevel(row.riskLevelDuringSignIn),
    outcome,
  });
}

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
  if (row.authenticationProtocol === 'deviceCode') return 'device_code';
  if (row.isInteractive === false) return 'token';
  const used = (row.authenticationDetails ?? [])
    .filter((d) => d.succeeded === true)
    .map((d) => d.authenticationMethod ?? '')
    .filter((m) => m !== '');
  const fresh = used.filter((m) => !PREVIOUSLY.test(m));
  if (fresh.some((m) => RESISTANT.test(m))) return 'phishing_resistant';
  if (used.length > 0 && fresh.length === 0) return 'token';
  if (fresh.some((m) => !/^password/i.test(m)) && row.authenticationRequirement !== 'singleFactorAuthentication')
    return 'mfa';
  if (fresh.length > 0) return row.authenticationRequirement === 'multiFactorAuthentication' ? 'mfa' : 'password';
  if (row.authenticationRequirement === 'multiFactorAuthentication') return 'mfa';
  return row.authenticationRequirement === 'singleFactorAuthentication' ? 'password' : undefined;
}
