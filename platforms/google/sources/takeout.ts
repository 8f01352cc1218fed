import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { TAKEOUT_EVENTS } from './events.js';
import { actsOf, type Mapper, type ReportLog } from './reports.js';
import { inSteps } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

/** Exports of the person's own data with Google Takeout. */
export function takeoutSource(context: SourceContext): EvidenceSource {
  return {
    id: TAKEOUT_LOG.source,
    logSource: 'file_transfer',
    depth: 'narrow',
    kinds: ['export'],
    lagSeconds: 3600,
    read: inSteps(actsOf(context, TAKEOUT_LOG)),
  };
}

/** An event that is not in the table is an export too: this log holds nothing else. */
const map: Mapper = (event) =>
  typeof (TAKEOUT_EVENTS[event.name] ?? 'export') === 'string'
    ? compact({
        kind: 'export' as const,
        outcome: /fail|cancel/i.test(event.text('TAKEOUT_STATUS') ?? '') ? ('failure' as const) : undefined,
        target: {
          type: 'export' as const,
          id: event.text('TAKEOUT_ID') ?? event.name,
          name: event.list('PRODUCTS_REQUESTED').join(', ') || 'Takeout',
        },
      })
    : undefined;
export const TAKEOUT_LOG: ReportLog = {
  ...{ source: 'google.takeout', application: 'takeout', logSource: 'file_transfer' },
  map,
};
