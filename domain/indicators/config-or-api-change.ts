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

/** What the findings of this kind count, each by the name of its measure: they say different things of who did it. */
export const CHANGES = {
  /** A protection that is taken away, or a change that the policy names. */
  control: 'configuration changes',
  /** Searches, exports and messages that nobody can look at any more. */
  traces: 'traces removed',
  /** Nothing was changed: the platform itself calls the calls unexpected. */
  calls: 'unauthorised API calls',
} as const;
type Change = keyof typeof CHANGES;

/** Which of them a finding is; undefined for findings of other kinds. */
export function changeIn({ kind, measures }: Pick<Finding, 'kind' | 'measures'>): Change | undefined {
  if (kind !== 'config_or_api_change') return undefined;
  return (Object.keys(CHANGES) as Change[]).find((c) => measures.some((m) => m.name === CHANGES[c])) ?? 'control';
}

/** "Unexpected changes in chat application configuration or unauthorized API calls." */
export function configOrApiChange(view: View): readonly Finding[] {
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
  readonly attack: string;
  readonly says: (events: readonly EvidenceEvent[]) => string;
}

function found(view: View, what: Change, rows: readonly EvidenceEvent[], { attack, says }: Words): readonly Finding[] {
  return groups(view, rows).flatMap((events) => {
    const [first] = events;
    if (!first) return [];
    const measures = [measure(CHANGES[what], events.length, 1, 'rows')];
    const { platform } = first;
    const confidence = confidenceOf(measures);
    const draft = { kind: 'config_or_api_change', platform, confidence, measures, events, attack: [attack] } as const;
    return [finding(view, { ...draft, text: says(events) })];
  });
}

/** `SearchRemoved x7`: how often each, by name. */
function counted(events: readonly EvidenceEvent[]): string {
  const names = [...new Set(events.map((e) => e.operation))].sort();
  return names.map((name) => `${name} x${String(events.filter((e) => e.operation === name).length)}`).join(', ');
}

const reasonsOf = (events: readonly EvidenceEvent[]): readonly string[] =>
  [...new Set(events.flatMap((e) => e.reasons ?? []))].filter((r) => UNAUTHORISED_API.includes(r)).sort();
