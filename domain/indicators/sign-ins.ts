import type { Episode } from '../attribution.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding } from '../finding.js';
import { busiest, finding, measure } from './finding.js';
import type { View } from './view.js';

/**
 * L1: "Verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation."
 * One finding for each episode that is not surely the subject's own, on each platform where it is; attempts that never got in are
 * findings of their own.
 */
export function unusualSignIns(view: View): readonly Finding[] {
  return [...view.episodes.flatMap((e) => strangeAccess(view, e)), ...failedBursts(view)];
}

/** Below this sum of facts an episode is worth a finding, from here on a strong one. */
const STRANGE = 0;
const MEDIUM = -2;

function strangeAccess(view: View, episode: Episode): readonly Finding[] {
  const { attribution, acts, context, score, facts } = episode;
  const against = facts.filter((f) => f.weight < 0);
  if (context.kind === 'app' || attribution === 'own' || score >= STRANGE || against.length === 0) return [];
  const platforms = [...new Set(acts.map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    const here = acts.filter((e) => e.platform === platform);
    const shown = entries(here);
    const [first] = shown;
    if (!first) return [];
    const confidence: Confidence = attribution === 'other' ? 'high' : score <= MEDIUM ? 'medium' : 'low';
    const where = `${first.ip ?? context.client ?? 'an unknown address'}${first.country === undefined ? '' : ` (${first.country})`}`;
    return [
      finding(view, {
        kind: 'unusual_sign_in',
        platform,
        confidence,
        measures: [
          measure('sum of the facts for and against', score, MEDIUM, 'nats'),
          ...against.map((f) => measure(f.code, f.weight, 0, f.text)),
        ],
        events: shown,
        attack: ['T1078'],
        text: `Access from ${where}: ${against.map((f) => f.text).join('; ')}`,
      }),
    ];
  });
}

/** Rows that show how it came in: the accesses, and what the vendor says; of an episode without any the first rows. */
function entries(rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  const access = rows.filter(
    (e) => e.kind === 'sign_in' || e.kind === 'session' || (e.kind === 'api_activity' && e.app === undefined),
  );
  return access.length > 0 ? access : rows.slice(0, 3);
}

/** Many failures and no success from one address, or from many at once: an attempt, which shows no access. */
function failedBursts(view: View): readonly Finding[] {
  const { failures, failureWindowMinutes } = view.input.thresholds.signIn;
  const gotIn = new Set(view.focus.filter((e) => e.kind === 'sign_in').map((e) => e.ip));
  const tried = view.of('sign_in_failed').filter((e) => e.ip === undefined || !gotIn.has(e.ip));
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
        kind: 'unusual_sign_in',
        platform,
        confidence: 'low',
        measures: [
          measure('failed sign-ins', total, failures, 'in 24 h'),
          measure('addresses', addresses.length, 1, 'addresses'),
        ],
        events,
        attack: ['T1110'],
        own: events.every((e) => view.episodeOf(e)?.attribution === 'own'),
        text: `${total} failed sign-ins from ${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''}, and none that succeeded`,
      }),
    ];
  });
}
