import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideEscalation, type EscalationInput } from '../../domain/escalation.js';
import { FINDING_KINDS, type FindingDigest, type Impact, type PatternMatch } from '../../domain/finding.js';
import { SEVERITIES } from '../../domain/platform.js';
import { after, defaultPolicy } from './fixtures.js';

/** The playbook's own words, row by row: every reason must be one of its phrases. */
const PLAYBOOK = [
  'Escalate if there are clear signs of unauthorized access or data exfiltration, such as confirmed credential leaks, sensitive data transfers, or if the potential impact is high (e.g., critical business data). Escalate when multiple indicators align with known TTP patterns, despite initial uncertainty in individual logs.',
  'Verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation. Cross-reference timestamps of unusual chat activities with other log sources such as identity and access management (IAM) tools. Attempt to contact the user in question to confirm recent activities.',
];

const none: Impact = { level: 'none', criticalItems: 0, exposedSecrets: 0, confirmedLeaks: 0, externalTransfers: 0 };
const f = (kind: FindingDigest['kind'], given: Partial<FindingDigest> = {}): FindingDigest => ({
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
const own = { ownSession: true };
const low = { confidence: 'low' } as const;
const pattern = (suggests: PatternMatch['suggests']): PatternMatch => ({
  patternId: 'p-1',
  name: 'P',
  attack: ['T1078'],
  findings: ['f-1'],
  suggests,
});
const base: EscalationInput = {
  findings: [],
  patterns: [],
  questions: [],
  impact: none,
  contact: 'not_contacted',
  severity: 'medium',
  gaps: [],
  policy: { escalation: defaultPolicy.escalation, contact: defaultPolicy.contact },
  settled: true,
  now: after(2),
};
const decide = (given: Partial<EscalationInput> = {}): ReturnType<typeof decideEscalation> =>
  decideEscalation({ ...base, ...given });

describe("the playbook's sentences", () => {
  it.each<[string, Partial<EscalationInput>, string, string, readonly string[]]>([
    [
      'clear signs of unauthorized access',
      { findings: [f('unusual_sign_in'), f('bulk_collection')] },
      'escalate',
      'compromised',
      ['access.and-collection'],
    ],
    [
      'access without collection is not clear',
      { findings: [f('unusual_sign_in', { confidence: 'high' })] },
      'close',
      'suspicious',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'collection without access is not clear',
      { findings: [f('bulk_collection')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      "access with the subject's own collection is not clear",
      { findings: [f('unusual_sign_in'), f('bulk_collection', own)] },
      'close',
      'suspicious',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'faint signs together are not clear',
      { findings: [f('unusual_sign_in', low), f('bulk_collection', low)] },
      'close',
      'false_positive',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'confirmed credential leaks',
      { impact: { ...none, confirmedLeaks: 1 }, findings: [f('credential_exposed')] },
      'escalate',
      'suspicious',
      ['leak.confirmed'],
    ],
    [
      'a leak that nobody confirmed',
      { impact: { ...none, exposedSecrets: 3 }, findings: [f('credential_exposed')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'sensitive data transfers',
      { impact: { ...none, criticalItems: 1, externalTransfers: 1 }, findings: [f('external_share', own)] },
      'escalate',
      'insider',
      ['transfer.sensitive'],
    ],
    [
      'a transfer of what is not sensitive',
      { impact: { ...none, externalTransfers: 4 }, findings: [f('external_share', own)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'the potential impact is high',
      { impact: { ...none, level: 'high', criticalItems: 9 }, findings: [f('bulk_collection', own)] },
      'escalate',
      'insider',
      ['impact.high'],
    ],
    [
      'limited impact, policy wants high',
      { impact: { ...none, level: 'limited', criticalItems: 2 }, findings: [f('bulk_collection', own)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'limited impact, policy wants limited',
      {
        impact: { ...none, level: 'limited', criticalItems: 2 },
        findings: [f('bulk_collection', own)],
        policy: { ...base.policy, escalation: { ...defaultPolicy.escalation, impact: 'limited' } },
      },
      'escalate',
      'insider',
      ['impact.high'],
    ],
    [
      'multiple indicators align with a known pattern',
      { patterns: [pattern('compromised')], findings: [f('app_consent', own)] },
      'escalate',
      'compromised',
      ['pattern.p-1'],
    ],
    [
      'a pattern of an insider',
      { patterns: [pattern('insider')], findings: [f('bulk_collection', own)] },
      'escalate',
      'insider',
      ['pattern.p-1'],
    ],
    [
      'an insider who says "not me" may be a victim',
      { patterns: [pattern('insider')], findings: [f('bulk_collection', own)], contact: 'not_me' },
      'escalate',
      'compromised',
      ['pattern.p-1', 'contact.not-me'],
    ],
    [
      'fewer patterns than the policy wants',
      {
        patterns: [pattern('compromised')],
        findings: [f('app_consent', own)],
        policy: { ...base.policy, escalation: { ...defaultPolicy.escalation, patternsNeeded: 2 } },
      },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'three independent indicators, despite uncertainty',
      { findings: [f('platform_alert'), f('security_notice'), f('credential_change')] },
      'escalate',
      'suspicious',
      ['findings.independent'],
    ],
    [
      'two independent indicators',
      { findings: [f('platform_alert'), f('security_notice')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'one kind three times is one indicator',
      { findings: [f('platform_alert'), f('platform_alert'), f('platform_alert')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'a history of incidents is no indicator',
      { findings: [f('platform_alert'), f('security_notice'), f('frequent_involvement', { eventCount: 0 })] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      "the subject's own sessions are no indicators of a stranger",
      { findings: [f('platform_alert', own), f('security_notice', own), f('credential_change', own)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'contact: not me, beside a finding',
      { findings: [f('platform_alert')], contact: 'not_me' },
      'escalate',
      'compromised',
      ['contact.not-me'],
    ],
    [
      'contact: not me, beside a faint finding',
      { findings: [f('platform_alert', low)], contact: 'not_me' },
      'close',
      'false_positive',
      ['settled.quiet'],
    ],
    [
      'contact: me',
      { findings: [f('platform_alert')], contact: 'me' },
      'close',
      'benign',
      ['settled.quiet', 'contact.me'],
    ],
    [
      'contact: me, before a clear sign',
      { findings: [f('unusual_sign_in'), f('bulk_collection')], contact: 'me' },
      'escalate',
      'compromised',
      ['access.and-collection'],
    ],
    [
      'contact: unsure',
      { findings: [f('platform_alert')], contact: 'unsure' },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'silence at high',
      { findings: [f('platform_alert')], contact: 'silent', severity: 'high' },
      'escalate',
      'suspicious',
      ['contact.silent'],
    ],
    [
      'silence at low',
      { findings: [f('platform_alert')], contact: 'silent', severity: 'low' },
      'watch',
      'suspicious',
      ['contact.silent-watch'],
    ],
    [
      'silence at info',
      { findings: [f('platform_alert')], contact: 'silent', severity: 'info' },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'silence without any finding',
      { contact: 'silent', severity: 'critical' },
      'close',
      'false_positive',
      ['settled.quiet'],
    ],
    ['logs that could not be read', { gaps: ['slack.audit_logs'] }, 'watch', 'undetermined', ['evidence.gaps']],
    [
      'logs that could not be read, with a finding',
      { gaps: ['slack.audit_logs'], findings: [f('platform_alert')] },
      'watch',
      'suspicious',
      ['evidence.gaps'],
    ],
    [
      'logs that have not settled',
      { settled: false, findings: [f('platform_alert')], contact: 'me' },
      'close',
      'undetermined',
      ['not.settled'],
    ],
    ['nothing at all', {}, 'close', 'false_positive', ['settled.quiet']],
  ])('%s', (_, given, decision, verdict, codes) => {
    const got = decide(given);
    expect({ decision: got.decision, verdict: got.verdict, codes: got.reasons.map((r) => r.code) }).toEqual({
      decision,
      verdict,
      codes,
    });
  });

  it('cite the findings that count, and no others', () => {
    const findings = [
      f('platform_alert'),
      f('security_notice'),
      f('credential_change'),
      f('hidden_notice', low),
      f('app_consent', own),
    ];
    expect(decide({ findings }).reasons[0]?.findings).toEqual([
      'f-platform_alert',
      'f-security_notice',
      'f-credential_change',
    ]);
  });
});

const inputs: fc.Arbitrary<EscalationInput> = fc
  .record({
    findings: fc.array(
      fc
        .record({
          kind: fc.constantFrom(...FINDING_KINDS),
          confidence: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
          ownSession: fc.boolean(),
          eventCount: fc.nat(2),
        })
        .map(({ kind, ...rest }) => f(kind, rest)),
      { maxLength: 5 },
    ),
    patterns: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(fc.constantFrom('compromised' as const, 'insider' as const).map(pattern), { maxLength: 2 }),
    ),
    impact: fc.record({
      level: fc.constantFrom('none' as const, 'limited' as const, 'high' as const),
      criticalItems: fc.nat(2),
      exposedSecrets: fc.nat(2),
      confirmedLeaks: fc.constantFrom(0, 0, 0, 1),
      externalTransfers: fc.nat(1),
    }),
    contact: fc.constantFrom('waiting', 'me', 'not_me', 'unsure', 'silent', 'not_contacted'),
    severity: fc.constantFrom(...SEVERITIES),
    gaps: fc.subarray(['slack.audit_logs', 'entra.sign_ins']),
    settled: fc.boolean(),
  })
  .map((given) => ({ ...base, ...given }));
const runs = { numRuns: 400 };

describe('every decision', () => {
  it('is the same for the same input', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const copy = JSON.parse(JSON.stringify(given)) as EscalationInput;
        expect(decideEscalation(copy)).toEqual(decideEscalation(given));
        expect(decideEscalation({ ...given, now: after(9e9) })).toEqual(decideEscalation(given));
      }),
      runs,
    );
  });

  it('never rests on the severity of an alert alone: only silence reads it', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...SEVERITIES), (given, severity) => {
        const supported = given.findings.some((x) => x.confidence !== 'low');
        fc.pre(given.contact !== 'silent' || !supported);
        expect(decideEscalation({ ...given, severity })).toEqual(decideEscalation(given));
      }),
      runs,
    );
  });

  it('calls nothing benign or a false alarm before the logs have settled, or with gaps', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { verdict, decision } = decideEscalation(given);
        if (!given.settled || given.gaps.length > 0) expect(['benign', 'false_positive']).not.toContain(verdict);
        if (verdict === 'benign') expect(given.contact).toBe('me');
        if (['benign', 'false_positive'].includes(verdict)) expect(decision).toBe('close');
      }),
      runs,
    );
  });

  it('never rests on an answer alone', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom('me', 'not_me', 'unsure', 'silent'), (given, contact) => {
        const unasked = decideEscalation({ ...given, contact: 'not_contacted' });
        const answered = decideEscalation({ ...given, contact });
        // No answer takes an escalation back.
        if (unasked.decision === 'escalate') expect(answered.decision).toBe('escalate');
        // Without a finding that holds, no answer makes one; "me" never makes one.
        if (contact === 'me' || !given.findings.some((x) => x.confidence !== 'low'))
          expect(answered.decision).toBe(unasked.decision);
      }),
      runs,
    );
  });

  it('gives reasons, each in the words of the playbook', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { reasons } = decideEscalation(given);
        expect(reasons.length).toBeGreaterThan(0);
        for (const reason of reasons) {
          expect(
            PLAYBOOK.some((row) => row.includes(reason.playbook)),
            reason.playbook,
          ).toBe(true);
          expect(reason.text).not.toBe('');
          if (reason.attack !== undefined) expect(reason.attack).toMatch(/^T\d{4}(\.\d{3})?$/);
        }
      }),
      runs,
    );
  });

  it('only grows with evidence: a further foreign finding never lowers it', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...FINDING_KINDS), (given, kind) => {
        const more = decideEscalation({ ...given, findings: [...given.findings, f(kind, { confidence: 'high' })] });
        if (decideEscalation(given).decision === 'escalate') expect(more.decision).toBe('escalate');
      }),
      runs,
    );
  });
});
