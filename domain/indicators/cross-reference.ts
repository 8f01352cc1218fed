import type { EvidenceEvent, EventKind } from '../evidence.js';
import type { Finding } from '../finding.js';
import { confidenceOf, finding, measure } from './finding.js';
import { isAccess, type View } from './view.js';

const CHAT_ACTIONS: readonly EventKind[] = [
  'message',
  'conversation_read',
  'file_upload',
  'file_download',
  'share',
  'export',
];
const UNMATCHED_NEEDED = 3;

/** L1: "Cross-reference timestamps of unusual chat activities with other log sources such as IAM": chat actions that no sign-in or session explains. */
export function unmatchedActivity(view: View): readonly Finding[] {
  // Without any access row of the subject the logs are silent, not contradicting.
  if (![...view.past, ...view.focus].some(isAccess)) return [];
  const platforms = [...new Set(view.focus.map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    const events = view
      .of(...CHAT_ACTIONS)
      .filter((e) => e.platform === platform && view.attribute(e).by === undefined);
    if (events.length < UNMATCHED_NEEDED) return [];
    const measures = [measure('chat actions without a sign-in', events.length, UNMATCHED_NEEDED, 'actions')];
    return [
      finding(view, {
        kind: 'unmatched_activity',
        platform,
        confidence: confidenceOf(measures),
        measures,
        events,
        attack: ['T1550'],
        text: `${events.length} chat actions have no sign-in or session of the subject before them`,
      }),
    ];
  });
}

/** One session seen from different networks, countries or user agents: a stolen cookie or token. */
export function sessionReuse(view: View): readonly Finding[] {
  const bySession = new Map<string, EvidenceEvent[]>();
  for (const e of view.focus)
    if (e.sessionId !== undefined)
      bySession.set(`${e.platform}:${e.sessionId}`, [...(bySession.get(`${e.platform}:${e.sessionId}`) ?? []), e]);
  return [...bySession.values()].flatMap((rows) => {
    const [first] = rows;
    const distinct = (pick: (e: EvidenceEvent) => string | number | undefined): number =>
      new Set(rows.map(pick).filter((v) => v !== undefined)).size;
    const networks = Math.max(
      distinct((e) => e.asn),
      distinct((e) => e.country),
    );
    const addresses = distinct((e) => e.ip);
    const agents = distinct((e) => e.userAgent);
    if (!first || !(networks > 1 || (addresses > 1 && agents > 1))) return [];
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
        events: rows.filter((e) => (e.ip ?? e.userAgent ?? e.asn ?? e.country) !== undefined),
        attack: ['T1550.004', 'T1539'],
        own: false,
        text: `One session from ${Math.max(networks, addresses)} networks or addresses with ${agents} user agent(s)`,
      }),
    ];
  });
}
