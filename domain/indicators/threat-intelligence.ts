import type { Confidence, Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { ACTED, hitBy, hitsIn } from './shared/hits.js';
import type { IntelligenceHit, View } from './view.js';

export const threatIntelligence: Indicator = {
  id: 'threat-intelligence',
  kind: 'threat_intelligence',
  what: 'An address that acted, or what a message or file points to, stands on a list; each is as sure as its list.',
  why: 'review associated files transferred or linked in the chat logs against known threat intelligence databases',
  sources: [
    'chat_history',
    'file_transfer',
    'user_access',
    'integration',
    'iam',
    'platform_alerts',
    'notification_mail',
  ],
  attack: ['T1583'],
  falsePositives: [
    'Shared addresses of clouds, carriers and CDNs on a broad list: the list’s own confidence is the finding’s.',
    'A link that somebody sent to warn of it: what is only pointed to is kept apart from addresses that acted.',
  ],
  find,
};

const LEVELS: readonly Confidence[] = ['high', 'medium', 'low'];

/** An address that acted, and what a message or file only points to, are two things; each is as sure as its list. */
function find(view: View): readonly Finding[] {
  const matches = view.input.intelligence ?? [];
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  const acting = matches.filter((h) => byId.get(h.eventId)?.ip === h.indicator);
  const told = matches.filter((h) => byId.has(h.eventId) && !acting.includes(h));
  return [...listed(view, acting, ACTED), ...listed(view, told, 'matches')];
}

function listed(view: View, matches: readonly IntelligenceHit[], name: string): readonly Finding[] {
  return byPlatform(hitBy(view, matches)).map(({ platform, events }) => {
    const hits = hitsIn(events, matches);
    const surest = LEVELS.find((level) => hits.some((h) => (h.confidence ?? 'medium') === level)) ?? 'medium';
    return finding(view, {
      kind: threatIntelligence.kind,
      platform,
      confidence: surest,
      measures: [measure(name, hits.length, 1, 'matches')],
      events,
      attack: threatIntelligence.attack,
      text: `Known to threat intelligence, ${surest} confidence (${[...new Set(hits.map((h) => h.list))].join(', ')}): ${[...new Set(hits.map((h) => h.indicator))].join(', ')}`,
    });
  });
}
