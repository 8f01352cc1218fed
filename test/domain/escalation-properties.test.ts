import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideEscalation, type EscalationInput } from '../../domain/escalation.js';
import type { EvidenceLine } from '../../domain/explanations.js';
import { FINDING_KINDS, type FindingDigest } from '../../domain/finding.js';
import { SEVERITIES } from '../../domain/platform.js';
import { EVIDENCE, type EvidenceCode } from '../../domain/weights.js';
import { digestOf, quietCase } from './decision-scene.js';

const CODES = Object.keys(EVIDENCE) as readonly EvidenceCode[];
/** What the evidence says; what people say is added where the case decides. */
const OF_EVIDENCE = CODES.filter((c) => !c.startsWith('answer.') && !c.startsWith('interview.'));

const lines: fc.Arbitrary<readonly EvidenceLine[]> = fc.array(
  fc.record({
    code: fc.constantFrom(...OF_EVIDENCE),
    strength: fc.constantFrom(0.3, 0.7, 1, 1.3),
    group: fc.constantFrom('access', 'collection', 'share', 'control', 'app', 'other'),
  }),
  { maxLength: 6 },
);
const findings: fc.Arbitrary<readonly FindingDigest[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom(...FINDING_KINDS),
      confidence: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
      whose: fc.constantFrom('own' as const, 'other' as const, 'app' as const, 'job' as const, 'unknown' as const),
    })
    .map(({ kind, ...rest }) => digestOf(kind, { ...rest, ownSession: rest.whose === 'own' || rest.whose === 'job' })),
  { maxLength: 4 },
);
const inputs: fc.Arbitrary<EscalationInput> = fc
  .record(
    {
      lines,
      findings,
      impact: fc.record({
        level: fc.constantFrom('none' as const, 'limited' as const, 'high' as const),
        criticalItems: fc.nat(20),
        exposedSecrets: fc.nat(2),
        confirmedLeaks: fc.constantFrom(0, 0, 0, 1),
        leakFindings: fc.constant(['f-credential_exposed']),
        externalTransfers: fc.nat(1),
        criticalTransfers: fc.nat(1),
      }),
      foreignAccess: fc.boolean(),
      contact: fc.constantFrom('me', 'not_me', 'unsure', 'silent', 'not_contacted'),
      contactIsSafe: fc.boolean(),
      interview: fc.constantFrom('yes' as const, 'no' as const, 'partly' as const),
      severity: fc.constantFrom(...SEVERITIES),
      gaps: fc.subarray(['slack.audit_logs', 'entra.sign_ins']),
      settled: fc.boolean(),
      watch: fc.constantFrom('running' as const, 'ended' as const),
    },
    {
      requiredKeys: [
        'lines',
        'findings',
        'impact',
        'foreignAccess',
        'contact',
        'contactIsSafe',
        'severity',
        'gaps',
        'settled',
      ],
    },
  )
  .map((given) => ({ ...quietCase, ...given }));
const runs = { numRuns: 400 };
/** Attack as a decision rounds it. */
const STEP = 0.001;

describe('every decision', () => {
  it('is the same for the same input, in whatever order and however often its evidence is told', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const copy = JSON.parse(JSON.stringify(given)) as EscalationInput;
        expect(decideEscalation(copy)).toEqual(decideEscalation(given));
        const again = { ...given, lines: [...given.lines].reverse().flatMap((l) => [l, l]) };
        expect(decideEscalation(again)).toEqual(decideEscalation(given));
      }),
      runs,
    );
  });

  it('never reads the severity that an alert claims, but for how long a silence is watched', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...SEVERITIES), (given, severity) => {
        const other = decideEscalation({ ...given, severity });
        const { decision, attack } = decideEscalation(given);
        expect(other.attack).toBe(attack);
        expect(other.decision === 'escalate').toBe(decision === 'escalate');
        if (given.contact !== 'silent') expect(other.decision).toBe(decision);
      }),
      runs,
    );
  });

  it('calls nothing benign or a false alarm before the logs have settled, or with gaps', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { verdict, decision } = decideEscalation(given);
        if (!given.settled || given.gaps.length > 0) expect(['benign', 'false_positive']).not.toContain(verdict);
        if (['benign', 'false_positive'].includes(verdict)) expect(decision).toBe('close');
      }),
      runs,
    );
  });

  it('is not lowered by an answer on a way that the suspicion touches', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const unasked = decideEscalation({ ...given, contact: 'not_contacted' });
        const answered = decideEscalation({ ...given, contact: 'me', contactIsSafe: false });
        expect(answered.attack).toBe(unasked.attack);
        expect(answered.decision).toBe(unasked.decision);
        expect(answered.verdict).toBe(unasked.verdict);
      }),
      runs,
    );
  });

  it('is never raised by "me" nor lowered by "not me" to an access that could be somebody else’s', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        // Where all attempts failed they are what a "not me" is about.
        fc.pre(!given.lines.some((l) => l.code === 'attempts'));
        const attack = (contact: EscalationInput['contact']): number =>
          decideEscalation({ ...given, contact, foreignAccess: true }).attack ?? 0;
        expect(attack('me')).toBeLessThanOrEqual(attack('not_contacted') + STEP);
        expect(attack('not_me')).toBeGreaterThanOrEqual(attack('not_contacted') - STEP);
      }),
      runs,
    );
  });

  it('is not raised by silence, and does not escalate for it', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const unasked = decideEscalation({ ...given, contact: 'not_contacted' });
        const silent = decideEscalation({ ...given, contact: 'silent' });
        expect(silent.attack).toBe(unasked.attack);
        expect(silent.decision === 'escalate').toBe(unasked.decision === 'escalate');
      }),
      runs,
    );
  });

  it('does not rest on an answer alone', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom('me', 'not_me', 'unsure', 'silent'), (given, contact) => {
        const { interview: _i, ...nothing } = { ...given, lines: [], findings: [], contact };
        expect(decideEscalation(nothing as EscalationInput).decision).not.toBe('escalate');
      }),
      runs,
    );
  });

  it('escalates more easily while the case keeps watch, never less', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { watch: _w, ...before } = given;
        fc.pre(decideEscalation(before).decision === 'escalate');
        for (const watch of ['running', 'ended'] as const)
          expect(decideEscalation({ ...given, watch }).decision).toBe('escalate');
      }),
      runs,
    );
  });

  it('ends a watch for good', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        expect(decideEscalation({ ...given, settled: true, watch: 'ended' }).decision).not.toBe('watch');
      }),
      runs,
    );
  });

  it('gives its likeliest explanation first and every reason with words and a source', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { reasons, ranking, attack, verdict, decision } = decideEscalation(given);
        expect(codesOf(reasons)).toContain(`explanation.${ranking?.[0]?.explanation}`);
        for (const reason of reasons) {
          expect(reason.text).not.toBe('');
          expect(reason.playbook).not.toBe('');
        }
        expect(attack).toBeGreaterThanOrEqual(0);
        expect(attack).toBeLessThanOrEqual(1);
        if (decision === 'escalate') expect(['compromised', 'insider', 'suspicious']).toContain(verdict);
      }),
      runs,
    );
  });
});

const codesOf = (reasons: readonly { readonly code: string }[]): readonly string[] => reasons.map((r) => r.code);
