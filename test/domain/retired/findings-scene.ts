import type { FindingsInput } from '../../../workflows/retired/escalation-by-findings.js';
import type { FindingDigest, Impact, PatternMatch } from '../../../domain/finding.js';
import { after, defaultPolicy } from '../fixtures.js';

export const none: Impact = {
  level: 'none',
  criticalItems: 0,
  exposedSecrets: 0,
  confirmedLeaks: 0,
  externalTransfers: 0,
  criticalTransfers: 0,
};
export const f = (kind: FindingDigest['kind'], given: Partial<FindingDigest> = {}): FindingDigest => ({
  id: `f-${kind}`,
  kind,
  platform: 'slack',
  confidence: 'medium',
  attack: ['T1213.005'],
  firstAt: after(0),
  lastAt: after(1),
  inSession: true,
  ownSession: false,
  eventCount: 3,
  ...given,
});
export const pattern = (suggests: PatternMatch['suggests']): PatternMatch => ({
  patternId: 'p-1',
  name: 'P',
  attack: ['T1078'],
  findings: ['f-1'],
  suggests,
});
export const base: FindingsInput = {
  findings: [],
  patterns: [],
  questions: [],
  impact: none,
  contact: 'not_contacted',
  severity: 'medium',
  gaps: [],
  policy: {
    escalation: defaultPolicy.escalation,
    contact: {
      ...defaultPolicy.contact,
      // As it was shipped with that decision.
      silence: { info: 'close', low: 'watch', medium: 'escalate', high: 'escalate', critical: 'escalate' },
    },
  },
  settled: true,
  now: after(2),
};
