import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding, Measure } from '../finding.js';
import { finding, measure } from './finding.js';
import { travel } from './travel.js';
import { isAccess, type View } from './view.js';

/** L1: "Verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation." One finding for each address. */
export function unusualSignIns(view: View): readonly Finding[] {
  const byAddress = new Map<string, EvidenceEvent[]>();
  for (const e of view.focus.filter(isAccess)) {
    const key = `${e.platform}:${e.ip ?? e.sessionId ?? e.id}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), e]);
  }
  return [...byAddress.values()].flatMap((rows) => judge(view, rows));
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
  const signs = [
    ...noveltySigns(view, rows),
    ...reasonSigns(view, rows),
    ...travelSigns(view, first),
    ...failureSigns(view, first),
  ];
  if (signs.length === 0) return [];
  const weight = signs.reduce((n, s) => n + s.weight, 0);
  const confidence: Confidence = weight >= 4 ? 'high' : weight >= 2 ? 'medium' : 'low';
  const events = new Map([...rows, ...signs.flatMap((s) => s.cites ?? [])].map((e) => [e.id, e]));
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
    text: n.replace('_', ' '),
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

function travelSigns(view: View, row: EvidenceEvent): readonly Sign[] {
  const { travelKilometres, travelKmPerHour } = view.input.thresholds.signIn;
  const before = [...view.past, ...view.focus]
    .filter((e) => isAccess(e) && e.at < row.at && e.location !== undefined)
    .at(-1);
  const moved = before && travel(before, row);
  if (!before || !moved || moved.kilometres < travelKilometres || moved.kmPerHour < travelKmPerHour) return [];
  return [
    {
      text: `${moved.kilometres} km at ${moved.kmPerHour} km/h since the row before`,
      weight: 3,
      measure: measure('speed', moved.kmPerHour, travelKmPerHour, `km/h over ${moved.kilometres} km`),
      cites: before.at >= view.input.focusFrom ? [before] : [],
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
