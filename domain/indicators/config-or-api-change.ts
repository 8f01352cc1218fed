import { isOperation } from '../operation.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { confidenceOf, finding, groups, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import type { View } from './view.js';

export const configOrApiChange: Indicator = {
  id: 'config-or-api-change',
  kind: 'config_or_api_change',
  what: 'A setting or role was changed that takes a protection away or stands in the policy’s list, or the platform itself calls API calls unexpected.',
  why: 'unexpected changes in configuration or unauthorized API calls',
  sources: ['chat_history', 'integration', 'iam', 'platform_alerts'],
  attack: ['T1562', 'T1106'],
  falsePositives: [
    'Administrators at their work: changes on several earlier days are part of it, and the explanations weigh them so.',
    'An announced migration: a responder’s answer settles it; the rows alone cannot.',
  ],
  find,
};

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

function find(view: View): readonly Finding[] {
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
        kind: configOrApiChange.kind,
        platform: first.platform,
        confidence: confidenceOf(measures),
        measures,
        events,
        attack: configOrApiChange.attack,
        text: `Unexpected: ${[...new Set(events.map(told))].join(', ')}`,
      }),
    ];
  });
}
