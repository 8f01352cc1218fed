import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { quoted } from '../client.js';
import { OPERATIONS } from '../operations.js';
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
  status: z.looseObject({ errorCode: z.number() }).nullish(),
  deviceDetail: z
    .looseObject({
      deviceId: z.string().nullish(),
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

function toEvent(context: SourceContext, row: z.infer<typeof signIn>, query: SourceQuery): EvidenceEvent {
  const code = row.status?.errorCode ?? 0;
  const outcome: NonNullable<EvidenceEvent['outcome']> = SUCCESS.has(code)
    ? 'success'
    : BLOCKED.has(code)
      ? 'blocked'
      : 'failure';
  const device = row.deviceDetail;
  const { latitude, longitude } = row.location?.geoCoordinates ?? {};
  return compact({
    id: `microsoft:${SOURCE}:${row.id}`,
    kind: outcome === 'success' ? ('sign_in' as const) : ('sign_in_failed' as const),
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'user_access' as const,
    at: instant(row.createdDateTime) ?? row.createdDateTime,
    operation: row.isInteractive === false ? 'Sign-in (non-interactive)' : 'Sign-in',
    actor: query.nativeId,
    app: row.appId ? compact({ id: row.appId, name: row.appDisplayName }) : undefined,
    ip: address(row.ipAddress),
    asn: row.autonomousSystemNumber || undefined,
    country: row.location?.countryOrRegion || undefined,
    city: row.location?.city || undefined,
    location:
      typeof latitude === 'number' && typeof longitude === 'number' ? { lat: latitude, lon: longitude } : undefined,
    userAgent: row.userAgent || undefined,
    sessionId: row.sessionId || row.correlationId || undefined,
    deviceId: device?.deviceId || undefined,
    deviceKnown: device ? Boolean(device.isCompliant || device.isManaged || device.trustType) : undefined,
    reasons: row.riskEventTypes_v2?.length ? row.riskEventTypes_v2 : undefined,
    outcome,
  });
}
