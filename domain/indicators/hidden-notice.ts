import type { Episode } from '../attribution.js';
import { isState } from '../episodes.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { operations } from './shared/operations.js';
import { recipients } from './shared/recipients.js';
import type { View } from './view.js';

export const hiddenNotice: Indicator = {
  id: 'hidden-notice',
  kind: 'hidden_notice',
  what: 'A rule or a deletion hides a security mail.',
  why: 'review email notifications related to new user logins, modified credentials, and unusual activity alerts',
  sources: ['notification_mail'],
  attack: ['T1564.008', 'T1114.003'],
  falsePositives: [
    'People make rules and delete mails every day: the log line of a new rule, which does not say what the rule does, counts only when the session is not the subject’s own.',
    'A rule of years ago that was only seen to be there: low confidence unless somebody else was in the account.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const genuine = view.of('mail_rule').filter((e) => e.dkim === undefined || e.dkim === 'pass');
  const shown = genuine.filter((e) => isRuleItself(e) || isMail(e) || !view.attribute(e).own);
  return byPlatform(shown).map(({ platform, events }) =>
    finding(view, {
      ...(isOwn(view, events) ? { own: true } : {}),
      kind: hiddenNotice.kind,
      platform,
      confidence: confidenceIn(view, events),
      measures: [measure('rules and deletions that hide security mails', events.length, 1, 'rows')],
      events,
      attack: hiddenNotice.attack,
      text: `Security mails are hidden: ${operations(events)}${recipients(events)}`,
    }),
  );
}

/** All of it is the person's, where a rule that is seen to be there is the one whose making was logged. */
function isOwn(view: View, events: readonly EvidenceEvent[]): boolean {
  const made = events.filter((e) => !isState(e));
  const to = made.flatMap(towards);
  const isMade = (e: EvidenceEvent): boolean => towards(e).length > 0 && towards(e).every((x) => to.includes(x));
  const judged = events.filter((e) => !isState(e) || !isMade(e));
  return judged.length > 0 && judged.every((e) => view.attribute(e).own);
}

/** A rule that was only seen to be there may be years old: it says something where somebody else was in the account. */
function confidenceIn(view: View, events: readonly EvidenceEvent[]): Confidence {
  const takesHold = (e: Episode): boolean =>
    e.attribution === 'unknown' && e.score < 0 && e.acts.some((a) => a.kind === 'credential_change');
  const hasIntruder = view.episodes.some((e) => (e.attribution === 'other' && e.acts.length > 0) || takesHold(e));
  if (events.every(isState)) return hasIntruder ? 'high' : 'low';
  return events.some(isRuleItself) ? 'high' : 'medium';
}

/** The adapter read what the rule does. */
const isRuleItself = (e: EvidenceEvent): boolean => e.target?.type === 'setting';
const towards = (e: EvidenceEvent): readonly string[] => e.externalRecipients ?? [];
const isMail = (e: EvidenceEvent): boolean => e.target?.type === 'message';
