import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { busiest, confidenceOf, finding, groups, measure } from './finding.js';
import type { View } from './view.js';

/** "Sudden increase in file uploads, especially those labeled with keywords such as 'password', 'secret', or 'confidential'." */
export function sensitiveUploads(view: View): readonly Finding[] {
  const { windowMinutes, uploads, keywords } = view.input.thresholds.sensitiveUploads;
  const named = (e: EvidenceEvent): boolean => matches([e.target?.name ?? '', ...(e.labels ?? [])], keywords);
  return groups(view, view.of('file_upload').filter(named)).flatMap((events) => {
    const window = busiest(events, windowMinutes);
    const [first] = window.events;
    if (window.total < uploads || !first) return [];
    const measures = [measure('uploads with sensitive names', window.total, uploads, `in ${windowMinutes} min`)];
    return [
      finding(view, {
        kind: 'sensitive_uploads',
        platform: first.platform,
        confidence: confidenceOf(measures),
        measures,
        events: window.events,
        attack: ['T1074', 'T1552'],
        text: `${window.total} uploads with names such as ${window.events
          .slice(0, 3)
          .map((e) => `"${e.target?.name ?? ''}"`)
          .join(', ')}`,
      }),
    ];
  });
}

/** Whole words or parts divided by punctuation, in any case: "passwords.txt", "db_secret", "private-key.pem", never "secretary". */
export function matches(texts: readonly string[], keywords: readonly string[]): boolean {
  const said = texts.map(wordsOf);
  return keywords
    .map((k) => wordsOf(k).trim())
    .some((k) => k !== '' && said.some((t) => t.includes(` ${k} `) || t.includes(` ${k}s `)));
}

/** Lower-case words with one space around each. */
const wordsOf = (text: string): string =>
  ` ${text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== '')
    .join(' ')} `;
