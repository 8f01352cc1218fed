import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { needed } from '../../kit/rows.js';
import { TOKEN_EVENTS } from './events.js';
import { actsOf, byApp, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

/**
 * Grants to apps, and what apps read with them: the only trace of bulk reading through the API. A row is one call, with the size of its
 * answer; Google does not log how many things it held. Of an app all rows are read, in whosever name it acted.
 */
export function tokenSource(context: SourceContext): EvidenceSource {
  return {
    id: TOKEN_LOG.source,
    logSource: 'integration',
    depth: 'narrow',
    kinds: ['app_grant', 'api_activity'],
    lagSeconds: 7200,
    read: inSteps(
      actsOf(context, TOKEN_LOG),
      ...['authorize', 'activity'].map((name) => byApp(context, TOKEN_LOG, name, 'client_id')),
    ),
  };
}

const map: Mapper = (event) => {
  const meaning = TOKEN_EVENTS[event.name];
  if (typeof meaning !== 'string') return undefined;
  const id = needed(event.text('client_id'), 'client_id');
  const scopes = scopesOf(event);
  const app = compact({ id, name: event.text('app_name'), scopes: scopes.length > 0 ? scopes : undefined });
  const target = compact({ type: 'app' as const, id, name: app.name });
  if (meaning === 'grant') return { kind: 'app_grant', app, target };
  return compact({
    kind: 'api_activity' as const,
    app,
    target,
    operation: event.text('method_name') ?? event.name,
    bytes: event.number('num_response_bytes'),
  });
};
export const TOKEN_LOG: ReportLog = { source: 'google.token', application: 'token', logSource: 'integration', map };

/** `scope_data` tells the scopes once more, with the product of each; some rows have it alone. */
function scopesOf(event: ReportEvent): readonly string[] {
  const scopes = event.list('scope').flatMap((scope) => scope.split(/\s+/).filter((part) => part !== ''));
  return scopes.length > 0 ? scopes : event.inside('scope_data').flatMap((data) => data.text('scope_name') ?? []);
}
