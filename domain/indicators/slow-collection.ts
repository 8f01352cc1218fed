import type { Finding } from '../finding.js';
import { finding } from './finding.js';
import type { Indicator } from './indicator.js';
import { networkGroups } from './shared/network-groups.js';
import { slowCollection } from './shared/slow-collection.js';
import type { View } from './view.js';

export const slowCollections: Indicator = {
  id: 'slow-collection',
  kind: 'bulk_collection',
  what: 'A context that appeared newly takes a few files or conversations a day, on many days, mostly what the person never touched from elsewhere; no day passes a threshold.',
  why: 'large-scale downloading or exporting of chat histories or files',
  sources: ['chat_history', 'file_transfer'],
  attack: ['T1213.005'],
  falsePositives: [
    'A new laptop that the organisation manages and that takes the place of the old one: no finding.',
    'A new device that nobody manages, or moving house: low confidence where the other contexts stopped.',
    'A new task on a device that the platform knows: low confidence.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const rows = [...view.past, ...view.focus];
  const times = rows.map((e) => e.at).sort();
  const [from = '', to = ''] = [times[0], times.at(-1)];
  const foreign = view.episodes.filter((e) => e.context.kind !== 'app' && e.attribution !== 'own');
  const alone = foreign.map((e) => e.acts);
  // By changing addresses of one network, each of which took too little.
  const together = networkGroups(foreign).map((group) => group.flatMap((e) => e.acts));
  return [...alone, ...together].flatMap((acts) => {
    const [first] = acts;
    if (!first) return [];
    const found = slowCollection({
      context: acts,
      others: rows,
      from,
      to,
      thresholds: view.input.thresholds.volume.slow,
    });
    if (!found) return [];
    const { replaces: _r, ...draft } = found;
    return [finding(view, { ...draft, kind: slowCollections.kind, platform: first.platform })];
  });
}
