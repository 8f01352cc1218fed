import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding, Measure } from '../finding.js';
import { busiest, finding, measure } from './finding.js';
import { travel } from './travel.js';
import { isAccess, type View } from './view.js';

/**
 * L1: "Verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation."
 * One finding for each address; attempts from addresses that never got in are findings of their own.
 */
export function unusualSignIns(view: View): readonly Finding[] {
  return [...successes(view), ...failedBursts(view)];
}

function successes(view: View): readonly Finding[] {
  const byAddress = new Map<string, EvidenceEvent[]>();
  for (const e of view.focus.filter(isAccess)) {
    const key = `${e.platform}:${e.ip ?? e.sessionId ?? e.id}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), e]);
  }
  return [...byAddress.values()].flatMap((rows) => judge(view, rows));
}

/** Many failures and no success from one address: an attempt, which shows no access. */
function failedBursts(view: View): readonly Finding[] {
  const { failures, failureWindowMinutes } = view.input.thresholds.signIn;
  const gotIn = new Set(view.focus.filter(isAccess).map((e) => e.ip));
  const byAddress = new Map<string, EvidenceEvent[]>();
  for (const e of view.of('sign_in_failed'))
    if (e.ip !== undefined && !gotIn.has(e.ip))
      byAddress.set(`${e.platform}:${e.ip}`, [...(byAddress.get(`${e.platform}:${e.ip}`) ?? []), e]);
  return [...byAddress.values()].flatMap((rows) => {
    const { events, total } = busiest(rows, failureWindowMinutes);
    const [first] = events;
    if (!first || total < failures) return [];
    return [
      finding(view, {
        kind: 'unusual_sign_in',
        platform: first.platform,
        confidence: 'low',
        measures: [measure('failed sign-ins', total, failures, `in ${failureWindowMinutes} min`)],
        events,
        attack: ['T1110'],
        own: rows.every((e) => view.profile.knows(e)),
        text: `${total} failed sign-ins from ${first.ip ?? ''} and none that succeeded`,
      }),
    ];
  });
}

interface Sign {
  readonly text: string;
  readonly weight: 1 | 2 | 3;
  readonly measure: Measure;
  readonly cites?: readonly EvidenceEvent[];
}

function judge(view: View, rows: readonly EvidenceEvent[]): readonly Finding[] {
  const [first] = rows;
  if (!first) return [];
  const before = placeBefore(view, first);
  const signs = [
    ...noveltySigns(view, rows),
    ...reasonSigns(view, rows),
    ...travelSigns(view, first, before),
    ...failureSigns(view, first),
  ];
  if (signs.length === 0) return [];
  const weight = signs.reduce((n, s) => n + s.weight, 0);
  const confidence: Confidence = weight >= 4 ? 'high' : weight >= 2 ? 'medium' : 'low';
  // What it was compared with is cited even when the journey was possible: without that row the answer may be another.
  const compared = before && before.at >= view.input.focusFrom ? [before] : [];
  const events = new Map([...rows, ...compared, ...signs.flatMap((s) => s.cites ?? [])].map((e) => [e.id, e]));
  return [
    finding(view, {
      kind: 'unusual_sign_in',
      platform: first.platform,
      confidence,
      measures: signs.map((s) => s.measure),
      events: [...events.values()].sort((a, b) => (a.at < b.at ? -1 : 1)),
      attack: ['T1078'],
      own: rows.every((e) => view.profile.knows(e)),
      text: `Access from ${first.ip ?? 'an unknown address'}${first.country === undefined ? '' : ` (${first.country})`}: ${signs.map((s) => s.text).join(', ')}`,
    }),
  ];
}

function noveltySigns(view: View, rows: readonly EvidenceEvent[]): readonly Sign[] {
  const novel = new Set(rows.flatMap((e) => view.profile.novelties(e)));
  return [...novel].sort().map((n) => ({
    text: n.replaceAll('_', ' '),
    weight: n === 'new_country' ? 2 : 1,
    measure: measure(n, 1, 1, `against ${view.profile.size} earlier rows`),
  }));
}

function reasonSigns(view: View, rows: readonly EvidenceEvent[]): readonly Sign[] {
  const { suspiciousReasons } = view.input.thresholds.signIn;
  const named = new Set(rows.flatMap((e) => e.reasons ?? []).filter((r) => suspiciousReasons.includes(r)));
  return [...named]
    .sort()
    .map((r) => ({ text: `the vendor says ${r}`, weight: 3, measure: measure(r, 1, 1, 'vendor reason') }));
}

/** The latest access before a row whose place is known. */
const placeBefore = (view: View, row: EvidenceEvent): EvidenceEvent | undefined =>
  row.location &&
  [...view.past, ...view.focus].findLast((e) => isAccess(e) && e.at < row.at && e.location !== undefined);

function travelSigns(view: View, row: EvidenceEvent, before: EvidenceEvent | undefined): readonly Sign[] {
  const { travelKilometres, travelKmPerHour } = view.input.thresholds.signIn;
  const moved = before && travel(before, row);
  if (!before || !moved || moved.kilometres < travelKilometres || moved.kmPerHour < travelKmPerHour) return [];
  return [
    {
      text: `${moved.kilometres} km at ${moved.kmPerHour} km/h since the row before`,
      weight: 3,
      measure: measure('speed', moved.kmPerHour, travelKmPerHour, `km/h over ${moved.kilometres} km`),
    },
  ];
}

function failureSigns(view: View, row: EvidenceEvent): readonly Sign[] {
  const { failures, failureWindowMinutes } = view.input.thresholds.signIn;
  const since = Date.parse(row.at) - failureWindowMinutes * 60_000;
  const failed = view
    .of('sign_in_failed')
    .filter((e) => e.at <= row.at && Date.parse(e.at) >= since && (e.ip === row.ip || e.ip === undefined));
  const total = failed.reduce((n, e) => n + (e.count ?? 1), 0);
  if (total < failures) return [];
  return [
    {
      text: `${total} failures before it`,
      weight: 2,
      measure: measure('failed sign-ins', total, failures, `in ${failureWindowMinutes} min`),
      cites: failed,
    },
  ];
}
