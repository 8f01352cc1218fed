import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { actsOf, type Mapper } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

/** Grants to apps, and what apps read with them: the only trace of bulk reading through the API. */
export function tokenSource(context: SourceContext): EvidenceSource {
  return {
    id: 'google.token',
    logSource: 'integration',
    depth: 'narrow',
    kinds: ['app_grant', 'api_activity'],
    lagSeconds: 7200,
    read: inSteps(actsOf(context, { source: 'google.token', application: 'token', logSource: 'integration', map })),
  };
}

const map: Mapper = (event) => {
  const id = event.text('client_id');
  if (id === undefined) return undefined;
  const scopes = event.list('scope');
  const app = compact({ id, name: event.text('app_name'), scopes: scopes.length > 0 ? scopes : undefined });
  const target = compact({ type: 'app' as const, id, name: app.name });
  if (event.name === 'authorize') return { kind: 'app_grant', app, target };
  if (event.name !== 'activity') return undefined;
  return compact({
    kind: 'api_activity' as const,
    app,
    target,
    operation: event.text('method_name') ?? event.name,
    bytes: event.number('num_response_bytes'),
  });
};
