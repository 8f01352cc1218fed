import type { EvidenceEvent, EventKind } from '../evidence.js';
import type { Finding } from '../finding.js';
import { actingApp } from '../episodes.js';
import { confidenceOf, finding, measure } from './finding.js';
import type { Platform } from '../platform.js';
import { isAccess, isAct, type View } from './view.js';

const CHAT_ACTIONS: readonly EventKind[] = [
  'message',
  'conversation_read',
  'file_upload',
  'file_download',
  'file_view',
  'share',
  'export',
];
const UNMATCHED_NEEDED = 3;
/** A share of the past above it says that the logs of this platform don't tie actions to sign-ins. */
const USUAL_SHARE = 0.1;
const HOUR_MS = 3_600_000;

/** L1: "Cross-reference timestamps of unusual chat activities with other log sources such as IAM": chat actions that no sign-in or session explains. */
export function unmatchedActivity(view: View): readonly Finding[] {
  const proof = proofOfLog(view);
  if (!proof) return [];
  const platforms = [...new Set(view.focus.map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    // An app signs in by its token, which is another log's.
    const unmatched = view
      .of(...CHAT_ACTIONS)
      .filter((e) => e.platform === platform && actingApp(e) === undefined && !view.attribute(e).by);
    if (unmatched.length < UNMATCHED_NEEDED || isUsual(view, platform)) return [];
    const measures = [measure('chat actions without a sign-in', unmatched.length, UNMATCHED_NEEDED, 'actions')];
    return [
      finding(view, {
        kind: 'unmatched_activity',
        platform,
        confidence: confidenceOf(measures),
        measures,
        events: [...unmatched, ...proof],
        attack: ['T1550'],
        text: `${unmatched.length} chat actions have no sign-in or session of the subject before them`,
      }),
    ];
  });
}

/** Without any access row of the subject the logs are silent, not contradicting. A row of the focus that proves otherwise is cited. */
function proofOfLog(view: View): readonly EvidenceEvent[] | undefined {
  if (view.past.some(isAccess)) return [];
  const first = view.focus.find(isAccess);
  return first && [first];
}

/** People stay signed in for weeks on some platforms: what is so in their past as well is no finding. The past's first rows have their sign-in before the window. */
function isUsual(view: View, platform: Platform): boolean {
  const begin =
    Date.parse(view.past[0]?.at ?? view.input.focusFrom) + view.input.thresholds.signIn.sessionHours * HOUR_MS;
  const actions = view.past.filter(
    (e) => e.platform === platform && CHAT_ACTIONS.includes(e.kind) && Date.parse(e.at) >= begin,
  );
  return actions.filter((e) => !view.attribute(e).by).length > USUAL_SHARE * actions.length;
}

/** One session seen from different networks, countries or user agents, not all of them the subject's: a stolen cookie or token. */
export function sessionReuse(view: View): readonly Finding[] {
  const bySession = new Map<string, EvidenceEvent[]>();
  for (const e of view.focus.filter(isPlaced)) {
    const session = `${e.platform}:${e.sessionId ?? ''}`;
    bySession.set(session, [...(bySession.get(session) ?? []), e]);
  }
  return [...bySession.values()].flatMap((rows) => reuse(view, rows));
}

/** An act in a session that tells where it came from or with what. */
const isPlaced = (e: EvidenceEvent): boolean =>
  e.sessionId !== undefined && isAct(e) && [e.ip, e.userAgent, e.asn, e.country].some((v) => v !== undefined);

function reuse(view: View, rows: readonly EvidenceEvent[]): readonly Finding[] {
  const [first] = rows;
  const distinct = (pick: (e: EvidenceEvent) => string | number | undefined): number =>
    new Set(rows.map(pick).filter((v) => v !== undefined)).size;
  const networks = Math.max(
    distinct((e) => e.asn),
    distinct((e) => e.country),
  );
  const addresses = distinct((e) => e.ip);
  const agents = distinct((e) => e.userAgent);
  const isReuse = networks > 1 || (addresses > 1 && agents > 1);
  if (!first || !isReuse || rows.every((e) => view.attribute(e).own)) return [];
  // A session that moves with its device or program is not stolen; nobody surely else's is.
  const isElsewhere = rows.some((e) => view.episodeOf(e)?.facts.some((f) => f.code === 'session.elsewhere'));
  if (!isElsewhere && !rows.some((e) => view.attribute(e).whose === 'other')) return [];
  const measures = [
    measure('networks of one session', Math.max(networks, addresses), 2, 'networks'),
    measure('user agents of one session', agents, 2, 'user agents'),
  ];
  return [
    finding(view, {
      kind: 'session_reuse',
      platform: first.platform,
      confidence: networks > 1 && agents > 1 ? 'high' : 'medium',
      measures,
      events: rows,
      attack: ['T1550.004', 'T1539'],
      own: false,
      text: `One session from ${Math.max(networks, addresses)} networks or addresses with ${agents} user agent(s)`,
    }),
  ];
}
