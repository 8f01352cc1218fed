import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { mapRows, type Mapped } from '../../kit/rows.js';
import { inSteps } from '../../kit/steps.js';
import { OPERATIONS } from '../methods.js';
import { eventOf, isApp, pageOf, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.trusted_networks', logSource: 'platform_alerts' } as const;
/** One thing where a list is expected is a list of one. */
const list = z.preprocess((value): readonly unknown[] => {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}, z.array(z.unknown()));
/** The reference and the guide spell the second one differently. */
export const trustedNetworks = z.looseObject({ trusted_cidr: list, trusted_asns: list, trusted_asn: list });
const network = z.union([z.string().min(1), z.number()]).transform(String);

/**
 * `admin.audit.anomaly.allow.getItem`: networks whose use Slack finds never strange. Who puts an own network there silences the anomalies
 * about it, and the audit log says nothing of the change. The list has no times and no author, so that a row stands at the end of the window
 * it was read for: it says "trusted then". Enterprise only, with the token of the logs.
 */
export function trustedNetworkSource(context: SourceContext): EvidenceSource {
  const read = inSteps(async (query, _, { signal }) => {
    if (isApp(query.nativeId)) return { events: [] };
    return pageOf(
      networksIn(
        context,
        query,
        await context.client.call(OPERATIONS.trustedNetworks, {}, trustedNetworks, { signal }),
      ),
    );
  });
  return {
    id: ORIGIN.source,
    logSource: ORIGIN.logSource,
    depth: 'wide',
    kinds: ['config_change'],
    lagSeconds: 300,
    read,
  };
}

export function networksIn(
  context: SourceContext,
  query: SourceQuery,
  body: z.infer<typeof trustedNetworks>,
): Mapped<EvidenceEvent> {
  const named = (name: string): readonly EvidenceEvent[] => [
    eventOf(context, ORIGIN, name, {
      kind: 'config_change',
      at: query.to,
      operation: OPERATIONS.trustedNetworks.name,
      target: { type: 'setting', id: 'anomaly_allow_list', name },
      labels: [LABELS.state],
    }),
  ];
  const ranges = mapRows(body.trusted_cidr, network, named);
  const asns = mapRows([...body.trusted_asns, ...body.trusted_asn], network, (asn) =>
    named(`AS${asn.replace(/^AS/i, '')}`),
  );
  return {
    read: ranges.read + asns.read,
    values: [...ranges.values, ...asns.values],
    odd: [...ranges.odd, ...asns.odd],
  };
}
