import type { EvidenceLine, Explanation } from '../../domain/explanations.js';
import type { EscalationInput } from '../../domain/escalation.js';
import type { FindingDigest, Impact } from '../../domain/finding.js';
import type { EvidenceCode } from '../../domain/weights.js';
import { after, defaultPolicy } from './fixtures.js';

export const NO_IMPACT: Impact = {
  level: 'none',
  criticalItems: 0,
  exposedSecrets: 0,
  confirmedLeaks: 0,
  externalTransfers: 0,
  criticalTransfers: 0,
};
/** A digest as the workflow holds it; of somebody else's session when nothing else is given. */
export const digestOf = (kind: FindingDigest['kind'], given: Partial<FindingDigest> = {}): FindingDigest => ({
  id: `f-${kind}`,
  kind,
  platform: 'slack',
  confidence: 'medium',
  attack: ['T1213.005'],
  firstAt: after(0),
  lastAt: after(1),
  inSession: true,
  ownSession: false,
  whose: 'other',
  eventCount: 3,
  ...given,
});
/** One line of evidence in a group of its own. */
export const told = (code: EvidenceCode, strength = 1, group: string = code): EvidenceLine => ({
  code,
  strength,
  group,
});
/** A line that makes an explanation as likely as wanted. */
export const speaksFor = (explanation: Explanation, weight: number): EvidenceLine => ({
  code: 'unmatched',
  group: `for ${explanation}`,
  strength: 1,
  weights: { [explanation]: weight },
});

/** Settled logs, no gap, nobody asked, nothing found. */
export const quietCase: EscalationInput = {
  lines: [],
  findings: [],
  impact: NO_IMPACT,
  foreignAccess: false,
  contact: 'not_contacted',
  contactIsSafe: true,
  severity: 'medium',
  gaps: [],
  policy: { decision: defaultPolicy.decision, contact: defaultPolicy.contact },
  settled: true,
};
