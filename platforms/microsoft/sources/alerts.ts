import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { Instant } from '../../../domain/platform.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import { anId, asItCame, needed, someList, someText, type Notes } from '../../kit/rows.js';
import { inSteps } from '../../kit/steps.js';
import { alertEvidence, isAbout, told } from './alert-evidence.js';
import { sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.alerts';

/** A Defender alert, as alerts_v2 and the alerts of an incident have it. */
export const alert = z.looseObject({
  id: anId,
  title: someText,
  category: someText,
  severity: someText,
  serviceSource: someText,
  mitreTechniques: someList(z.string().min(1)),
  createdDateTime: asItCame,
  firstActivityDateTime: asItCame,
  lastActivityDateTime: asItCame,
  evidence: someList(alertEvidence),
});
export type Alert = z.infer<typeof alert>;

/** When what it tells of happened last. */
export const happenedAt = (row: Alert): Instant | undefined =>
  instantOf(row.lastActivityDateTime) ?? instantOf(row.firstActivityDateTime) ?? instantOf(row.createdDateTime);

/** Defender XDR alerts. The API cannot filter by person, so the tenant's alerts of the window are read and those about the subject kept. */
export function alertSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 2 * 3600,
    read: inSteps(async (query, next, { signal }) => {
      const $filter = `createdDateTime ge ${query.from} and createdDateTime le ${query.to}`;
      const page = await context.client.page(
        OPERATIONS.alerts,
        { query: { $filter, $top: '100' }, headers: { Prefer: 'include-unknown-enum-members' }, signal },
        next,
      );
      return sourcePage(page, alert, (row, notes) =>
        isAbout(row.evidence, query) ? [toEvent(context, row, query, notes)] : [],
      );
    }),
  };
}

function toEvent(context: SourceContext, row: Alert, query: SourceQuery, notes: Notes): EvidenceEvent {
  return compact({
    id: `microsoft:${SOURCE}:${row.id}`,
    kind: 'platform_alert' as const,
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'platform_alerts' as const,
    at: needed(happenedAt(row), 'createdDateTime'),
    operation: row.title ?? 'alert',
    actor: query.nativeId,
    target: { type: 'user' as const, id: query.nativeId },
    ...told(row.evidence, notes),
    labels: row.severity === undefined ? undefined : [row.severity],
    risk: riskLevel(row.severity),
    reasons: [row.category, row.serviceSource, ...row.mitreTechniques].filter((r) => r !== undefined),
  });
}
