import type { Episode, Whose } from './attribution.js';
import { actingApp, isAct } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import type { EvidenceLine, WeightOverrides } from './explanations.js';
import type { Finding, FindingKind, Impact, PatternMatch } from './finding.js';
import { isCritical } from './impact.js';
import { ACTED } from './indicators/given.js';
import { SLOW } from './indicators/slow-collection.js';
import type { View } from './indicators/view.js';
import type { CriticalData } from './policy.js';
import { ATTRIBUTION, EVIDENCE, type EvidenceCode } from './weights.js';

/** A line with what shows it, for the dossier. */
export interface Told extends EvidenceLine {
  /** For people; may name files and addresses. */
  readonly text: string;
  readonly events: readonly string[];
}

export interface WeighingInput {
  readonly view: View;
  readonly findings: readonly Finding[];
  readonly patterns: readonly PatternMatch[];
  readonly impact: Impact;
  readonly critical: CriticalData;
  /** Of the policy. */
  readonly weights?: WeightOverrides;
}

/** Findings that tell of data that was collected; they rest on the same rows more often than not. */
const COLLECTION: readonly FindingKind[] = [
  'bulk_collection',
  'volume_surge',
  'baseline_deviation',
  'unusual_chat_activity',
  'sensitive_uploads',
];
const TAKEOVER: readonly FindingKind[] = ['credential_change', 'hidden_notice'];

/** Somebody else got in, or an app that nobody allowed. */
const FOREIGN: readonly EvidenceCode[] = ['access.other', 'app.rogue'];
/** What is usual of the person's and of known jobs explains their own rows and not somebody else's: a thief is none the less one because the weekly report was drawn too. */
const OF_HABIT: readonly EvidenceCode[] = ['collection.like', 'control.usual', 'job.known'];

/** Everything in the evidence that speaks for or against an explanation. What people say is added where the case decides. */
export function weigh(input: WeighingInput): readonly Told[] {
  const lines = [
    ...accessLines(input),
    ...appLines(input),
    ...collectionLines(input),
    ...exportLines(input),
    ...shareLines(input),
    ...controlLines(input),
    ...takeoverLines(input),
    ...attemptLines(input),
    ...signLines(input),
  ];
  const isForeign = lines.some((l) => FOREIGN.includes(l.code));
  const relevant = isForeign ? lines.filter((l) => !OF_HABIT.includes(l.code)) : lines;
  const all = relevant.some((l) => l.code !== 'acts.own') ? relevant : [...relevant, quiet(input)];
  return all.map((l) => ({ ...l, weights: input.weights?.[l.code] ?? EVIDENCE[l.code].weights }));
}

const line = (code: EvidenceCode, group: string, text: string, events: readonly string[], strength = 1): Told => ({
  code,
  group,
  strength: Math.round(strength * 100) / 100,
  text: text === '' ? EVIDENCE[code].says : text,
  events,
});

const between = (n: number, low: number, high: number): number => Math.min(high, Math.max(low, n));
const strong = (findings: readonly Finding[]): readonly Finding[] => findings.filter((f) => f.confidence !== 'low');
const of = ({ findings }: WeighingInput, kinds: readonly FindingKind[]): readonly Finding[] =>
  strong(findings).filter((f) => kinds.includes(f.kind));
const eventsOf = (findings: readonly Finding[]): readonly string[] =>
  [...new Set(findings.flatMap((f) => f.events))].sort();
/** Lines know three kinds: the person's, somebody else's, and what nobody can say. */
const partyOf = (whose: Whose | undefined): 'own' | 'other' | 'unknown' | undefined =>
  whose === 'own' || whose === 'other' ? whose : whose === 'unknown' ? 'unknown' : undefined;

function accessLines({ view }: WeighingInput): readonly Told[] {
  const people = view.episodes.filter((e) => e.context.kind !== 'app' && e.acts.length > 0);
  const others = people.filter((e) => e.attribution === 'other');
  const strange = people.filter((e) => e.attribution === 'unknown' && e.score < 0);
  const tell = (e: Episode): string => e.facts.map((f) => f.text).join('; ');
  const ids = (e: Episode): readonly string[] => e.acts.map((a) => a.id).slice(0, 50);
  const lines = [
    ...others.map((e) =>
      line('access.other', 'access', `${placeText(e)}: ${tell(e)}`, ids(e), between(e.score / -6, 0.6, 1.3)),
    ),
    ...strange.map((e) =>
      line('access.unknown', 'access', `${placeText(e)}: ${tell(e)}`, ids(e), between(e.score / -2, 0.1, 1.5)),
    ),
  ];
  if (lines.length > 0) return lines;
  const measured = view.focus.filter((e) => isAct(e) && view.episodeOf(e) !== undefined);
  const isOwn = measured.length > 0 && measured.every((e) => view.attribute(e).own);
  return isOwn ? [line('acts.own', 'access', '', [])] : [];
}

