import { placeOf } from '../address.js';
import type { Finding } from '../finding.js';
import { busiest, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import type { View } from './view.js';

export const failedSignIns: Indicator = {
  id: 'failed-sign-ins',
  kind: 'unusual_sign_in',
  what: 'Many failed sign-ins within a day from addresses of which none got in: an attempt, which shows no access.',
  why: 'Is there a pattern of unusual login attempts or access times?',
  sources: ['user_access'],
  attack: ['T1110'],
  falsePositives: [
    'A forgotten password, or a phone that goes on with the old one: a success from the same address ends it.',
    'A spray that hits everybody: low confidence, and by itself it explains an attempt and no compromise.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { failures, failureWindowMinutes } = view.input.thresholds.signIn;
  const gotIn = new Set(view.focus.flatMap((e) => (e.kind === 'sign_in' && e.ip !== undefined ? placeOf(e.ip) : [])));
  const tried = view.of('sign_in_failed').filter((e) => e.ip === undefined || !gotIn.has(placeOf(e.ip)));
  const platforms = [...new Set(tried.map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    const { events, total } = busiest(
      tried.filter((e) => e.platform === platform),
      Math.max(failureWindowMinutes, 24 * 60),
    );
    const [first] = events;
    if (!first || total < failures) return [];
    const addresses = [...new Set(events.flatMap((e) => e.ip ?? []))];
    return [
      finding(view, {
        kind: failedSignIns.kind,
        platform,
        confidence: 'low',
        measures: [
          measure('failed sign-ins', total, failures, 'in 24 h'),
          measure('addresses', addresses.length, 1, 'addresses'),
        ],
        events,
        attack: failedSignIns.attack,
        own: events.every((e) => view.episodeOf(e)?.attribution === 'own'),
        text: `${total} failed sign-ins from ${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''}, and none that succeeded`,
      }),
    ];
  });
}
