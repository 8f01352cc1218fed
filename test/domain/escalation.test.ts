import { describe, expect, it } from 'vitest';
import { VERDICTS, type Escalation, type Verdict } from '../../domain/case.js';
import { decideEscalation, type EscalationInput } from '../../domain/escalation.js';
import { rank } from '../../domain/explanations.js';
import { defaultPolicy } from './fixtures.js';
import { digestOf, NO_IMPACT, quietCase, speaksFor, told } from './decision-scene.js';

const decide = (given: Partial<EscalationInput> = {}): Escalation => decideEscalation({ ...quietCase, ...given });
const outcome = ({ decision, verdict }: Escalation): string => `${decision} ${verdict}`;
const codes = ({ reasons }: Escalation): readonly string[] => reasons.map((r) => r.code);

describe('situations and what is decided', () => {
  it.each<[string, Partial<EscalationInput>, string]>([
    ['nothing of what the alert claims', { lines: [told('quiet')] }, 'close false_positive'],
    ['everything from the own desk', { lines: [told('acts.own')] }, 'close benign'],
    [
      'somebody else got in and collects',
      { lines: [told('access.other'), told('collection.other')] },
      'escalate compromised',
    ],
    [
      'an app that nobody of IT allowed collects',
      { lines: [told('app.rogue'), told('app.collects')] },
      'escalate compromised',
    ],
    ['a job as ever', { lines: [told('job.known'), told('acts.own')] }, 'close benign'],
    ['attempts that all failed', { lines: [told('attempts')] }, 'close benign'],
    [
      'attempts that all failed, and an honest "not me"',
      { lines: [told('attempts')], contact: 'not_me', foreignAccess: false },
      'close benign',
    ],
    [
      'a leaver takes the whole account away',
      { lines: [told('acts.own'), told('export.whole'), told('share.own.critical')] },
      'escalate insider',
    ],
    [
      'payroll at the month’s end, as every month',
      { lines: [told('acts.own'), told('collection.like'), told('critical.own')] },
      'close benign',
    ],
    [
      'an export that nobody asked for',
      { lines: [told('acts.own'), told('export.own'), told('collection.strange')], interview: 'no' },
      'escalate insider',
    ],
    [
      'an export that counsel asked for',
      { lines: [told('acts.own'), told('export.own'), told('collection.strange')], interview: 'yes' },
      'close benign',
    ],
    [
      'an administrator’s account in other hands weakens the controls',
      { lines: [told('access.other'), told('control.other')] },
      'escalate compromised',
    ],
    ['one access of which nobody can say whose it is', { lines: [told('access.unknown', 0.5)] }, 'close benign'],
    [
      'such an access, and it collects',
      { lines: [told('access.unknown'), told('collection.unknown')] },
      'watch suspicious',
    ],
  ])('%s', (_, given, expected) => {
    expect(outcome(decide(given))).toBe(expected);
  });
});

describe('an answer', () => {
  const theft = [told('access.other'), told('collection.other')];

  it('"me" does not close an attack', () => {
    expect(outcome(decide({ lines: theft, contact: 'me' }))).toBe('escalate compromised');
    // Nor a leaver's Takeout.
    const leaver = [told('acts.own'), told('export.whole'), told('share.own.critical')];
    expect(outcome(decide({ lines: leaver, contact: 'me' }))).toBe('escalate insider');
  });

  it('"not me" decides nothing without evidence', () => {
    for (const foreignAccess of [false, true]) {
      const { decision } = decide({ contact: 'not_me', foreignAccess });
      expect(decision).not.toBe('escalate');
      expect(decide({ lines: [told('acts.own')], contact: 'not_me', foreignAccess }).decision).not.toBe('escalate');
    }
  });

  it('"not me" tips the scale where there is an access that could be somebody else’s', () => {
    const lines = [told('access.unknown'), told('collection.unknown')];
    const asked = (foreignAccess: boolean): Escalation => decide({ lines, contact: 'not_me', foreignAccess });
    expect(outcome(asked(true))).toBe('escalate compromised');
    expect(asked(false).attack ?? 1).toBeLessThanOrEqual(decide({ lines }).attack ?? 0);
  });

  it('on a way that the suspicion touches says nothing', () => {
    const lines = [told('access.unknown'), told('collection.unknown')];
    const unsafe = decide({ lines, contact: 'me', contactIsSafe: false });
    expect(unsafe.attack).toBe(decide({ lines }).attack);
    expect(decide({ lines, contact: 'me' }).attack ?? 1).toBeLessThan(unsafe.attack ?? 0);
  });
});

