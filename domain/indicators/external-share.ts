import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import type { Indicator } from './indicator.js';
import { eachGroup } from './shared/each-group.js';
import { matches } from './shared/keywords.js';
import { recipients } from './shared/recipients.js';
import type { View } from './view.js';

export const externalShare: Indicator = {
  id: 'external-share',
  kind: 'external_share',
  what: 'Something was shared, forwarded or linked to the outside.',
  why: 'sensitive data transfers',
  sources: ['chat_history', 'file_transfer'],
  attack: ['T1567'],
  falsePositives: [
    'Press kits and offers that are meant for the outside: medium confidence when it is one, in the own session, with an ordinary name.',
    'A channel that is shared with a partner: the channel says that it is external, not that it is wrong.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const outside = (e: EvidenceEvent): boolean =>
    e.target?.type === 'link' ||
    (e.reasons ?? []).includes('anonymous_link') ||
    (e.labels ?? []).includes('outside') ||
    (e.externalRecipients ?? []).length > 0 ||
    e.channel?.external === true;
  const { keywords } = view.input.thresholds.sensitiveUploads;
  return eachGroup(externalShare, view, view.of('share').filter(outside), {
    name: 'shares to the outside',
    confidence: (events, own) =>
      !own || events.length > 1 || events.some((e) => matches([e.target?.name ?? ''], keywords)) ? 'high' : 'medium',
    text: (events) =>
      `${events.length} share(s) to the outside: ${events
        .slice(0, 3)
        .map((e) => `"${e.target?.name ?? e.target?.id ?? ''}"`)
        .join(', ')}${recipients(events)}`,
  });
}