export const placeText = ({ context, acts }: Episode): string => {
  const [first] = acts;
  const ip = acts.find((e) => e.ip !== undefined)?.ip;
  return `${ip ?? context.place ?? context.app ?? 'unknown place'}${first?.country === undefined ? '' : ` (${first.country})`}`;
};

function appLines(input: WeighingInput): readonly Told[] {
  const { view } = input;
  const apps = view.episodes.filter((e) => e.context.kind === 'app' && e.acts.length > 0);
  const collecting = of(input, ['bulk_collection', 'volume_surge']).filter(
    (f) => f.whose === 'app' || f.whose === 'unknown',
  );
  const measured = (e: Episode): boolean => e.acts.some((a) => a.at >= view.input.focusFrom) || e.attribution === 'app';
  const lines = apps.filter(measured).flatMap((e) => {
    const rows = new Set(e.acts.map((a) => a.id));
    const collects = collecting.filter((f) => f.events.some((id) => rows.has(id)));
    const name = appName(e);
    const why = e.facts.map((f) => f.text).join('; ');
    const ids = e.acts.map((a) => a.id).slice(0, 50);
    if (e.attribution === 'job') return [line('job.known', `app ${e.id}`, `${name}: ${why}`, ids)];
    const isRogue = e.attribution === 'app';
    return [
      isRogue
        ? line('app.rogue', `app ${e.id}`, `${name}: ${why}`, ids, between(e.score / -3, 0.6, 1.2))
        : line('app.unknown', `app ${e.id}`, `${name}: ${why}`, ids),
      ...(collects.length > 0
        ? [
            line(
              'app.collects',
              `app collects ${e.id}`,
              `${name}: ${collects.map((f) => f.text).join('; ')}`,
              eventsOf(collects).slice(0, 50),
              isRogue ? 1 : 0.9,
            ),
          ]
        : []),
    ];
  });
  const consents = of(input, ['app_consent']).filter((f) => f.whose !== 'job');
  return [...lines, ...consents.map((f) => line('app.consent', 'consent', f.text, f.events))];
}

const appName = (e: Episode): string => {
  const app = e.acts.find((a) => a.app !== undefined)?.app;
  return `app ${app?.name ?? app?.id ?? ''}`;
};

