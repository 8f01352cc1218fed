import { isOperation } from '../operation.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { confidenceOf, finding, groups, measure } from './finding.js';
import type { View } from './view.js';

const told = ({ operation, target, labels = [] }: EvidenceEvent): string => {
  const role = labels.find((l) => l.startsWith('role:'));
  const what = [target?.name ?? target?.id, role].filter((x) => x !== undefined).join(', ');
  return what === '' ? operation : `${operation} (${what})`;
};

/** Vendor names for calls that the platform itself calls unexpected. */
const UNAUTHORISED_API = [
  'unexpected_api_call_volume',
  'unexpected_admin_action',
  'unexpected_credential_testing',
  'unexpected_scraping',
];

/** "Unexpected changes in chat application configuration or unauthorized API calls." */
export function configOrApiChange(view: View): readonly Finding[] {
  const { operations } = view.input.thresholds.configChange;
  const changes = view
    .of('config_change', 'role_change')
    .filter((e) => e.weakens !== undefined || operations.some((written) => isOperation(e.operation, written)));
  const calls = view.of('platform_alert').filter((e) => (e.reasons ?? []).some((r) => UNAUTHORISED_API.includes(r)));
  return groups(
    view,
    [...changes, ...calls].sort((a, b) => (a.at < b.at ? -1 : 1)),
  ).flatMap((events) => {
    const [first] = events;
    if (!first) return [];
    const measures = [measure('configuration changes and unauthorised calls', events.length, 1, 'rows')];
    return [
      finding(view, {
        kind: 'config_or_api_change',
        platform: first.platform,
        confidence: confidenceOf(measures),
        measures,
        events,
        attack: ['T1562', 'T1106'],
        text: `Unexpected: ${[...new Set(events.map(told))].join(', ')}`,
      }),
    ];
  });
}
