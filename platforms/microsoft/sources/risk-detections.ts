import { z } from 'zod';
import { instantOf } from '../../../domain/instants.js';
import { placeIn } from '../../../domain/places.js';
import type { EvidenceSource } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { quoted } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { riskLevel } from '../../risk.js';
import { anId, asItCame, maybe, needed, someList, someText } from '../../kit/rows.js';
import { inSteps } from '../../kit/steps.js';
import { signInEventId } from './sign-ins.js';
import { sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.risk_detections';

export const riskDetection = z.looseObject({
  id: anId,
  riskEventType: someText,
  riskLevel: someText,
  riskState: someText,
  /** Id of the sign-in that it is about. */
  requestId: someText,
  /** JSON text: a list of `{Key, Value}`. */
  additionalInfo: someText,
  ipAddress: asItCame,
  activityDateTime: asItCame,
  detectedDateTime: asItCame,
  location: maybe(z.looseObject({ city: someText, countryOrRegion: someText })),
});

/** Identity Protection detections. Offline detections may be made up to 48 hours later (Entra ID Protection documentation). */
export function riskDetectionSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 48 * 3600,
    read: inSteps(async (query, next, { signal }) => {
      const $filter = `userId eq ${quoted(query.nativeId)} and activityDateTime ge ${query.from} and activityDateTime le ${query.to}`;
      const page = await context.client.page(
        OPERATIONS.riskDetections,
        { query: { $filter, $top: '500' }, signal },
        next,
      );
      return sourcePage(page, riskDetection, (row, notes) => [
        compact({
          id: `microsoft:${SOURCE}:${row.id}`,
          kind: 'platform_alert' as const,
          platform: context.platform,
          tenant: context.tenant,
          source: SOURCE,
          logSource: 'platform_alerts' as const,
          at: needed(instantOf(row.activityDateTime) ?? instantOf(row.detectedDateTime), 'activityDateTime'),
          operation: `riskDetection ${row.riskEventType ?? 'generic'}`,
          actor: query.nativeId,
          ip: notes.address('ipAddress', row.ipAddress),
          ...placeIn({ country: row.location?.countryOrRegion, city: row.location?.city }),
          target: { type: 'user' as const, id: query.nativeId },
          userAgent: userAgentOf(row.additionalInfo),
          about: row.requestId === undefined ? undefined : signInEventId(row.requestId),
          labels: row.riskLevel === undefined ? undefined : [row.riskLevel],
          reasons: row.riskEventType === undefined ? undefined : [row.riskEventType],
          risk: riskLevel(row.riskLevel),
        }),
      ]);
    }),
  };
}

const info = someList(z.looseObject({ Key: someText, Value: someText }));

/** Undefined when it is not told, or not in the form that the documentation shows. */
function userAgentOf(additionalInfo: string | undefined): string | undefined {
  try {
    return info.parse(JSON.parse(additionalInfo ?? '[]')).find((i) => i.Key === 'userAgent')?.Value;
  } catch {
    return undefined;
  }
}