function collectionLines(input: WeighingInput): readonly Told[] {
  const { view, critical } = input;
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  return of(input, COLLECTION).flatMap((f) => {
    const party = partyOf(f.whose);
    if (party === undefined || isOfApp(f, byId)) return [];
    if (party !== 'own' && f.measures.some((m) => m.name === SLOW))
      return [line('collection.slow', 'collection slow', f.text, f.events.slice(0, 50))];
    if (party !== 'own')
      return [
        line(`collection.${party}`, `collection ${party}`, f.text, f.events.slice(0, 50), magnitude(f)),
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
    const strange = strangeThings(view, f, byId, critical);
    return [
      line(
        'collection.own',
        `collection own ${f.platform}`,
        f.text,
        f.events.slice(0, 50),
        magnitude(f) + unheardOf(input, f),
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
const unheardOf = (input: WeighingInput, { platform }: Finding): number =>
  of(input, ['volume_surge']).some(
    (f) =>
      f.platform === platform &&
      f.whose === 'own' &&
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

function exportLines({ view }: WeighingInput): readonly Told[] {
  const exports = view.of('export').filter((e) => view.attribute(e).whose === 'own');
  const [first] = exports;
  if (!first) return [];
  const before = view.past.filter(
    (e) => e.kind === 'export' && Date.parse(first.at) - Date.parse(e.at) >= 6 * 86_400_000,
  );
  const isSearch = exports.every((e) => SEARCHES.test(e.operation));
  const text = `exports: ${[...new Set(exports.map((e) => `${e.operation} ${e.target?.name ?? ''}`.trim()))].slice(0, 3).join(', ')}`;
  const ids = exports.map((e) => e.id).slice(0, 50);
  if (before.length > 0) return [line('collection.like', 'export', `${text}; the person exported before`, ids)];
  return [line(isSearch ? 'export.own' : 'export.whole', 'export', text, ids)];
}

function shareLines(input: WeighingInput): readonly Told[] {
  const { view, critical } = input;
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  return of(input, ['external_share']).flatMap((f) => {
    const party = partyOf(f.whose);
    if (party === undefined) return [];
    const isHot = input.impact.criticalTransfers > 0 && criticalOrCollected(f, input, byId, critical);
    return [
      line(
        party === 'own' && isHot ? 'share.own.critical' : `share.${party}`,
        `share ${party}`,
        f.text,
        f.events.slice(0, 50),
      ),
    ];
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

/** Changes on so many earlier days are part of the work. */
const USUAL_CHANGE_DAYS = 3;

function controlLines(input: WeighingInput): readonly Told[] {
  const { view } = input;
  const changes = view.past.filter((e) => e.kind === 'config_change' || e.kind === 'role_change');
  const isUsual = new Set(changes.map((e) => e.at.slice(0, 10))).size >= USUAL_CHANGE_DAYS;
  return of(input, ['config_or_api_change']).flatMap((f) => {
    const party = partyOf(f.whose);
    if (party === undefined) return [];
    const many = between(0.7 + 0.15 * f.events.length, 0.85, 1.4);
    return [
      line(`control.${party}`, `control ${party}`, f.text, f.events.slice(0, 50), many),
      ...(party === 'own' && isUsual
        ? [line('control.usual', 'control usual', '', changes.map((e) => e.id).slice(0, 20))]
        : []),
    ];
  });
}

function takeoverLines(input: WeighingInput): readonly Told[] {
  return of(input, TAKEOVER).flatMap((f) => {
    if (f.whose !== 'other' && f.whose !== 'unknown') return [];
    return [line(`takeover.${f.whose}`, `takeover ${f.kind}`, f.text, f.events.slice(0, 50))];
  });
}

function attemptLines({ findings, view }: WeighingInput): readonly Told[] {
  const gotIn = view.episodes.some((e) => e.attribution === 'other' && e.acts.length > 0);
  if (gotIn) return [];
  return findings
    .filter((f) => f.kind === 'unusual_sign_in' && f.attack.includes('T1110') && !f.ownSession)
    .map((f) => line('attempts', 'attempts', f.text, f.events.slice(0, 50)));
}

function signLines(input: WeighingInput): readonly Told[] {
  const { view, impact, patterns, findings } = input;
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  const cited = new Map(findings.map((f) => [f.id, f]));
  const lines: Told[] = [];
  if (impact.confirmedLeaks > 0)
    lines.push(
      line('leak.confirmed', 'leak', '', eventsOf(findings.filter((f) => impact.leakFindings?.includes(f.id)))),
    );
  for (const p of patterns) {
    const shown = p.findings.flatMap((id) => cited.get(id) ?? []);
    const isInsider = p.suggests === 'insider';
    if (shown.some((f) => f.whose === 'job' || f.usual !== undefined)) continue;
    if (isInsider ? impact.criticalTransfers === 0 : shown.every((f) => f.whose === 'own')) continue;
    lines.push(
      line(
        isInsider ? 'pattern.insider' : 'pattern.intruder',
        `pattern ${p.suggests}`,
        p.name,
        eventsOf(shown).slice(0, 50),
      ),
    );
  }
  for (const f of of(input, ['unmatched_activity']).filter((x) => x.whose !== 'own' && x.whose !== 'job'))
    lines.push(line('unmatched', 'unmatched', f.text, f.events.slice(0, 50)));
  for (const f of of(input, ['platform_alert'])) {
    const rows = f.events.flatMap((id) => byId.get(id) ?? []);
    const told = rows.map((e) => view.episodeOf(e)?.attribution);
    if (told.includes('other')) continue; // what it tells is weighed with the access
    lines.push(
      line(
        'vendor.alert',
        'vendor',
        f.text,
        f.events.slice(0, 50),
        told.every((t) => t === 'own') && told.length > 0 ? 0.3 : f.confidence === 'high' ? 0.8 : 0.5,
      ),
    );
  }
  for (const f of of(input, ['threat_intelligence']).filter((x) => x.measures[0]?.name !== ACTED))
    lines.push(line('intelligence.content', 'intelligence', f.text, f.events.slice(0, 50)));
  for (const f of of(input, ['frequent_involvement'])) lines.push(line('involved', 'involved', f.text, []));
  return lines;
}

const quiet = ({ view }: WeighingInput): Told => line('quiet', 'quiet', '', [], view.focus.some(isAct) ? 1 : 0.7);

/** An access of which a "not me" can be true: somebody else's, an app's, or one of which nobody can say whose it is. */
export const hasForeignAccess = ({ episodes }: Pick<View, 'episodes'>): boolean =>
  episodes.some(
    (e) =>
      e.acts.length > 0 &&
      (e.attribution === 'other' ||
        e.attribution === 'app' ||
        (e.attribution === 'unknown' && e.score < ATTRIBUTION.own && e.score < 0)),
  );
