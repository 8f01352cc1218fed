import { placeOf } from '../address.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { isAct, type View } from './view.js';

export const sessionReuse: Indicator = {
  id: 'session-reuse',
  kind: 'session_reuse',
  what: 'One session seen from different networks, countries or user agents, not all of them the subject’s: a stolen cookie or token.',
  why: 'cross-reference timestamps of unusual chat activities with other log sources such as IAM',
  sources: ['chat_history', 'file_transfer', 'user_access', 'integration', 'iam'],
  attack: ['T1550.004', 'T1539'],
  falsePositives: [
    'A phone that moves from one network to the next keeps its program: no finding.',
    'A laptop on a VPN that is switched on and off: the rows of the known device are the person’s own.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
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
  const addresses = distinct((e) => (e.ip === undefined ? undefined : placeOf(e.ip)));
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
      kind: sessionReuse.kind,
      platform: first.platform,
      confidence: networks > 1 && agents > 1 ? 'high' : 'medium',
      measures,
      events: rows,
      attack: sessionReuse.attack,
      own: false,
      text: `One session from ${Math.max(networks, addresses)} networks or addresses with ${agents} user agent(s)`,
    }),
  ];
}
