import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { busiest, confidenceOf, finding, groups, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { matches } from './shared/keywords.js';
import type { View } from './view.js';

export const sensitiveUploads: Indicator = {
  id: 'sensitive-uploads',
  kind: 'sensitive_uploads',
  what: 'In two hours several uploads whose names or labels hold a keyword of the policy as a whole word.',
  why: 'sudden increase in file uploads, especially those labeled with keywords',
  sources: ['chat_history', 'file_transfer'],
  attack: ['T1074', 'T1552'],
  falsePositives: [
    'Words that only look like a keyword (“secretary”, “tokenizer”): words are compared whole.',
    'Payroll and counsel, whose files are called so every day: the own session says that it is theirs.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { windowMinutes, uploads, keywords } = view.input.thresholds.sensitiveUploads;
  const named = (e: EvidenceEvent): boolean => matches([e.target?.name ?? '', ...(e.labels ?? [])], keywords);
  return groups(view, view.of('file_upload').filter(named)).flatMap((events) => {
    const window = busiest(events, windowMinutes);
    const [first] = window.events;
    if (window.total < uploads || !first) return [];
    const measures = [measure('uploads with sensitive names', window.total, uploads, `in ${windowMinutes} min`)];
    return [
      finding(view, {
        kind: sensitiveUploads.kind,
        platform: first.platform,
        confidence: confidenceOf(measures),
        measures,
        events: window.events,
        attack: sensitiveUploads.attack,
        text: `${window.total} uploads with names such as ${window.events
          .slice(0, 3)
          .map((e) => `"${e.target?.name ?? ''}"`)
          .join(', ')}`,
      }),
    ];
  });
}
