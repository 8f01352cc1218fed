import type { Finding } from '../finding.js';
import { finding, measure } from './finding.js';
import type { View } from './view.js';

/** "Review email notifications related to new user logins, modified credentials, and unusual activity alerts": only a mail whose DKIM passes for the vendor counts. */
export function securityNotices(view: View): readonly Finding[] {
  const genuine = view.of('security_notice').filter((e) => e.dkim === 'pass');
  const platforms = [...new Set(genuine.map((e) => e.platform))].sort();
  return platforms.map((platform) => {
    const events = genuine.filter((e) => e.platform === platform);
    return finding(view, {
      kind: 'security_notice',
      platform,
      confidence: 'medium',
      measures: [measure('genuine security mails', events.length, 1, 'mails')],
      events,
      attack: ['T1078'],
      own: false,
      text: `Security mail(s): ${[...new Set(events.map((e) => e.operation))].join(', ')}`,
    });
  });
}

/** A rule or a deletion that hides such a mail. */
export function hiddenNotices(view: View): readonly Finding[] {
  const events = view.of('mail_rule');
  const [first] = events;
  if (!first) return [];
  return [
    finding(view, {
      kind: 'hidden_notice',
      platform: first.platform,
      confidence: 'high',
      measures: [measure('rules and deletions that hide security mails', events.length, 1, 'rows')],
      events,
      attack: ['T1564.008', 'T1114.003'],
      own: false,
      text: `Security mails are hidden: ${[...new Set(events.map((e) => e.operation))].join(', ')}`,
    }),
  ];
}
