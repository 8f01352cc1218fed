import type { Episode } from './attribution.js';
import { askedLines, collectionLines, exportLines, shareLines } from './collection-lines.js';
import { isAct, isState } from './episodes.js';
import type { FindingKind } from './finding.js';
import { failedSignIns } from './indicators/failed-sign-ins.js';
import { changeIn } from './indicators/shared/changes.js';
import { ACTED } from './indicators/shared/hits.js';
import type { View } from './indicators/view.js';
import { saysOnlyUnusual } from './vendor-facts.js';
import { between, eventsOf, line, of, partyOf, type Told, type WeighingInput } from './lines.js';
import { ATTRIBUTION, EVIDENCE, type EvidenceCode } from './weights.js';

export type { Told, WeighingInput } from './lines.js';

const TAKEOVER: readonly FindingKind[] = ['credential_change', 'hidden_notice'];

/** Somebody else got in, or an app that nobody allowed; or what nobody can say whose it is collects, weakens a control or takes hold of the account. */
const FOREIGN: readonly EvidenceCode[] = [
  'access.other',
  'app.rogue',
  'app.collects',
  'collection.unknown',
  'collection.slow',
  'control.unknown',
  'takeover.unknown',
];
/**
 * What is usual of the person's and of known jobs explains their own rows and not somebody else's: a thief is none the less one because the
 * weekly report was drawn too. Nor does it explain what is removed afterwards.
 */
const OF_HABIT: readonly EvidenceCode[] = ['collection.like', 'control.usual', 'job.known'];

/** Everything in the evidence that speaks for or against an explanation. What people say is added where the case decides. */
export function weigh(input: WeighingInput): readonly Told[] {
  const lines = [
    ...accessLines(input),
    ...appLines(input),
    ...collectionLines(input),
    ...exportLines(input),
    ...shareLines(input),
    ...askedLines(input),
    ...controlLines(input),
    ...takeoverLines(input),
    ...forwardLines(input),
    ...attemptLines(input),
    ...signLines(input),
  ];
  const isForeign = lines.some((l) => FOREIGN.includes(l.code));
  const isHidden = lines.some((l) => l.code === 'traces.own');
  const relevant = isForeign || isHidden ? lines.filter((l) => !OF_HABIT.includes(l.code)) : lines;
  const all = relevant.some((l) => l.code !== 'acts.own') ? relevant : [...relevant, quiet(input)];
  return all.map((l) => ({ ...l, weights: input.weights?.[l.code] ?? EVIDENCE[l.code].weights }));
}

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

/** Changes on so many earlier days are part of the work. */
const USUAL_CHANGE_DAYS = 3;

function controlLines(input: WeighingInput): readonly Told[] {
  const { view } = input;
  const changes = view.past.filter(
    (e) => (e.kind === 'config_change' || e.kind === 'role_change') && e.weakens !== 'traces',
  );
  const isUsual = new Set(changes.map((e) => e.at.slice(0, 10))).size >= USUAL_CHANGE_DAYS;
  return of(input, ['config_or_api_change']).flatMap((f) => {
    const party = partyOf(f.whose);
    const change = changeIn(f);
    // What the platform calls unexpected is weighed as its alert.
    if (party === undefined || change === 'calls') return [];
    if (change === 'traces') return [line(`traces.${party}`, `traces ${party}`, f.text, f.events.slice(0, 50))];
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

/** A rule that the person's own session made in these days, and that sends mail on to another organisation. */
function forwardLines({ view }: WeighingInput): readonly Told[] {
  const rules = view
    .of('mail_rule')
    .filter((e) => !isState(e) && view.attribute(e).whose === 'own' && e.reasons?.includes('forwards_mail'))
    .filter((e) => (e.externalRecipients ?? []).length > 0);
  const to = [...new Set(rules.flatMap((e) => e.externalRecipients ?? []))].sort();
  return rules.length === 0
    ? []
    : [
        line(
          'forward.own',
          'forward',
          `mail is sent on to ${to.slice(0, 3).join(', ')}`,
          rules.map((e) => e.id),
        ),
      ];
}

const isOfAttempts = (technique: string): boolean => (failedSignIns.attack as readonly string[]).includes(technique);

function attemptLines({ findings, view }: WeighingInput): readonly Told[] {
  const gotIn = view.episodes.some((e) => e.attribution === 'other' && e.acts.length > 0);
  if (gotIn) return [];
  return findings
    .filter((f) => f.kind === 'unusual_sign_in' && f.attack.some(isOfAttempts) && !f.ownSession)
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
    const about = rows.flatMap((e) => view.episodeOf(e) ?? []);
    const told = rows.map((e) => view.episodeOf(e)?.attribution);
    const isWeighed = about.some((e) => e.attribution !== 'own' && e.facts.some((x) => x.code.startsWith('vendor.')));
    if (told.includes('other') || isWeighed) continue; // what it tells is weighed with the access
    const isFaint = (told.every((t) => t === 'own') && told.length > 0) || saysOnlyUnusual(rows);
    lines.push(
      line(
        'vendor.alert',
        'vendor',
        f.text,
        f.events.slice(0, 50),
        isFaint ? 0.3 : f.confidence === 'high' ? 0.8 : 0.5,
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
