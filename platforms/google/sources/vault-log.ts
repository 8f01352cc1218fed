import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { inSteps } from '../../steps.js';
import { actsOf, type Mapper } from './reports.js';
import type { SourceContext } from './source.js';

/** Exports that the person made with Vault: how somebody with its rights copies everybody's Chat. Our own holds leave no export. */
export function vaultSource(context: SourceContext): EvidenceSource {
  return {
    id: 'google.vault',
    logSource: 'file_transfer',
    depth: 'narrow',
    kinds: ['export'],
    lagSeconds: 3600,
    read: inSteps(actsOf(context, { source: 'google.vault', application: 'vault', logSource: 'file_transfer', map })),
  };
}

const map: Mapper = (event) =>
  event.name !== 'export'
    ? undefined
    : {
        kind: 'export',
        target: compact({
          type: 'export' as const,
          id: event.text('matter_id') ?? event.name,
          name: event.text('resource_name') ?? 'Vault',
        }),
      };
