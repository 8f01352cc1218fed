import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import { inSteps } from '../../steps.js';
import { alert, isAbout } from './detections.js';
import { instant, type SourceContext } from './source.js';

const SOURCE = 'microsoft.incidents';

const text = z.string().nullish();
const incident = z.looseObject({
  id: z.string(),
  displayName: text,
  severity: text,
  status: text,
  classification: text,
  determination: text,
  createdDateTime: z.string(),
  alerts: z.array(alert).nullish(),
});
type Incident = z.infer<typeof incident>;

/**
 * Defender incidents in which an alert names the subject: what Defender put together with it (alerts on devices, addresses
 * and apps that name nobody) and how people judged it, neither of which the alerts themselves tell.
 */
export function incidentSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 2 * 3600,
    read: inSteps(async (query, next, { signal }) => {
      // An incident lives on: one that was opened before the window and changed in it counts.
      const $filter = `lastUpdateDateTime ge ${query.from} and createdDateTime le ${query.to}`;
      const page = await context.client.page(
        OPERATIONS.incidents,
        {
          query: { $filter, $expand: 'alerts', $top: '50' },
          headers: { Prefer: 'include-unknown-enum-members' },
          signal,
        },
        incident,
        next,
      );
      return { ...page, events: page.rows.flatMap((row) => toEvent(context, row, query) ?? []) };
    }),
  };
}

/** Undefined for incidents about others, and for those that were merged: what is in them is in the one they were merged into. */
function toEvent(context: SourceContext, row: Incident, query: SourceQuery): EvidenceEvent | undefined {
  const alerts = row.alerts ?? [];
  const own = alerts.filter((a) => isAbout(a, query));
  if (row.status?.toLowerCase() === 'redirected' || own.length === 0) return undefined;
  const latest = own
    .map((a) => instant(a.lastActivityDateTime ?? a.createdDateTime) ?? query.to)
    .sort()
    .at(-1);
  const judged = [row.classification, row.determination].filter((j) => j && !/^unknown/i.test(j));
  const parts = alerts.flatMap((a) => a.evidence ?? []);
  return compact({
    id: `microsoft:${SOURCE}:${row.id}`,
    kind: 'platform_alert' as const,
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'platform_alerts' as const,
    at: latest ?? query.to,
    operation: row.displayName ?? 'incident',
    actor: query.nativeId,
    deviceId: parts.find((e) => e.mdeDeviceId)?.mdeDeviceId ?? undefined,
    target: { type: 'user' as const, id: query.nativeId },
    count: alerts.length,
    labels: row.severity ? [row.severity] : undefined,
    risk: riskLevel(row.severity),
    reasons: [...new Set([...judged, ...alerts.flatMap((a) => [a.category, ...(a.mitreTechniques ?? [])])])].filter(
      (r) => r !== null && r !== undefined,
    ),
  });
}
