import type { EvidenceSource } from '../../ports.js';
import { actsOf, type Mapper } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

/** Exports of the person's own data with Google Takeout. */
export function takeoutSource(context: SourceContext): EvidenceSource {
  return {
    id: 'google.takeout',
    logSource: 'file_transfer',
    depth: 'narrow',
    kinds: ['export'],
    lagSeconds: 3600,
    read: inSteps(
      actsOf(context, { source: 'google.takeout', application: 'takeout', logSource: 'file_transfer', map }),
    ),
  };
}

const map: Mapper = (event) => ({
  kind: 'export',
  target: {
    type: 'export',
    id: event.text('TAKEOUT_ID') ?? event.name,
    name: event.text('PRODUCTS_REQUESTED') ?? 'Takeout',
  },
});
