import type { Explanation } from './explanations.js';
import type { DecisionPolicy } from './policy.js';

/**
 * What a fact says about whose an episode is: above 0 the subject's own, below 0 somebody else's. The unit is the natural logarithm of
 * how much more often the fact is seen with the one than with the other (a weight of 3 is twenty times). Policy may replace each
 * (`decision.facts`); where a number has no published source it is this product's own, held by the labelled scenarios (docs/decision.md).
 */
export interface FactWeight {
  readonly weight: number;
  /** What it means, for docs and pages. */
  readonly says: string;
  readonly source: string;
}
const OWN = 'own measure: labelled scenarios';

export const FACTS = {
  'device.known': {
    weight: 4,
    says: 'a device that the organisation manages or the platform knows',
    source: 'Entra device filter: compliant, managed, joined',
  },
  'device.known.late': {
    weight: 0.5,
    says: 'a device that the platform knows only since lately',
    source: 'ATT&CK T1098.005',
  },
  'device.own': { weight: 3, says: 'a device that the person has long used', source: OWN },
  'address.egress': { weight: 3, says: 'the organisation’s own way out', source: 'configuration network.ownEgress' },
  'address.own': {
    weight: 3,
    says: 'an address that the person has long used',
    source: 'Entra familiar locations; NIST SP 800-63B 7.2.3',
  },
  'address.grown': { weight: 1, says: 'an address that came later and has been in quiet use for weeks', source: OWN },
  'network.own': { weight: 1, says: 'a network that the person has long used', source: OWN },
  'client.own': { weight: 1, says: 'the same program on the same system as ever, also in a new version', source: OWN },
  'client.seen': { weight: 1.5, says: 'a new program that was used from the person’s own place before', source: OWN },
  'country.own': { weight: 0.5, says: 'a country where the person usually is', source: OWN },
  'authentication.resistant': {
    weight: 3,
    says: 'signed in with a factor that cannot be phished',
    source: 'CISA: Implementing Phishing-Resistant MFA (2022)',
  },
  'address.shared': { weight: 1.5, says: 'many colleagues came from the same address that day', source: OWN },
  'vendor.strong': {
    weight: -4,
    says: 'the vendor says that the access is not the person’s',
    source: 'Entra risk detections; Slack anomaly events; Google login audit',
  },
  'vendor.weak': {
    weight: -1,
    says: 'the vendor says that the access is unlike the person',
    source: 'Entra unfamiliarFeatures; Slack ip_address',
  },
  'travel.impossible': {
    weight: -3,
    says: 'nobody travels so fast from where the person was',
    source: 'Elastic: 500 km and 800 km/h',
  },
  'session.elsewhere': {
    weight: -2.5,
    says: 'a session of the person goes on from another network without the device it began on',
    source: 'ATT&CK T1550.004, T1539',
  },
  'network.hosting': {
    weight: -2,
    says: 'a network of rented machines',
    source: 'Elastic, Panther: sign-in from a hosting provider',
  },
  'client.scripted': {
    weight: -2,
    says: 'a script or a tool, no browser and no app of the vendor',
    source: 'Elastic: suspicious user agents in Microsoft 365',
  },
  'country.new': { weight: -2, says: 'a country where the person never was', source: 'Entra atypical travel; Panther' },
  'network.new': { weight: -1, says: 'a network that the person never used', source: 'Entra unfamiliarFeatures' },
  'device.new': { weight: -1, says: 'a device that the platform does not know', source: 'Entra unfamiliarFeatures' },
  'client.new': {
    weight: -1,
    says: 'another program or system than the person uses',
    source: 'Entra unfamiliarFeatures',
  },
  'authentication.device_code': {
    weight: -1.5,
    says: 'signed in by a device code',
    source: 'ATT&CK T1528; Microsoft on Storm-2372',
  },
  'failures.before': { weight: -2, says: 'many failed attempts before it', source: 'ATT&CK T1110' },
  'intelligence.high': {
    weight: -3,
    says: 'an address on a list that is sure of it',
    source: 'confidence of the list',
  },
  'intelligence.medium': { weight: -1.5, says: 'an address on a list', source: 'confidence of the list' },
  'intelligence.low': {
    weight: -0.3,
    says: 'an address on a list that is not sure of it',
    source: 'confidence of the list',
  },
  'began.collecting': {
    weight: -2,
    says: 'it appeared newly and has collected a little every day since',
    source: 'ATT&CK T1213.005',
  },
  'hour.unusual': { weight: -0.5, says: 'an hour at which the person never works', source: OWN },
  cold: { weight: -0.5, says: 'too little is known of the person to vouch for it', source: OWN },
  'app.ours': { weight: 6, says: 'an app of this organisation’s own', source: 'configuration ownAppIds' },
  'app.approved': { weight: 3, says: 'an administrator approved the app', source: 'vendors’ consent logs' },
  'app.established': { weight: 3.5, says: 'the app has worked like this for weeks', source: OWN },
  'app.consent.new': { weight: -2, says: 'a new consent that nobody of IT gave', source: 'ATT&CK T1528' },
  'app.elsewhere': {
    weight: -3.5,
    says: 'the app’s token is used from a network that the app never came from',
    source: 'ATT&CK T1528, T1550.001',
  },
  'app.far': { weight: -1.5, says: 'from a country where nobody of the organisation was', source: OWN },
  'app.scopes': { weight: -1, says: 'the app may read everything', source: 'ATT&CK T1528' },
  'app.unknown': { weight: -1, says: 'no log shows who allowed the app', source: OWN },
} as const satisfies Record<string, FactWeight>;
export type FactCode = keyof typeof FACTS;

/** Where the sum of an episode's facts begins to say something. */
export const ATTRIBUTION = { own: 1, other: -4, job: 1.5, app: -2.5 } as const;

/** How likely each explanation is before anything is known, as logarithms: most alerts are ordinary work or nothing at all. */
export const PRIORS: Readonly<Record<Explanation, number>> = {
  own_work: 1,
  authorised_work: -2,
  insider: -2.5,
  intruder: -2.5,
  app: -2.5,
  job: -0.5,
  attempt: -2.5,
  false_alert: 1,
};

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
    source: 'ATT&CK T1110',
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
    weights: { intruder: 2, app: 1, attempt: 1, own_work: -1.5, authorised_work: -1.5 },
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

/** For a policy of before the explanations were weighed, which says nothing of it. */
export const DEFAULT_DECISION: DecisionPolicy = {
  thresholds: {
    watch: 0.3,
    escalate: 0.6,
    watchSensitivity: 0.1,
    propose: { low: 0.75, medium: 0.8, high: 0.9 },
    special: 0.05,
  },
  watch: { days: 3, everyHours: 24 },
  weights: {},
  facts: {},
};

/** What people say is weighed in the case itself: it goes on by the weights that it began with. */
export function pinned(decision: DecisionPolicy): DecisionPolicy {
  const said = Object.keys(EVIDENCE).filter((code) => code.startsWith('answer.') || code.startsWith('interview.'));
  const weights = Object.fromEntries(
    [...said, 'access.other', 'collection.other'].map((code) => [
      code,
      decision.weights[code] ?? EVIDENCE[code as EvidenceCode].weights,
    ]),
  );
  return { ...decision, weights, facts: {}, priors: decision.priors ?? PRIORS };
}
