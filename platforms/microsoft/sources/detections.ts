import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { quoted } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import { inSteps } from '../../steps.js';
import { signInEventId } from './sign-ins.js';
import { address, instant, type SourceContext } from './source.js';

const RISKS = 'microsoft.risk_detections';
const ALERTS = 'microsoft.alerts';

const riskDetection = z.looseObject({
  id: z.string(),
  riskEventType: z.string().nullish(),
  riskLevel: z.string().nullish(),
  riskState: z.string().nullish(),
  /** Id of the sign-in that it is about. */
  requestId: z.string().nullish(),
  /** JSON text: a list of `{Key, Value}`. */
  additionalInfo: z.string().nullish(),
  ipAddress: z.string().nullish(),
  activityDateTime: z.string().nullish(),
  detectedDateTime: z.string().nullish(),
  userId: z.string(),
  location: z.looseObject({ city: z.string().nullish(), countryOrRegion: z.string().nullish() }).nullish(),
});

/** Identity Protection detections. Offline detections may be made up to 48 hours later (Entra ID Protection documentation). */
export function riskDetectionSource(context: SourceContext): EvidenceSource {
  return {
    id: RISKS,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 48 * 3600,
    read: inSteps(async (query, next, { signal }) => {
      const $filter = `userId eq ${quoted(query.nativeId)} and activityDateTime ge ${query.from} and activityDateTime le ${query.to}`;
      const page = await context.client.page(
        OPERATIONS.riskDetections,
        { query: { $filter, $top: '500' }, signal },
        riskDetection,
        next,
      );
      const events = page.rows.map((row): EvidenceEvent =>
        compact({
          id: `microsoft:${RISKS}:${row.id}`,
          kind: 'platform_alert' as const,
          platform: context.platform,
          tenant: context.tenant,
          source: RISKS,
          logSource: 'platform_alerts' as const,
          at: instant(row.activityDateTime ?? row.detectedDateTime) ?? query.to,
          operation: `riskDetection ${row.riskEventType ?? 'generic'}`,
          actor: row.userId,
          ip: address(row.ipAddress),
          country: row.location?.countryOrRegion || undefined,
          city: row.location?.city || undefined,
          target: { type: 'user' as const, id: row.userId },
          userAgent: userAgentOf(row.additionalInfo),
          about: row.requestId ? signInEventId(row.requestId) : undefined,
          labels: row.riskLevel ? [row.riskLevel] : undefined,
          reasons: row.riskEventType ? [row.riskEventType] : undefined,
          risk: riskLevel(row.riskLevel),
        }),
      );
      return { ...page, events };
    }),
  };
}

const info = z.array(z.looseObject({ Key: z.string(), Value: z.unknown() }));

/** Undefined when it is not told, or not in the form that the documentation shows. */
function userAgentOf(additionalInfo: string | null | undefined): string | undefined {
  try {
    const said = info.parse(JSON.parse(additionalInfo ?? '[]')).find((i) => i.Key === 'userAgent')?.Value;
    return typeof said === 'string' && said !== '' ? said : undefined;
  } catch {
    return undefined;
  }
}

const evidence = z.looseObject({
  '@odata.type': z.string().nullish(),
  userAccount: z
    .looseObject({ azureAdUserId: z.string().nullish(), userPrincipalName: z.string().nullish() })
    .nullish(),
  ipAddress: z.string().nullish(),
  countryLetterCode: z.string().nullish(),
  mdeDeviceId: z.string().nullish(),
  appId: z.string().nullish(),
  displayName: z.string().nullish(),
  urls: z.array(z.string()).nullish(),
  /** Of `cloudLogonSessionEvidence` and `cloudLogonRequestEvidence`. */
  sessionId: z.string().nullish(),
  requestId: z.string().nullish(),
});
/** A Defender alert, as alerts_v2 and the alerts of an incident have it. */
export const alert = z.looseObject({
  id: z.string(),
  title: z.string().nullish(),
  category: z.string().nullish(),
  severity: z.string().nullish(),
  serviceSource: z.string().nullish(),
  mitreTechniques: z.array(z.string()).nullish(),
  createdDateTime: z.string(),
  firstActivityDateTime: z.string().nullish(),
  lastActivityDateTime: z.string().nullish(),
  evidence: z.array(evidence).nullish(),
});

/** Defender XDR alerts. The API cannot filter by person, so the tenant's alerts of the window are read and those about the subject kept. */
export function alertSource(context: SourceContext): EvidenceSource {
  return {
    id: ALERTS,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 2 * 3600,
    read: inSteps(async (query, next, { signal }) => {
      const $filter = `createdDateTime ge ${query.from} and createdDateTime le ${query.to}`;
      const page = await context.client.page(
        OPERATIONS.alerts,
        { query: { $filter, $top: '100' }, headers: { Prefer: 'include-unknown-enum-members' }, signal },
        alert,
        next,
      );
      return {
        ...page,
        events: page.rows.filter((row) => isAbout(row, query)).map((row) => toEvent(context, row, query)),
      };
    }),
  };
}

export function isAbout(row: z.infer<typeof alert>, query: SourceQuery): boolean {
  const mails = new Set(query.emails.map((m) => m.toLowerCase()));
  return (row.evidence ?? []).some(
    ({ userAccount: u }) => u?.azureAdUserId === query.nativeId || mails.has(u?.userPrincipalName?.toLowerCase() ?? ''),
  );
}

function toEvent(context: SourceContext, row: z.infer<typeof alert>, query: SourceQuery): EvidenceEvent {
  const parts = row.evidence ?? [];
  const from = parts.find((e) => e.ipAddress);
  const app = parts.find((e) => e['@odata.type']?.toLowerCase().endsWith('oauthapplicationevidence') && e.appId);
  const urls = parts.flatMap((e) => e.urls ?? []);
  const request = parts.find((e) => e.requestId)?.requestId;
  return compact({
    id: `microsoft:${ALERTS}:${row.id}`,
    kind: 'platform_alert' as const,
    platform: context.platform,
    tenant: context.tenant,
    source: ALERTS,
    logSource: 'platform_alerts' as const,
    at: instant(row.lastActivityDateTime ?? row.firstActivityDateTime ?? row.createdDateTime) ?? query.to,
    operation: row.title ?? 'alert',
    actor: query.nativeId,
    app: app?.appId ? compact({ id: app.appId, name: app.displayName }) : undefined,
    ip: address(from?.ipAddress),
    country: from?.countryLetterCode || undefined,
    sessionId: parts.find((e) => e.sessionId)?.sessionId,
    about: request ? signInEventId(request) : undefined,
    deviceId: parts.find((e) => e.mdeDeviceId)?.mdeDeviceId ?? undefined,
    target: { type: 'user' as const, id: query.nativeId },
    urls: urls.length > 0 ? urls : undefined,
    labels: row.severity ? [row.severity] : undefined,
    risk: riskLevel(row.severity),
    reasons: [row.category, row.serviceSource, ...(row.mitreTechniques ?? [])].filter(
      (r) => r !== null && r !== undefined,
    ),
  });
}