describe('silence', () => {
  /** Signs that are not nothing, and not enough to keep the case on watch for their own sake. */
  const weak = {
    lines: [told('access.unknown', 1.5), told('takeover.unknown', 0.5)],
    findings: [digestOf('unusual_sign_in', { whose: 'unknown' })],
  };

  it('raises nothing at any severity; at most it keeps the case on watch', () => {
    for (const severity of ['info', 'low', 'medium', 'high', 'critical'] as const)
      for (const given of [{}, weak, { lines: [told('attempts')] }]) {
        const silent = decide({ ...given, severity, contact: 'silent' });
        expect(silent.attack).toBe(decide({ ...given, severity }).attack);
        expect(silent.decision).not.toBe('escalate');
      }
    expect(outcome(decide({ ...weak, contact: 'silent' }))).toBe('watch suspicious');
    expect(outcome(decide({ ...weak, contact: 'silent', severity: 'info' }))).toBe(outcome(decide(weak)));
    expect(decide({ contact: 'silent', severity: 'critical' }).decision).toBe('close');
  });

  it('does not keep a case on watch for ever', () => {
    expect(decide({ ...weak, contact: 'silent', watch: 'running' }).decision).toBe('watch');
    expect(decide({ ...weak, contact: 'silent', watch: 'ended' }).decision).toBe('close');
  });
});

describe('the hard rules of the playbook', () => {
  const leak = { ...NO_IMPACT, confirmedLeaks: 1, leakFindings: ['f-credential_exposed'] };
  const transfer = { ...NO_IMPACT, externalTransfers: 1, criticalTransfers: 1 };

  it('a leak whose use was logged, whatever else there is', () => {
    const found = decide({ impact: leak, findings: [digestOf('credential_exposed')], lines: [told('quiet', 3)] });
    expect(found.decision).toBe('escalate');
    expect(codes(found)).toContain('leak.confirmed');
    expect(decide({ impact: leak, findings: [] }).decision).toBe('close'); // nothing shows it
    expect(
      decide({ impact: { ...NO_IMPACT, exposedSecrets: 9 }, findings: [digestOf('credential_exposed')] }).decision,
    ).toBe('close');
  });

  it('a sensitive transfer by somebody else, not by the person', () => {
    const by = (whose: 'other' | 'own' | 'unknown' | 'job'): Escalation =>
      decide({ impact: transfer, findings: [digestOf('external_share', { whose, ownSession: whose === 'own' })] });
    expect(by('other').decision).toBe('escalate');
    expect(codes(by('other'))).toContain('transfer.sensitive');
    for (const whose of ['own', 'unknown', 'job'] as const) expect(by(whose).decision, whose).not.toBe('escalate');
  });

  it('impact alone makes nobody an insider', () => {
    const impact = { ...NO_IMPACT, level: 'high', criticalItems: 500 } as const;
    const findings = [digestOf('bulk_collection', { whose: 'own', ownSession: true })];
    expect(outcome(decide({ impact, findings, lines: [told('acts.own'), told('critical.own')] }))).toBe('close benign');
  });
});

