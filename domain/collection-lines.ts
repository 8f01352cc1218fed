import { MESSAGES } from './announced.js';
import { actingApp, isAccess, isAct } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import type { Finding, FindingKind } from './finding.js';
import { isCritical } from './impact.js';
import { CRITICAL, NEW_INTEREST } from './indicators/shared/new-interest.js';
import { SLOW } from './indicators/shared/slow-collection.js';
import type { View } from './indicators/view.js';
import { between, COLLECTION, doubtOf, line, of, partyOf, type Told, type WeighingInput } from './lines.js';
import type { CriticalData } from './policy.js';
import { workAskedFor } from './work-asked-for.js';

export function collectionLines(input: WeighingInput): readonly Told[] {
  const { view, critical } = input;
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  return of(input, COLLECTION).flatMap((f) => {
    const party = partyOf(f.whose);
    if (party === undefined || isOfApp(f, byId)) return [];
    if (party !== 'own' && f.measures.some((m) => m.name === SLOW))
      return [line('collection.slow', 'collection slow', f.text, f.events.slice(0, 50))];
    if (party !== 'own')
      return [
        line(
          `collection.${party}`,
          `collection ${party}`,
          f.text,
          f.events.slice(0, 50),
          (magnitude(f) + unheardOf(input, f)) * (party === 'unknown' ? doubtOf(view, f.events) : 1),
        ),
        ...(touchesCritical(f, byId, critical)
          ? [line(`critical.${party}`, 'critical', '', f.events.slice(0, 50))]
          : []),
      ];
    if (f.usual !== undefined)
      return [
        line(
          'collection.like',
          `collection own ${f.platform}`,
          `${f.text}; it has its like: ${f.usual}`,
          f.events.slice(0, 50),
        ),
      ];
    if (f.measures.some((m) => m.name === 'exports')) return []; // told as an export
    if (f.measures.some((m) => m.name === NEW_INTEREST))
      return [
        line('collection.habit', 'collection habit', f.text, f.events.slice(0, 50), f.confidence === 'high' ? 1.2 : 1),
        ...(f.measures.some((m) => m.name === CRITICAL)
          ? [line('collection.strange', 'collection strange', f.text, f.events.slice(0, 50))]
          : []),
      ];
    const strange = strangeThings(view, f, byId, critical);
    return [
      line(
        'collection.own',
        `collection own ${f.platform}`,
        f.text,
        f.events.slice(0, 50),
        (magnitude(f) + unheardOf(input, f)) * (isBack(view, f) ? BACK : 1),
      ),
      ...(strange.length > 0
        ? [
            line(
              'collection.strange',
              'collection strange',
              `${strange.length} critical things of a kind that the person never touched before`,
              strange.slice(0, 50),
            ),
          ]
        : []),
      ...(touchesCritical(f, byId, critical) ? [line('critical.own', 'critical', '', f.events.slice(0, 50))] : []),
    ];
  });
}

/** Whoever comes back after so many days reads what has come in. */
const AWAY_DAYS = 10;
const BACK = 0.6;
const DAY_MS = 86_400_000;
const isBack = (view: View, { firstAt }: Finding): boolean => {
  const own = [...view.past, ...view.focus].filter((e) => isAct(e) && view.attribute(e).whose === 'own');
  const day = firstAt.slice(0, 10);
  const before = own.filter((e) => e.at.slice(0, 10) < day).at(-1) ?? own.filter((e) => e.at < firstAt).at(-1);
  const latest = own.reduce((at, e) => (e.at.slice(0, 10) < day && e.at > at ? e.at : at), before?.at ?? firstAt);
  return Date.parse(day) - Date.parse(latest) >= AWAY_DAYS * DAY_MS;
};

const isOfApp = (f: Finding, byId: ReadonlyMap<string, EvidenceEvent>): boolean => {
  const rows = f.events.flatMap((id) => byId.get(id) ?? []);
  return rows.filter((e) => actingApp(e) !== undefined).length * 2 > rows.length;
};

/** How far a threshold is passed. */
function magnitude(f: Finding): number {
  if (f.kind === 'volume_surge' || f.kind === 'baseline_deviation') return f.confidence === 'high' ? 0.7 : 0.5;
  const ratio = Math.max(1, ...f.measures.filter((m) => m.threshold > 0).map((m) => m.value / m.threshold));
  return between(0.6 + 0.2 * ratio, 0.8, 1.4);
}

/** Times the usual from which a collection is like nothing the person did before. */
const UNHEARD_OF = 10;
const unheardOf = (input: WeighingInput, { platform, whose }: Finding): number =>
  of(input, ['volume_surge']).some(
    (f) =>
      f.platform === platform &&
      f.whose === whose &&
      f.measures.some((m) => m.name === 'times the usual' && m.value >= UNHEARD_OF),
  )
    ? 0.3
    : 0;

const criticalIn = (
  f: Finding,
  byId: ReadonlyMap<string, EvidenceEvent>,
  critical: CriticalData,
): readonly EvidenceEvent[] => f.events.flatMap((id) => byId.get(id) ?? []).filter((e) => isCritical(e, critical));

