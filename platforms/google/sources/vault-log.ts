import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { weakensInVault } from '../controls.js';
import { inSteps } from '../../kit/steps.js';
import { actsOf, type Mapper, type ReportLog } from './reports.js';
import type { SourceContext } from './source.js';

/** What the person did with Vault: exports, by which somebody with its rights copies everybody's Chat, and holds and rules that were taken away. */
export function vaultSource(context: SourceContext): EvidenceSource {
  return {
    id: VAULT_LOG.source,
    logSource: 'file_transfer',
    depth: 'narrow',
    kinds: ['export', 'config_change'],
    lagSeconds: 3600,
    read: inSteps(actsOf(context, VAULT_LOG)),
  };
}

const map: Mapper = (event) => {
  const weakens = weakensInVault(event.name);
  const [matter, name] = [event.text('matter_id') ?? event.name, event.text('resource_name')];
  if (EXPORTS.test(event.name))
    return { kind: 'export', target: { type: 'export', id: matter, name: name ?? 'Vault' } };
  if (weakens === undefined) return undefined;
  return { kind: 'config_change', weakens, target: compact({ type: 'setting' as const, id: matter, name }) };
};
export const VAULT_LOG: ReportLog = { source: 'google.vault', application: 'vault', logSource: 'file_transfer', map };

/** An export that was made, or one that was downloaded. Acts with a begin and an end are counted by their end. */
const EXPORTS = /^(export|(create|download|copy)_export(_end)?)$/i;
