import type { Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { operations } from './shared/operations.js';
import type { View } from './view.js';

export const securityNotice: Indicator = {
  id: 'security-notice',
  kind: 'security_notice',
  what: 'The vendor wrote to the person about a new sign-in, changed credentials or unusual activity. Only a mail whose DKIM passes for the vendor counts.',
  why: 'review email notifications related to new user logins, modified credentials, and unusual activity alerts',
  sources: ['notification_mail'],
  attack: ['T1078'],
  falsePositives: [
    'The person’s own new phone: the mail tells of a sign-in that is judged by itself.',
    'Phishing that plays the vendor: DKIM does not pass, so it does not count.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const genuine = view.of('security_notice').filter((e) => e.dkim === 'pass');
  return byPlatform(genuine).map(({ platform, events }) =>
    finding(view, {
      kind: securityNotice.kind,
      platform,
      confidence: 'medium',
      measures: [measure('genuine security mails', events.length, 1, 'mails')],
      events,
      attack: securityNotice.attack,
      text: `Security mail(s): ${operations(events)}`,
    }),
  );
}
