import type { Episode } from '../../domain/attribution.js';
import type { View } from '../../domain/indicators/view.js';
import { placeText } from '../../domain/weighing.js';
import type { EpisodeNote } from '../dossier.js';

const MOST_OPERATIONS = 6;
/** Own places are many and dull; what is not the person's is always kept. */
const OWN_KEPT = 12;

/** The episodes for people: what is not the person's first, then the latest. */
export function episodeNotes({ episodes }: View): readonly EpisodeNote[] {
  const shown = episodes.filter((e) => e.acts.length > 0 || e.attempts.length > 0);
  const isOwn = (e: Episode): boolean => e.attribution === 'own';
  const latest = (a: Episode, b: Episode): number => (a.to > b.to ? -1 : a.to < b.to ? 1 : a.id < b.id ? -1 : 1);
  return [
    ...shown.filter((e) => !isOwn(e)).sort((a, b) => a.score - b.score || latest(a, b)),
    ...shown.filter(isOwn).sort(latest).slice(0, OWN_KEPT),
  ].map(noteOf);
}

function noteOf(e: Episode): EpisodeNote {
  const counts = new Map<string, number>();
  for (const { operation, count = 1 } of e.acts) counts.set(operation, (counts.get(operation) ?? 0) + count);
  const most = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, MOST_OPERATIONS);
  return {
    id: e.id,
    attribution: e.attribution,
    score: e.score,
    platforms: [...new Set([...e.acts, ...e.attempts].map((a) => a.platform))].sort(),
    place: `${placeText(e)}${e.context.client === undefined ? '' : `, ${e.context.client}`}`,
    from: e.from,
    to: e.to,
    acts: e.acts.length,
    attempts: e.attempts.length,
    operations: most.map(([operation, n]) => `${n} × ${operation}`),
    facts: e.facts,
  };
}
