import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { METHODS } from '../methods.js';
import { inSteps } from '../../steps.js';
import { riskLevel } from '../../risk.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.alerts';
const text = z.string().nullish();
const alert = z.looseObject({
  alertId: z.string(),
  createTime: z.string(),
  startTime: text,
  type: text,
  source: text,
  deleted: z.boolean().nullish(),
  data: z
    .looseObject({
      '@type': text,
      email: text,
      actorEmail: text,
      ruleViolationInfo: z.looseObject({ triggeringUserEmail: text }).nullish(),
      loginDetails: z.looseObject({ ipAddress: text }).nullish(),
      events: z.array(z.looseObject({ deviceId: text })).nullish(),
    })
    .nullish(),
  metadata: z.looseObject({ severity: text }).nullish(),
});
type Alert = z.infer<typeof alert>;

/** Alert Center. It cannot be searched by person, so the alerts of the time are read and those about the person kept. */
export function alertSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert', 'export'],
    lagSeconds: 900,
    read: inSteps(async (query, pageToken, { signal }) => {
      const answer = await context.client.call(
        METHODS.alerts,
        'admin',
        (alertcenter, options) =>
          alertcenter.alerts.list(
            {
              filter: `createTime >= "${query.from}" AND createTime <= "${query.to}"`,
              pageSize: 100,
              ...(pageToken === undefined ? {} : { pageToken }),
            },
            options,
          ),
        z.looseObject({ alerts: z.array(alert).nullish(), nextPageToken: text }),
        signal,
      );
      const events = (answer.alerts ?? [])
        .filter((a) => a.deleted !== true && isAbout(a, query))
        .map((a) => toEvent(context, a, query));
      return answer.nextPageToken ? { events, next: answer.nextPageToken } : { events };
    }),
  };
}

/** Each kind of alert names the person in a field of its own. */
function isAbout({ data }: Alert, query: SourceQuery): boolean {
  return [data?.email, data?.actorEmail, data?.ruleViolationInfo?.triggeringUserEmail].some(
    (mail) => typeof mail === 'string' && query.emails.includes(mail.toLowerCase()),
  );
}

/** Told by `@type`: the spelling of `type` differs between documentation and practice. */
function toEvent(context: SourceContext, row: Alert, query: SourceQuery): EvidenceEvent {
  const kind = row.data?.['@type']?.split('.').at(-1) ?? 'Alert';
  const reason = (row.type ?? kind).toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const isExport = kind === 'DomainWideTakeoutInitiated';
  return compact({
    id: `google:${SOURCE}:${row.alertId}`,
    kind: isExport ? ('export' as const) : ('platform_alert' as const),
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'platform_alerts' as const,
    at: new Date(row.startTime ?? row.createTime).toISOString(),
    operation: kind,
    actor: query.nativeId,
    ip: row.data?.loginDetails?.ipAddress,
    deviceId: row.data?.events?.[0]?.deviceId,
    target: isExport ? { type: 'export' as const, id: row.alertId } : undefined,
    labels: row.metadata?.severity ? [row.metadata.severity.toLowerCase()] : undefined,
    risk: riskLevel(row.metadata?.severity),
    reasons: [reason],
  });
}
