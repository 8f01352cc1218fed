import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escalationByFindings, type FindingsInput } from '../../../workflows/retired/escalation-by-findings.js';
import { FINDING_KINDS } from '../../../domain/finding.js';
import { SEVERITIES } from '../../../domain/platform.js';
import { base, f, pattern } from './findings-scene.js';
import { after } from '../fixtures.js';

/** The playbook's own words, row by row: every reason must be one of its phrases. */
const PLAYBOOK = [
  'Escalate if there are clear signs of unauthorized access or data exfiltration, such as confirmed credential leaks, sensitive data transfers, or if the potential impact is high (e.g., critical business data). Escalate when multiple indicators align with known TTP patterns, despite initial uncertainty in individual logs.',
  'Verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation. Cross-reference timestamps of unusual chat activities with other log sources such as identity and access management (IAM) tools. Attempt to contact the user in question to confirm recent activities.',
];

const inputs: fc.Arbitrary<FindingsInput> = fc
  .record({
    findings: fc.array(
      fc
        .record({
          kind: fc.constantFrom(...FINDING_KINDS),
          confidence: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
          ownSession: fc.boolean(),
          eventCount: fc.nat(2),
          independent: fc.boolean(),
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
      criticalTransfers: fc.nat(1),
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
        const copy = JSON.parse(JSON.stringify(given)) as FindingsInput;
        expect(escalationByFindings(copy)).toEqual(escalationByFindings(given));
        expect(escalationByFindings({ ...given, now: after(9e9) })).toEqual(escalationByFindings(given));
      }),
      runs,
    );
  });

  it('never rests on the severity of an alert alone: only silence reads it', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...SEVERITIES), (given, severity) => {
        const supported = given.findings.some((x) => x.confidence !== 'low');
        fc.pre(given.contact !== 'silent' || !supported);
        expect(escalationByFindings({ ...given, severity })).toEqual(escalationByFindings(given));
      }),
      runs,
    );
  });

  it('calls nothing benign or a false alarm before the logs have settled, or with gaps', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { verdict, decision } = escalationByFindings(given);
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
        const unasked = escalationByFindings({ ...given, contact: 'not_contacted' });
        const answered = escalationByFindings({ ...given, contact });
        // No answer takes an escalation back.
        if (unasked.decision === 'escalate') expect(answered.decision).toBe('escalate');
        // Without a finding that holds, no answer makes one; "me" never makes one.
        if (contact === 'me' || !given.findings.some((x) => x.confidence !== 'low'))
          expect(answered.decision === 'escalate').toBe(unasked.decision === 'escalate');
      }),
      runs,
    );
  });

  it('never tells a subject who says "not me" that it was nothing', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { verdict } = escalationByFindings({ ...given, contact: 'not_me' });
        expect(['benign', 'false_positive']).not.toContain(verdict);
      }),
      runs,
    );
  });

  it('gives reasons, each in the words of the playbook', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { reasons } = escalationByFindings(given);
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
        const more = escalationByFindings({ ...given, findings: [...given.findings, f(kind, { confidence: 'high' })] });
        if (escalationByFindings(given).decision === 'escalate') expect(more.decision).toBe('escalate');
      }),
      runs,
    );
  });
});
