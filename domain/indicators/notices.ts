import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import type { View } from './view.js';

/** "Review email notifications related to new user logins, modified credentials, and unusual activity alerts": only a mail whose DKIM passes for the vendor counts. */
export function securityNotices(view: View): readonly Finding[] {
  const genuine = view.of('security_notice').filter((e) => e.dkim === 'pass');
  return byPlatform(genuine).map(({ platform, events }) =>
    finding(view, {
      kind: 'security_notice',
      platform,
      confidence: 'medium',
      measures: [measure('genuine security mails', events.length, 1, 'mails')],
      events,
      attack: ['T1078'],
      own: false,
      text: `Security mail(s): ${operations(events)}`,
    }),
  );
}

/**
 * A rule or a deletion that hides such a mail. People delete mails and make rules every day: the log line of a new rule, which
 * does not say what the rule does, counts only when the session is not the subject's own.
 */
export function hiddenNotices(view: View): readonly Finding[] {
  const genuine = view.of('mail_rule').filter((e) => e.dkim === undefined || e.dkim === 'pass');
  const shown = genuine.filter((e) => isRuleItself(e) || isMail(e) || !view.attribute(e).own);
  return byPlatform(shown).map(({ platform, events }) =>
    finding(view, {
      kind: 'hidden_notice',
      platform,
      confidence: events.some(isRuleItself) ? 'high' : 'medium',
      measures: [measure('rules and deletions that hide security mails', events.length, 1, 'rows')],
      events,
      attack: ['T1564.008', 'T1114.003'],
      own: false,
      text: `Security mails are hidden: ${operations(events)}`,
    }),
  );
}

/** The adapter read what the rule does. */
const isRuleItself = (e: EvidenceEvent): boolean => e.target?.type === 'setting';
const isMail = (e: EvidenceEvent): boolean => e.target?.type === 'message';

const operations = (events: readonly EvidenceEvent[]): string =>
  [...new Set(events.map((e) => e.operation))].join(', ');
