import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { actsOf, byApp, type Mapper, type ReportLog } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

/**
 * Grants to apps, and what apps read with them: the only trace of bulk reading through the API. A row is one call, with the size of its
 * answer; Google does not log how many things it held. Of an app all rows are read, in whosever name it acted.
 */
export function tokenSource(context: SourceContext): EvidenceSource {
  const log: ReportLog = { source: 'google.token', application: 'token', logSource: 'integration', map };
  return {
    id: 'google.token',
    logSource: 'integration',
    depth: 'narrow',
    kinds: ['app_grant', 'api_activity'],
    lagSeconds: 7200,
    read: inSteps(
      actsOf(context, log),
      ...['authorize', 'activity'].map((name) => byApp(context, log, name, 'client_id')),
    ),
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
