import type { Episode } from '../../domain/attribution.js';
import type { EvidenceEvent, EventKind } from '../../domain/evidence.js';
import type { View } from '../../domain/indicators/view.js';
import { placeText } from '../../domain/weighing.js';
import type { Change, EpisodeNote } from '../dossier.js';

const MOST_OPERATIONS = 6;
const MOST_THINGS = 12;
const MOST_IDS = 5;
const MOST_CHANGES = 40;
/** Own places are many and dull; what is not the person's is always kept. */
const OWN_KEPT = 12;

/** The episodes for people: what is not the person's first, then the latest. */
export function episodeNotes({ episodes, input }: View): readonly EpisodeNote[] {
  const shown = episodes.filter((e) => e.acts.length > 0 || e.attempts.length > 0);
  const latest = (a: Episode, b: Episode): number => (a.to > b.to ? -1 : a.to < b.to ? 1 : a.id < b.id ? -1 : 1);
  return [
    ...shown.filter((e) => !isOwn(e)).sort((a, b) => a.score - b.score || latest(a, b)),
    ...shown.filter(isOwn).sort(latest).slice(0, OWN_KEPT),
  ].map((e) => noteOf(e, input.focusFrom));
}

const isOwn = (e: Episode): boolean => e.attribution === 'own';

function noteOf(e: Episode, focusFrom: string): EpisodeNote {
  const rows = [...e.acts, ...e.attempts];
  const most = ranked(e.acts.map(({ operation, count = 1 }) => [operation, count] as const));
  const things = ranked(e.acts.flatMap(namesIn).map((name) => [name, 1] as const));
  return {
    id: e.id,
    attribution: e.attribution,
    score: e.score,
    platforms: [...new Set(rows.map((a) => a.platform))].sort(),
    place: `${placeText(e)}${e.context.client === undefined ? '' : `, ${e.context.client}`}`,
    from: e.from,
    to: e.to,
    acts: e.acts.length,
    attempts: e.attempts.length,
    operations: most.slice(0, MOST_OPERATIONS).map(([operation, n]) => `${n} × ${operation}`),
    facts: e.facts,
    things: things.slice(0, MOST_THINGS).map(([name]) => name),
    reasons: some([...e.acts, ...e.said].flatMap((r) => r.reasons ?? [])),
    changes: changesIn(e, focusFrom),
    ...(isOwn(e) ? {} : idsOf(rows)),
  };
}

/** What people can look for elsewhere. Of the person's own places they would be noise. */
function idsOf(rows: readonly EvidenceEvent[]): Partial<EpisodeNote> {
  const apps = new Map(rows.flatMap(({ app }) => (app ? [[app.id, app] as const] : [])));
  return {
    addresses: some(rows.flatMap((r) => r.ip ?? [])),
    devices: some(rows.flatMap((r) => r.deviceId ?? [])),
    sessions: some(rows.flatMap((r) => r.sessionId ?? [])),
    apps: [...apps.values()]
      .slice(0, MOST_IDS)
      .map(({ id, name }) => ({ id, ...(name === undefined ? {} : { name }) })),
  };
}

const some = (values: readonly string[]): readonly string[] => [...new Set(values)].sort().slice(0, MOST_IDS);

/** By how often, then by name. */
function ranked(counted: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const [name, n] of counted) counts.set(name, (counts.get(name) ?? 0) + n);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** What a row is about by name; a channel before the many things in it. */
const namesIn = ({ channel, target, owner }: EvidenceEvent): readonly string[] => [
  ...(channel?.name === undefined ? [] : [channel.name]),
  ...(target?.name === undefined ? [] : [target.name]),
  ...(owner === undefined ? [] : [`of ${owner}`]),
];

const CHANGES: readonly EventKind[] = ['config_change', 'role_change'];
/** In a context that is not the person's these count as well: ways in that stay. */
const WAYS_IN: readonly EventKind[] = ['credential_change', 'account_change', 'mail_rule', 'mail_access', 'app_grant'];

/** Settings and rights that were changed, by time; of the person's own those in the time that is measured. */
function changesIn(e: Episode, focusFrom: string): readonly Change[] {
  const kinds = isOwn(e) ? CHANGES : [...CHANGES, ...WAYS_IN];
  return e.acts
    .filter((row) => kinds.includes(row.kind) && (!isOwn(e) || row.at >= focusFrom))
    .slice(-MOST_CHANGES)
    .map(changeOf);
}

function changeOf({ at, platform, operation, target, app, labels = [], weakens }: EvidenceEvent): Change {
  const about = target ?? app;
  const role = labels.find((l) => l.startsWith(ROLE))?.slice(ROLE.length);
  return {
    at,
    platform,
    operation,
    ...(about === undefined ? {} : { target: namedText(about) }),
    ...(role === undefined ? {} : { role }),
    ...(weakens === undefined ? {} : { weakens }),
  };
}
const ROLE = 'role:';

const namedText = ({ id, name }: { readonly id: string; readonly name?: string }): string =>
  name === undefined || name === id ? id : `${name} (${id})`;
