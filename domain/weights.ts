import type { Explanation } from './explanations.js';
import { EVIDENCE, type EvidenceCode } from './evidence-weights.js';
import type { DecisionPolicy } from './policy.js';

export { EVIDENCE, type EvidenceCode } from './evidence-weights.js';

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
  'address.device': {
    weight: 6,
    says: 'a device that the organisation knows is at the same address in the same hours, in the person’s hands',
    source: 'Entra device filter: compliant, managed, joined',
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
  'authentication.mfa': {
    weight: 0.5,
    says: 'signed in with a second factor',
    source: 'ATT&CK T1557: it can be passed on',
  },
  'authentication.weak': {
    weight: -1,
    says: 'signed in by the password alone, where the person uses a second factor',
    source: 'ATT&CK T1078, T1110',
  },
  'address.shared': {
    weight: 2,
    says: 'a few colleagues came from the same address in those days, and nothing but the place is new',
    source: OWN,
  },
  'address.crowd': {
    weight: 4,
    says: 'four colleagues or more came from the same address in those days, and nothing but the place is new',
    source: OWN,
  },
  'place.announced': {
    weight: 2.5,
    says: 'others of the organisation wrote of the place before anything was done there',
    source: 'playbook: context of the activity',
  },
  'place.spoken_of': {
    weight: 1.5,
    says: 'the person, or somebody of the country, wrote of the place before anything was done there',
    source: 'playbook: context of the activity',
  },
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
  'session.simultaneous': {
    weight: -3,
    says: 'one session is used from two networks in the same minutes',
    source: 'ATT&CK T1539, T1550.004',
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
  'device.missing': {
    weight: -1.5,
    says: 'a sign-in without a device, where those by the same program name one',
    source: 'Entra: deviceDetail is empty for what is not registered',
  },
  'client.new': {
    weight: -1,
    says: 'another program or system than the person uses',
    source: 'Entra unfamiliarFeatures',
  },
  'authentication.device_code': {
    weight: -1.5,
    says: 'signed in by a device code, which the person never used before: the log shows where it was typed, not who holds the token',
    source: 'ATT&CK T1528; Microsoft on Storm-2372',
  },
  'device_code.collects': {
    weight: -3,
    says: 'ten things or more were taken, or something exported, after such a sign-in',
    source: 'Microsoft on Storm-2372: mail and chats were searched and taken with the tokens',
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
  dormant: {
    weight: -1.5,
    says: 'an account that nobody used for weeks is used, and nothing vouches for it',
    source: 'ATT&CK T1078; CIS Control 5.3: dormant accounts',
  },
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
  'app.behaves': {
    weight: 2.5,
    says: 'it does there what it always did, by the same program, and takes nothing',
    source: OWN,
  },
  'app.far': { weight: -1.5, says: 'from a country where nobody of the organisation was', source: OWN },
  'app.scopes': { weight: -1, says: 'the app may read everything', source: 'ATT&CK T1528' },
  'app.unknown': { weight: -1, says: 'no log shows who allowed the app', source: OWN },
} as const satisfies Record<string, FactWeight>;
export type FactCode = keyof typeof FACTS;

/** What somebody brings along who gets into several accounts, or sits where the person is; a hotel, a gateway or an office does not. */
export const NOT_OF_THE_PLACE: readonly FactCode[] = [
  'network.hosting',
  'client.new',
  'client.scripted',
  'device.new',
  'device.missing',
  'authentication.weak',
  'vendor.strong',
  'intelligence.high',
  'intelligence.medium',
  'authentication.device_code',
  'device_code.collects',
  'began.collecting',
];

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

/** For a policy of before the explanations were weighed, which says nothing of it. */
export const DEFAULT_DECISION: DecisionPolicy = {
  thresholds: {
    watch: 0.3,
    escalate: 0.6,
    watchSensitivity: 0.1,
    propose: { low: 0.6, medium: 0.7, high: 0.9 },
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
