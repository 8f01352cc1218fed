import { placeOf } from '../address.js';
import { strangersAttempts } from '../attempts.js';
import { isStopped, stepsOnTheWay } from '../stopped-sign-ins.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { busiest, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import type { View } from './view.js';

export const failedSignIns: Indicator = {
  id: 'failed-sign-ins',
  kind: 'unusual_sign_in',
  what: 'Many failed sign-ins within a day from addresses of which none got in, or one that had the password (or a token) and was stopped at what is asked next, from where nobody got in and the person never was: an attempt, which shows no access.',
  why: 'Is there a pattern of unusual login attempts or access times?',
  sources: ['user_access'],
  attack: ['T1110', 'T1621'],
  falsePositives: [
    'A forgotten password, or a phone that goes on with the old one: a success from the same address ends it.',
    'The question for a second factor that every sign-in shows: where somebody gets in at the same place, or around the time in the same network, it is a step on the way.',
    'A question on a journey that nobody answers: one or two facts against are no stranger’s.',
    'A spray that hits everybody: low confidence, and by itself it explains an attempt and no compromise.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { failures, failureWindowMinutes } = view.input.thresholds.signIn;
  const gotIn = new Set(view.focus.flatMap((e) => (e.kind === 'sign_in' && e.ip !== undefined ? placeOf(e.ip) : [])));
  const tried = view.of('sign_in_failed').filter((e) => e.ip === undefined || !gotIn.has(placeOf(e.ip)));
  const stopped = stoppedStrangers(view);
  const platforms = [...new Set([...tried, ...stopped].map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    const isHere = (e: EvidenceEvent): boolean => e.platform === platform;
    const burst = busiest(tried.filter(isHere), Math.max(failureWindowMinutes, 24 * 60));
    const many = burst.total >= failures ? burst.events : [];
    const knew = stopped.filter(isHere);
    const events = [...new Set([...many, ...knew])];
    if (events.length === 0) return [];
    const addresses = [...new Set(events.flatMap((e) => e.ip ?? []))];
    const told = [
      ...(many.length > 0 ? [`${burst.total} failed sign-ins`] : []),
      ...(knew.length > 0
        ? [`${knew.length} with the right password or a token, stopped at what was asked next,`]
        : []),
    ];
    return [
      finding(view, {
        kind: failedSignIns.kind,
        platform,
        confidence: 'low',
        measures: [
          ...(many.length > 0 ? [measure('failed sign-ins', burst.total, failures, 'in 24 h')] : []),
          ...(knew.length > 0 ? [measure('stopped sign-ins', knew.length, 1, 'in the window')] : []),
          measure('addresses', addresses.length, 1, 'addresses'),
        ],
        events,
        attack: [...(many.length > 0 ? ['T1110'] : []), ...(knew.length > 0 ? ['T1621'] : [])],
        own: events.every((e) => view.episodeOf(e)?.attribution === 'own'),
        text: `${told.join(' and ')} from ${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''}, and none that succeeded`,
      }),
    ];
  });
}

/** One is enough: whoever needs no guess has the password. Not counted with the failures, of which many are a person's own. */
function stoppedStrangers({ episodes, past, focus, input }: View): readonly EvidenceEvent[] {
  const stopped = strangersAttempts(episodes, input.focusFrom).filter((e) => isStopped(e) && e.at >= input.focusFrom);
  if (stopped.length === 0) return stopped;
  const isStep = stepsOnTheWay([...past, ...focus]);
  return stopped.filter((e) => !isStep(e));
}
