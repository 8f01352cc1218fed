import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import { anId, needed, someList, someText } from '../../kit/rows.js';
import { inSteps } from '../../kit/steps.js';
import { deviceOf, isAbout } from './alert-evidence.js';
import { alert, happenedAt } from './alerts.js';
import { sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.incidents';

export const incident = z.looseObject({
  id: anId,
  displayName: someText,
  severity: someText,
  status: someText,
  classification: someText,
  determination: someText,
  alerts: someList(alert),
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
        next,
      );
      return sourcePage(page, incident, (row) => toEvents(context, row, query));
    }),
  };
}

/** None for incidents about others, and for those that were merged: what is in them is in the one they were merged into. */
function toEvents(context: SourceContext, row: Incident, query: SourceQuery): readonly EvidenceEvent[] {
  const own = row.alerts.filter((a) => isAbout(a.evidence, query));
  if (row.status?.toLowerCase() === 'redirected' || own.length === 0) return [];
  const latest = own
    .flatMap((a) => happenedAt(a) ?? [])
    .sort()
    .at(-1);
  const judged = [row.classification, row.determination].filter((j) => j !== undefined && !/^unknown/i.test(j));
  const reasons = [...judged, ...row.alerts.flatMap((a) => [a.category, ...a.mitreTechniques])];
  return [
    compact({
      id: `microsoft:${SOURCE}:${row.id}`,
      kind: 'platform_alert' as const,
      platform: context.platform,
      tenant: context.tenant,
      source: SOURCE,
      logSource: 'platform_alerts' as const,
      at: needed(latest, 'alerts.lastActivityDateTime'),
      operation: row.displayName ?? 'incident',
      actor: query.nativeId,
      deviceId: deviceOf(row.alerts.flatMap((a) => a.evidence)),
      target: { type: 'user' as const, id: query.nativeId },
      count: row.alerts.length,
      labels: row.severity === undefined ? undefined : [row.severity],
      risk: riskLevel(row.severity),
      reasons: [...new Set(reasons)].filter((r) => r !== undefined),
    }),
  ];
}