describe('a responder’s verdict', () => {
  it('is what the case follows, with the odds beside it', () => {
    const followed: Record<Verdict, string> = {
      benign: 'close benign',
      false_positive: 'close false_positive',
      suspicious: 'watch suspicious',
      undetermined: 'watch undetermined',
      compromised: 'escalate compromised',
      insider: 'escalate insider',
    };
    for (const judgement of VERDICTS)
      for (const lines of [[], [told('access.other'), told('collection.other')]]) {
        const decided = decide({ judgement, lines });
        expect(outcome(decided)).toBe(followed[judgement]);
        expect(codes(decided)).toEqual(['judgement']);
        expect(decided.ranking?.length).toBeGreaterThan(0);
      }
  });
});

describe('what could not be read', () => {
  it('is never counted as clean: the case keeps watch and ends undetermined', () => {
    for (const lines of [[], [told('quiet')], [told('acts.own')], [told('job.known')], [told('attempts')]])
      for (const contact of ['not_contacted', 'me', 'silent'] as const) {
        const gap = { lines, contact, gaps: ['entra.sign_ins'] };
        expect(outcome(decide(gap))).toBe('watch undetermined');
        const ended = decide({ ...gap, watch: 'ended' });
        expect(outcome(ended)).toBe('close undetermined');
        expect(ended.reasons[0]).toMatchObject({
          code: 'evidence.gaps',
          text: expect.stringContaining('entra.sign_ins') as string,
        });
      }
  });

  it('before the logs have settled nothing is called harmless', () => {
    for (const lines of [[], [told('quiet')], [told('acts.own')], [told('access.unknown')]])
      expect(outcome(decide({ lines, settled: false }))).toBe('close undetermined');
    expect(decide({ lines: [told('access.other'), told('collection.other')], settled: false }).decision).toBe(
      'escalate',
    );
  });
});

describe('four thresholds', () => {
  const { watch, escalate, watchSensitivity } = defaultPolicy.decision.thresholds;
  /** Lines that make an attack as likely as wanted. */
  const likely = (wanted: number): EscalationInput['lines'] => {
    let [low, high] = [-20, 20];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (rank([speaksFor('intruder', middle)]).attack < wanted) low = middle;
      else high = middle;
    }
    return [speaksFor('intruder', high)];
  };

  it('below the first it closes, between them it keeps watch, above the second a responder has it', () => {
    expect(decide({ lines: likely(watch - 0.01) }).decision).toBe('close');
    expect(outcome(decide({ lines: likely(watch + 0.01) }))).toBe('watch suspicious');
    expect(outcome(decide({ lines: likely(escalate - 0.01) }))).toBe('watch suspicious');
    expect(decide({ lines: likely(escalate + 0.01) }).decision).toBe('escalate');
    expect(outcome(decide({ lines: likely(0.95) }))).toBe('escalate compromised');
  });

  it('a case on watch escalates more easily, and ends as suspicious where it does not', () => {
    const between = { lines: likely(escalate - watchSensitivity + 0.01) };
    expect(decide(between).decision).toBe('watch');
    for (const state of ['running', 'ended'] as const)
      expect(decide({ ...between, watch: state }).decision).toBe('escalate');
    const below = { lines: likely(escalate - watchSensitivity - 0.01) };
    expect(outcome(decide({ ...below, watch: 'running' }))).toBe('watch suspicious');
    expect(outcome(decide({ ...below, watch: 'ended' }))).toBe('close suspicious');
  });

  it('are policy, as the weights are', () => {
    const strict = {
      ...quietCase.policy.decision,
      thresholds: { ...defaultPolicy.decision.thresholds, escalate: 0.99 },
    };
    const lines = likely(0.9);
    expect(decide({ lines }).decision).toBe('escalate');
    expect(decide({ lines, policy: { ...quietCase.policy, decision: strict } }).decision).toBe('watch');
    const blind = { ...quietCase.policy.decision, weights: { 'access.other': { false_alert: 1 } } };
    const access = [told('access.other')];
    expect(decide({ lines: access, policy: { ...quietCase.policy, decision: blind } }).attack).toBeLessThan(
      decide({ lines: access }).attack ?? 0,
    );
  });
});