function touchesCritical(f: Finding, byId: ReadonlyMap<string, EvidenceEvent>, critical: CriticalData): boolean {
  return new Set(criticalIn(f, byId, critical).map((e) => e.target?.id ?? e.id)).size >= critical.highItems;
}

/** Critical things whose like (by the words of their names) the person never touched before. */
function strangeThings(
  view: View,
  f: Finding,
  byId: ReadonlyMap<string, EvidenceEvent>,
  critical: CriticalData,
): readonly string[] {
  const rows = criticalIn(f, byId, critical);
  if (rows.length < critical.highItems) return [];
  const cited = new Set(f.events);
  const known = new Set(
    [...view.past, ...view.focus.filter((e) => e.at < f.firstAt)].filter((e) => !cited.has(e.id)).map(stemOf),
  );
  const strange = rows.filter((e) => !known.has(stemOf(e)));
  return strange.length * 2 >= rows.length ? strange.map((e) => e.id) : [];
}
const stemOf = (e: EvidenceEvent): string =>
  (e.target?.name ?? e.channel?.name ?? '')
    .toLowerCase()
    .replace(/[\d_.-]+/g, ' ')
    .trim();

/** What a compliance officer exports is a search; whoever takes the whole account away does not come back for it. */
const SEARCHES = /search|ediscovery|compliance|vault|matter|case/i;

export function exportLines({ view }: WeighingInput): readonly Told[] {
  const exports = view.of('export').filter((e) => view.attribute(e).whose === 'own');
  const [first] = exports;
  if (!first) return [];
  const before = view.past.filter(
    (e) => e.kind === 'export' && Date.parse(first.at) - Date.parse(e.at) >= 6 * 86_400_000,
  );
  const isSearch = exports.every((e) => SEARCHES.test(e.operation));
  const text = `exports: ${[...new Set(exports.map((e) => `${e.operation} ${e.target?.name ?? ''}`.trim()))].slice(0, 3).join(', ')}`;
  const ids = exports.map((e) => e.id).slice(0, 50);
  // Whoever removes what an export leaves behind does not do it as ever.
  const isHidden = view.of('config_change').some((e) => e.weakens === 'traces' && view.attribute(e).whose === 'own');
  if (before.length > 0 && !isHidden)
    return [line('collection.like', 'export', `${text}; the person exported before`, ids)];
  return [line(isSearch ? 'export.own' : 'export.whole', 'export', text, ids)];
}

export function shareLines(input: WeighingInput): readonly Told[] {
  const { view, critical } = input;
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  return of(input, ['external_share']).flatMap((f) => {
    const party = partyOf(f.whose);
    if (party === undefined) return [];
    const isHot = input.impact.criticalTransfers > 0 && criticalOrCollected(f, input, byId, critical);
    const isAfter = party === 'own' && hasCollected(input, f.firstAt);
    return [
      line(
        party === 'own' && isHot ? 'share.own.critical' : isAfter ? 'share.own.after' : `share.${party}`,
        `share ${party}`,
        f.text,
        f.events.slice(0, 50),
      ),
    ];
  });
}

/** The person's own sessions took what is not usual before. */
const hasCollected = (input: WeighingInput, at: string): boolean =>
  of(input, COLLECTION).some((f) => f.whose === 'own' && f.usual === undefined && f.firstAt <= at);

const ASKED_FOR: readonly FindingKind[] = [...COLLECTION, 'config_or_api_change', 'external_share'];

/** What the person's own sessions, or those of which nobody can say whose they are, took, changed or gave away was asked for, or announced, by others in writing. */
export function askedLines(input: WeighingInput): readonly Told[] {
  const { view } = input;
  const byId = new Map([...view.focus, ...view.past].map((e) => [e.id, e]));
  const exports = view.of('export').filter((e) => view.attribute(e).whose === 'own');
  const done = [
    ...input.findings
      .filter((f) => (f.whose === 'own' || f.whose === 'unknown') && ASKED_FOR.includes(f.kind))
      .map((f) => f.events.flatMap((id) => byId.get(id) ?? [])),
    exports,
  ];
  const speaker = { accounts: view.input.accounts };
  return done.flatMap((rows) => {
    const taken = rows.filter((e) => isAct(e) && !MESSAGES.includes(e.kind) && !isAccess(e));
    const asked = taken.length === 0 ? undefined : workAskedFor(taken, view.messages, speaker, view.past);
    if (!asked) return [];
    return [line(asked.strength === 'exact' ? 'work.asked.exact' : 'work.asked', 'asked', asked.text, asked.events)];
  });
}

const criticalOrCollected = (
  f: Finding,
  { findings }: WeighingInput,
  byId: ReadonlyMap<string, EvidenceEvent>,
  critical: CriticalData,
): boolean => {
  if (criticalIn(f, byId, critical).length > 0) return true;
  const hot = new Set(
    findings
      .filter((o) => COLLECTION.includes(o.kind))
      .flatMap((o) => criticalIn(o, byId, critical))
      .map((e) => e.target?.id),
  );
  return f.events.some((id) => hot.has(byId.get(id)?.target?.id));
};
