import { z } from 'zod';
import { mailOf } from '../../../domain/account-names.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { METHODS } from '../methods.js';
import { inSteps } from '../../kit/steps.js';
import { riskLevel } from '../../risk.js';
import { mapRows, maybe, needed, someFlag, someList, someText, type Mapped, type Notes } from '../../kit/rows.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.alerts';
/** Fields of each kind of alert: Alert Center API, "Alert types". */
export const alertShape = z.looseObject({
  alertId: z.string().min(1),
  createTime: z.union([z.string(), z.number()]),
  startTime: someText,
  type: someText,
  deleted: someFlag,
  data: maybe(
    z.looseObject({
      '@type': someText,
      email: someText,
      actorEmail: someText,
      affectedUserEmails: someList(z.string()),
      superAdminPasswordResetEvent: maybe(z.looseObject({ userEmail: someText })),
      primaryAdminChangedEvent: maybe(z.looseObject({ previousAdminEmail: someText, updatedAdminEmail: someText })),
      ruleViolationInfo: maybe(
        z.looseObject({
          triggeringUserEmail: someText,
          resourceInfo: maybe(z.looseObject({ documentId: someText, resourceTitle: someText })),
        }),
      ),
      loginDetails: maybe(z.looseObject({ ipAddress: z.unknown().optional() })),
      maliciousEntity: maybe(
        z.looseObject({ fromHeader: someText, entity: maybe(z.looseObject({ emailAddress: someText })) }),
      ),
      messages: someList(z.looseObject({ recipient: someText })),
      events: someList(z.looseObject({ deviceId: someText })),
    }),
  ),
  metadata: maybe(z.looseObject({ severity: someText, status: someText })),
});
type Alert = z.output<typeof alertShape>;
export const alertsPage = z.looseObject({ alerts: someList(z.unknown()), nextPageToken: someText });

/** Alert Center. It cannot be searched by person, so the alerts of the time are read and those about the person kept. */
export function alertSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert', 'export'],
    lagSeconds: 900,
    read: inSteps(async (query, pageToken, { signal }) => {
      const { alerts, nextPageToken } = await context.client.call(
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
        alertsPage,
        signal,
      );
      const { values, odd } = alertsIn(context, query, alerts);
      return { events: values, odd, ...(nextPageToken === undefined ? {} : { next: nextPageToken }) };
    }),
  };
}

/** The alerts about the person. One that an administrator closed or deleted is told all the same, and that it was. */
export function alertsIn(
  context: Omit<SourceContext, 'client'>,
  query: SourceQuery,
  alerts: readonly unknown[],
): Mapped<EvidenceEvent> {
  return mapRows(alerts, alertShape, (row, notes) => {
    const at = needed(instantOf(row.startTime) ?? instantOf(row.createTime), 'createTime');
    const named = namedIn(row.data);
    const isAbout = (mails: readonly (string | undefined)[]): boolean =>
      mails.some((mail) => query.emails.includes(mailOf(mail) ?? ''));
    return isAbout([...named.by, ...named.about]) ? [toEvent(context, row, at, query, isAbout(named.by), notes)] : [];
  });
}

/** Each kind of alert names the person in a field of its own: as who did or suffered it, or as somebody whom another did something to. */
function namedIn(data: Alert['data']): {
  readonly by: readonly (string | undefined)[];
  readonly about: readonly (string | undefined)[];
} {
  const { superAdminPasswordResetEvent: reset, primaryAdminChangedEvent: primary } = data ?? {};
  return {
    by: [
      data?.email,
      data?.actorEmail,
      data?.ruleViolationInfo?.triggeringUserEmail,
      data?.maliciousEntity?.entity?.emailAddress,
      data?.maliciousEntity?.fromHeader,
      ...(data?.affectedUserEmails ?? []),
      ...(data?.messages ?? []).map((m) => m.recipient),
    ],
    about: [reset?.userEmail, primary?.previousAdminEmail, primary?.updatedAdminEmail],
  };
}

/** Told by `@type`: the spelling of `type` differs between documentation and practice. */
function toEvent(
  context: Omit<SourceContext, 'client'>,
  row: Alert,
  at: string,
  query: SourceQuery,
  isActor: boolean,
  notes: Notes,
): EvidenceEvent {
  const { data, metadata } = row;
  const kind = data?.['@type']?.split('.').at(-1) ?? 'Alert';
  const isExport = kind === 'DomainWideTakeoutInitiated';
  const document = data?.ruleViolationInfo?.resourceInfo;
  const labels = [
    metadata?.severity?.toLowerCase(),
    metadata?.status === 'CLOSED' ? 'closed' : undefined,
    row.deleted === true ? 'deleted' : undefined,
  ].filter((label) => label !== undefined);
  return compact({
    id: `google:${SOURCE}:${row.alertId}`,
    kind: isExport ? ('export' as const) : ('platform_alert' as const),
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'platform_alerts' as const,
    at,
    operation: kind,
    // Of what another did to the person, the other is the actor.
    actor: isActor ? query.nativeId : mailOf(data?.actorEmail),
    ip: notes.address('data.loginDetails.ipAddress', data?.loginDetails?.ipAddress),
    deviceId: data?.events.find((e) => e.deviceId !== undefined)?.deviceId,
    target: isExport
      ? { type: 'export' as const, id: row.alertId }
      : !isActor
        ? { type: 'user' as const, id: query.nativeId }
        : document?.documentId === undefined
          ? undefined
          : compact({ type: 'file' as const, id: document.documentId, name: document.resourceTitle }),
    labels: labels.length > 0 ? labels : undefined,
    risk: riskLevel(metadata?.severity),
    reasons: [(row.type ?? kind).toLowerCase().replace(/[^a-z0-9]+/g, '_')],
  });
}
