import { z } from 'zod';
import { LABELS } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { eventOf, inSteps, isApp, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.trusted_networks', logSource: 'platform_alerts' } as const;
const list = z.array(z.union([z.string(), z.number()])).nullish();
/** The reference and the guide spell the second one differently. */
const shape = z.looseObject({ trusted_cidr: list, trusted_asns: list, trusted_asn: list });

/**
 * `admin.audit.anomaly.allow.getItem`: networks whose use Slack finds never strange. Who puts an own network there silences the anomalies
 * about it, and the audit log says nothing of the change. The list has no times and no author, so that a row stands at the end of the window
 * it was read for: it says "trusted then". Enterprise only, with the token of the logs.
 */
export function trustedNetworkSource(context: SourceContext): EvidenceSource {
  const read = inSteps([
    async (query, _, { signal }) => {
      if (isApp(query.nativeId)) return { events: [] };
      const body = await context.client.call(OPERATIONS.trustedNetworks, {}, shape, { signal });
      const networks = [
        ...(body.trusted_cidr ?? []).map(String),
        ...(body.trusted_asns ?? body.trusted_asn ?? []).map((asn) => `AS${String(asn)}`),
      ];
      return {
        events: networks.map((name) =>
          eventOf(context, ORIGIN, name, {
            kind: 'config_change',
            at: query.to,
            operation: OPERATIONS.trustedNetworks.name,
            target: { type: 'setting', id: 'anomaly_allow_list', name },
            labels: [LABELS.state],
          }),
        ),
      };
    },
  ]);
  return {
    id: ORIGIN.source,
    logSource: ORIGIN.logSource,
    depth: 'wide',
    kinds: ['config_change'],
    lagSeconds: 300,
    read,
  };
}
