import { isOperation } from '../operation.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { confidenceOf, finding, groups, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { CHANGES, type Change } from './shared/changes.js';
import type { Technique } from './techniques.js';
import type { View } from './view.js';

export const configOrApiChange: Indicator = {
  id: 'config-or-api-change',
  kind: 'config_or_api_change',
  what: 'A setting or role was changed that takes a protection away or stands in the policy’s list, searches or exports were removed, or the platform itself calls API calls unexpected.',
  why: 'unexpected changes in configuration or unauthorized API calls',
  sources: ['chat_history', 'integration', 'iam', 'platform_alerts'],
  attack: ['T1562', 'T1070', 'T1106'],
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
  return [
    ...found(
      view,
      'control',
      changes.filter((e) => e.weakens !== 'traces'),
      { attack: 'T1562', says: (events) => `Unexpected: ${[...new Set(events.map(told))].join(', ')}` },
    ),
    ...found(
      view,
      'traces',
      changes.filter((e) => e.weakens === 'traces'),
      { attack: 'T1070', says: (events) => `Traces removed: ${counted(events)}` },
    ),
    ...found(view, 'calls', calls, {
      attack: 'T1106',
      says: (events) => `API calls that the platform calls unexpected: ${reasonsOf(events).join(', ')}`,
    }),
  ];
}

interface Words {
  readonly attack: Technique;
  readonly says: (events: readonly EvidenceEvent[]) => string;
}

function found(view: View, what: Change, rows: readonly EvidenceEvent[], { attack, says }: Words): readonly Finding[] {
  return groups(view, rows).flatMap((events) => {
    const [first] = events;
    if (!first) return [];
    const measures = [measure(CHANGES[what], events.length, 1, 'rows')];
    const { platform } = first;
    const confidence = givesRole(view, events) ? 'high' : confidenceOf(measures);
    const draft = { kind: configOrApiChange.kind, platform, confidence, measures, events, attack: [attack] } as const;
    return [finding(view, { ...draft, text: says(events) })];
  });
}

/** One role is enough for all the rest, where it is not the person who gave it. */
const givesRole = (view: View, events: readonly EvidenceEvent[]): boolean =>
  events.some((e) => e.kind === 'role_change' && e.weakens === 'role' && !view.attribute(e).own);

/** `SearchRemoved x7`: how often each, by name. */
function counted(events: readonly EvidenceEvent[]): string {
  const names = [...new Set(events.map((e) => e.operation))].sort();
  return names.map((name) => `${name} x${String(events.filter((e) => e.operation === name).length)}`).join(', ');
}

const reasonsOf = (events: readonly EvidenceEvent[]): readonly string[] =>
  [...new Set(events.flatMap((e) => e.reasons ?? []))].filter((r) => UNAUTHORISED_API.includes(r)).sort();
