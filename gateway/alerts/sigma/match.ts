import type { Fields } from '../kit/fields.js';
import { actorsOfRow } from '../kit/rows/log-row.js';

/** What a match says of its rule. */
export interface Rule {
  readonly title: string | undefined;
  readonly id: string | undefined;
  readonly level: string | undefined;
  readonly tags: readonly string[];
  readonly logsource: Fields;
  /** When the match was told, or happened. */
  readonly at: string | undefined;
}

/** Where the tools keep the events of a match. */
const HOLDERS = [
  'matches',
  'matched_events',
  'documents',
  'document',
  'events',
  'event',
  'match',
  'record',
  'records',
] as const;
const LEVEL = /^(?:informational|information|info|low|medium|med|high|critical|crit|emergency|emer)$/i;

/** A rule's title and level, beside its events or in the row of the event. */
export function isMatch(f: Fields): boolean {
  const { title, level } = ruleOf(f);
  return title !== undefined && LEVEL.test(level ?? '') && (HOLDERS.some((key) => isHolder(f, key)) || isRow(f));
}

/** The rule stands in the row of the event. */
const isRow = (f: Fields): boolean => ['RuleTitle', 'rule_title', 'sigma_title'].some((key) => f.has(key));

/** A word in one of the fields (`match: "yes"`) is no event. */
const isHolder = (f: Fields, key: string): boolean =>
  f.list(key).some(({ value }) => typeof value === 'object' && value !== null);

export function ruleOf(f: Fields): Rule {
  const r = ['rule', 'sigma'].map((key) => f.at(key)).find((inner) => inner.has('title')) ?? f;
  const chainsaw = f.text('source') === 'sigma' || f.has('document') || f.has('documents') ? f.text('name') : undefined;
  return {
    title: r.text('title', 'RuleTitle', 'rule_title', 'sigma_title') ?? chainsaw,
    id: r.text('id', 'RuleID', 'rule_id', 'sigma_id'),
    level: r.text('level', 'rule_level', 'Level', 'sigma_level') ?? f.text('level'),
    tags: r.texts('tags', 'rule_tags', 'MitreTags', 'MitreTactics', 'sigma_tags'),
    logsource: r.at('logsource'),
    at: f.text('timestamp', 'Timestamp', '@timestamp', 'date'),
  };
}

/** Hayabusa keeps the fields of the event in these. */
const DETAILS = ['Details', 'ExtraFieldInfo', 'AllFieldInfo'];

/** A row that holds rule and event. */
function rowOf(f: Fields): Fields {
  const inner = DETAILS.map((key) => f.at(key).value).filter((details) => typeof details === 'object');
  return f.holding(Object.assign({}, f.value, ...inner));
}

/** The events of a match, in their holder; the row itself, without one, where the rule stands in it. */
export function eventsOf(f: Fields): { readonly holder: string | undefined; readonly events: readonly Fields[] } {
  const holder = HOLDERS.find((key) => isHolder(f, key));
  const row = isRow(f) ? rowOf(f) : undefined;
  // An event may have `events` of its own, as Google's activities have.
  if (row !== undefined && (holder === undefined || actorsOfRow(row).length > 0))
    return { holder: undefined, events: [row] };
  return holder === undefined ? { holder, events: [f] } : { holder, events: f.list(holder) };
}

/** Chainsaw puts an event into `data`. */
export const rowIn = (event: Fields): Fields => (event.has('data') && event.has('kind') ? event.at('data') : event);
