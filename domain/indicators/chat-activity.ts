import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { busiest, confidenceOf, finding, groups, measure, once, reached } from './finding.js';
import type { Indicator } from './indicator.js';
import type { View } from './view.js';

export const chatActivity: Indicator = {
  id: 'chat-activity',
  kind: 'unusual_chat_activity',
  what: 'In one hour more messages, or more of them with links, attachments or secrets, than the policy allows.',
  why: 'excessive messages containing links, attachments, or credentials',
  sources: ['chat_history'],
  attack: ['T1213.005'],
  falsePositives: [
    'An integration that posts in the name of a person: rows of an app are counted apart from the person’s.',
    'A launch or an incident room with much talk: the own session says that it is the person’s, and the explanations weigh it so.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const t = view.input.thresholds.chatActivity;
  const secret = new Set((view.input.secrets ?? []).map((s) => s.eventId));
  return groups(view, view.of('message')).flatMap((messages) => {
    const count = (has: (e: EvidenceEvent) => boolean): ReturnType<typeof busiest> =>
      busiest(messages.filter(has), t.windowMinutes, once);
    const tries = [
      { name: 'messages', window: count(() => true), threshold: t.messages },
      { name: 'messages with links', window: count((e) => (e.urls ?? []).length > 0), threshold: t.withLinks },
      {
        name: 'messages with attachments',
        window: count((e) => (e.labels ?? []).includes('attachment')),
        threshold: t.withAttachments,
      },
      { name: 'messages with credentials', window: count((e) => secret.has(e.id)), threshold: t.withCredentials },
    ];
    const held = tries.filter((x) => x.window.total >= x.threshold && x.window.total > 0);
    const [first] = messages;
    if (held.length === 0 || !first) return [];
    const measures = reached(
      tries.map((x) => measure(x.name, x.window.total, x.threshold, `in ${t.windowMinutes} min`)),
    );
    const events = [...new Map(held.flatMap((x) => x.window.events).map((e) => [e.id, e])).values()];
    return [
      finding(view, {
        kind: chatActivity.kind,
        platform: first.platform,
        confidence: confidenceOf(measures),
        measures,
        events,
        attack: chatActivity.attack,
        text: `${measures.map((m) => `${m.value} ${m.name}`).join(', ')} within ${t.windowMinutes} minutes`,
      }),
    ];
  });
}
