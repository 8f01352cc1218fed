import type { Explanation } from './explanations.js';

export interface EvidenceWeight {
  /** What it adds to each explanation, in the same unit. */
  readonly weights: Readonly<Partial<Record<Explanation, number>>>;
  readonly says: string;
  readonly source: string;
}
const ROWS = {
  clear: 'playbook: clear signs of unauthorized access or data exfiltration',
  leak: 'playbook: confirmed credential leaks',
  transfer: 'playbook: sensitive data transfers',
  impact: 'playbook: critical business data',
  patterns: 'playbook: multiple indicators align with known TTP patterns',
  contact: 'playbook: attempt to contact the user',
  interview: 'playbook: conduct interviews',
  history: 'playbook: historical data for patterns of behavior',
} as const;

export const EVIDENCE = {
  'access.other': {
    weights: { intruder: 5, own_work: -2, authorised_work: -2, insider: -2, false_alert: -3 },
    says: 'access that is somebody else’s',
    source: ROWS.clear,
  },
  'access.unknown': {
    weights: { intruder: 1.2, own_work: -0.2, false_alert: -0.5 },
    says: 'access of which nobody can say whose it is',
    source: ROWS.clear,
  },
  'acts.own': {
    weights: { intruder: -3, app: -1, own_work: 0.5, authorised_work: 0.5 },
    says: 'everything was done from the person’s own place and device',
    source: ROWS.history,
  },
  'collection.other': {
    weights: { intruder: 2.5, insider: -1, own_work: -1, authorised_work: -1, false_alert: -2 },
    says: 'somebody else’s session collects',
    source: ROWS.clear,
  },
  'collection.unknown': {
    weights: { intruder: 1.7, insider: 0.5, own_work: -0.5, false_alert: -1 },
    says: 'a session of which nobody can say whose it is collects',
    source: ROWS.clear,
  },
  'collection.slow': {
    weights: { intruder: 2, insider: 0.5, own_work: -1, false_alert: -1 },
    says: 'a context that appeared newly takes a little every day for weeks',
    source: ROWS.history,
  },
  'collection.own': {
    weights: { insider: 2, own_work: -1, false_alert: -1 },
    says: 'the person’s own session collects as never before',
    source: ROWS.clear,
  },
  'collection.like': {
    weights: { own_work: 1, authorised_work: 0.5, job: 0.5, insider: -0.5, intruder: -0.5 },
    says: 'the collection has its like every week or month',
    source: ROWS.history,
  },
  'collection.strange': {
    weights: { insider: 1.8, own_work: -1 },
    says: 'what was taken belongs to others, and the person never touched it before',
    source: ROWS.history,
  },
  'collection.habit': {
    weights: { insider: 1.5, own_work: -0.5, false_alert: -1 },
    says: 'the person has begun to open, a few a day, critical things that were never theirs to open before',
    source: ROWS.history,
  },
  'work.asked': {
    weights: { authorised_work: 2, own_work: 0.5, insider: -1, intruder: -0.5 },
    says: 'somebody else of the organisation asked for such work, or announced it, before it was done',
    source: ROWS.interview,
  },
  'work.asked.exact': {
    weights: { authorised_work: 3.5, own_work: 1, insider: -2, intruder: -1 },
    says: 'somebody else of the organisation asked the person for exactly this work before it was done',
    source: ROWS.interview,
  },
  'export.own': {
    weights: { insider: 2, authorised_work: 0.5, own_work: -1, false_alert: -1 },
    says: 'the person’s own session exports',
    source: ROWS.clear,
  },
  'export.whole': {
    weights: { insider: 3.5, own_work: -1, false_alert: -1 },
    says: 'the person’s own session takes the whole account away',
    source: ROWS.clear,
  },
  'share.other': {
    weights: { intruder: 2, own_work: -1 },
    says: 'somebody else’s session shares to the outside',
    source: ROWS.transfer,
  },
  'share.unknown': {
    weights: { intruder: 1.2, insider: 0.5, own_work: -0.3 },
    says: 'a session of which nobody can say whose it is shares to the outside',
    source: ROWS.transfer,
  },
  'share.own': {
    weights: { insider: 0.8, own_work: -0.3 },
    says: 'the person’s own session shares to the outside',
    source: ROWS.transfer,
  },
  'share.own.after': {
    weights: { insider: 1.2, own_work: -0.5, false_alert: -1 },
    says: 'the person’s own session collects, and then gives something to the outside',
    source: ROWS.transfer,
  },
  'share.own.critical': {
    weights: { insider: 2.5, own_work: -1, false_alert: -1 },
    says: 'the person’s own session gives critical business data to the outside',
    source: ROWS.transfer,
  },
  'critical.other': {
    weights: { intruder: 0.7 },
    says: 'critical business data in a session that is not the person’s',
    source: ROWS.impact,
  },
  'critical.unknown': {
    weights: { intruder: 0.5, insider: 0.2 },
    says: 'critical business data in a session of which nobody can say whose it is',
    source: ROWS.impact,
  },
  'critical.own': {
    weights: { insider: 0.5 },
    says: 'critical business data beyond what the person usually touches',
    source: ROWS.impact,
  },
  'control.other': {
    weights: { intruder: 3, own_work: -2, authorised_work: -1, false_alert: -2 },
    says: 'somebody else’s session weakens a control',
    source: ROWS.clear,
  },
  'control.unknown': {
    weights: { intruder: 1.5, insider: 0.5, own_work: -0.3, false_alert: -1 },
    says: 'a session of which nobody can say whose it is weakens a control',
    source: ROWS.clear,
  },
  'control.own': {
    weights: { insider: 1, authorised_work: 0.5 },
    says: 'the person’s own session weakens a control',
    source: ROWS.clear,
  },
  'control.usual': {
    weights: { own_work: 1, authorised_work: 1, insider: -0.5 },
    says: 'the person changes such settings as part of the work',
    source: ROWS.history,
  },
  'forward.own': {
    weights: { insider: 2, intruder: 0.5, own_work: -1, false_alert: -1 },
    says: 'the person’s own session sends the mail on to the outside',
    source: 'ATT&CK T1114.003',
  },
  'traces.other': {
    weights: { intruder: 2, own_work: -1, false_alert: -1 },
    says: 'somebody else’s session removes what could be looked at later',
    source: 'ATT&CK T1070',
  },
  'traces.unknown': {
    weights: { intruder: 1.2, insider: 1, own_work: -0.5, false_alert: -0.5 },
    says: 'a session of which nobody can say whose it is removes what could be looked at later',
    source: 'ATT&CK T1070',
  },
  'traces.own': {
    weights: { insider: 2, own_work: -1, false_alert: -1 },
    says: 'the person’s own session removes what could be looked at later',
    source: 'ATT&CK T1070',
  },
  'takeover.other': {
    weights: { intruder: 2.5, own_work: -1 },
    says: 'somebody else’s session takes hold of the account',
    source: 'ATT&CK T1098, T1564.008',
  },
  'takeover.unknown': {
    weights: { intruder: 1.5, own_work: -0.2 },
    says: 'credentials, factors or mail rules change in a session of which nobody can say whose it is',
    source: 'ATT&CK T1098',
  },
  'app.rogue': {
    weights: { app: 5, job: -2, own_work: -1, false_alert: -2 },
    says: 'an app acts that nobody of IT allowed',
    source: 'ATT&CK T1528',
  },
  'app.unknown': {
    weights: { app: 1.5, job: 0.5 },
    says: 'an app acts of which nobody knows who allowed it',
    source: 'ATT&CK T1528',
  },
  'app.collects': {
    weights: { app: 2.5, own_work: -0.5, false_alert: -2 },
    says: 'that app collects',
    source: ROWS.clear,
  },
  'app.consent': {
    weights: { app: 2 },
    says: 'a new consent to an app that may read everything',
    source: 'ATT&CK T1528',
  },
  'job.known': {
    weights: { job: 3, app: -4 },
    says: 'an app that IT approved, or that has worked like this for weeks',
    source: ROWS.history,
  },
  attempts: {
    weights: { attempt: 4, false_alert: -1 },
    says: 'attempts to get in that all failed',
    source: 'ATT&CK T1110, T1621',
  },
  'leak.confirmed': {
    weights: { intruder: 4, own_work: -2, false_alert: -3 },
    says: 'a credential leaked: the issuer says so, or its use was logged',
    source: ROWS.leak,
  },
  'pattern.intruder': {
    weights: { intruder: 1 },
    says: 'the order of events matches a known pattern of intruders',
    source: ROWS.patterns,
  },
  'pattern.insider': {
    weights: { insider: 1.5 },
    says: 'the order of events matches a known pattern of insiders',
    source: ROWS.patterns,
  },
  unmatched: {
    weights: { intruder: 1.5 },
    says: 'acts that no sign-in explains',
    source: 'playbook: cross-reference timestamps with IAM',
  },
  'vendor.alert': {
    weights: { intruder: 1, false_alert: -0.5 },
    says: 'the platform raised an alert of its own',
    source: 'playbook: alerts from the messaging platform',
  },
  'intelligence.content': {
    weights: { intruder: 0.5 },
    says: 'a file or link that threat intelligence knows',
    source: 'playbook: threat intelligence databases',
  },
  involved: {
    weights: { insider: 0.3 },
    says: 'involved in earlier incidents',
    source: 'playbook: users who are frequently involved',
  },
  quiet: {
    weights: { false_alert: 3, own_work: 1.5 },
    says: 'nothing of it in any log that would show it',
    source: ROWS.clear,
  },
  'answer.me': {
    weights: { own_work: 0.5, authorised_work: 0.5, intruder: -2, app: -0.5 },
    says: 'the person says that it was them, on a way that the suspicion does not touch',
    source: ROWS.contact,
  },
  'answer.not_me': {
    weights: { intruder: 2, app: 1, own_work: -1.5, authorised_work: -1.5 },
    says: 'the person says that it was somebody else, and there is an access that could be',
    source: ROWS.contact,
  },
  'answer.not_me.attempt': {
    weights: { attempt: 1.5 },
    says: 'the person says that it was somebody else; nobody else got in',
    source: ROWS.contact,
  },
  'answer.unsure': { weights: { intruder: 0.3 }, says: 'the person is not sure', source: ROWS.contact },
  'interview.yes': {
    weights: { authorised_work: 5, own_work: 1, insider: -3, intruder: -1 },
    says: 'whoever asked for the work confirms it',
    source: ROWS.interview,
  },
  'interview.no': {
    weights: { insider: 3, authorised_work: -3, own_work: -2 },
    says: 'nobody asked for it',
    source: ROWS.interview,
  },
} as const satisfies Record<string, EvidenceWeight>;
export type EvidenceCode = keyof typeof EVIDENCE;
