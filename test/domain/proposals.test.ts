import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_KINDS, ACTS, type ActionKind, type PlannedFor } from '../../domain/acts/index.js';
import { buildPlan, type PlanInput } from '../../domain/containment-plan.js';
import { EXPLANATIONS, rank, type Explanation } from '../../domain/explanations.js';
import { againstHarmless, mayPropose, type Proposing } from '../../domain/proposals.js';
import { MICROSOFT_ORDER } from '../../platforms/microsoft/stopping-order.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { speaksFor } from './decision-scene.js';
import { after, defaultPolicy, event, finding, HOUR } from './fixtures.js';

const { thresholds } = defaultPolicy.decision;
const { low, medium, high } = thresholds.propose;
const EXPLANATION: Readonly<Record<PlannedFor, Explanation>> = {
  compromised: 'intruder',
  app: 'app',
  insider: 'insider',
};
const sureOf = (group: PlannedFor, probability: number, confirmed = false): Proposing => ({
  weighed: {
    attack: probability,
    ranking: [
      { explanation: EXPLANATION[group], probability },
      { explanation: 'own_work', probability: 1 - probability },
    ],
  },
  confirmed: confirmed ? [group] : [],
  thresholds,
});
const anybody = { special: false };
const special = { special: true };
const JUST = 0.005;

describe('an act may be proposed: act × group × confidence × who', () => {
  it.each<[ActionKind, PlannedFor, number, { readonly special: boolean }, boolean]>([
    // low harm
    ['end_sessions', 'compromised', low - JUST, anybody, false],
    ['end_sessions', 'compromised', low + JUST, anybody, true],
    ['end_sessions', 'compromised', low + JUST, special, false],
    ['end_sessions', 'compromised', low + thresholds.special + JUST, special, true],
    ['remove_mail_rule', 'compromised', low + JUST, anybody, true],
    // medium harm
    ['disable_account', 'compromised', low + JUST, anybody, false],
    ['disable_account', 'compromised', medium + JUST, anybody, true],
    ['disable_account', 'compromised', medium + JUST, special, false],
    ['disable_account', 'compromised', medium + thresholds.special + JUST, special, true],
    ['remove_auth_method', 'compromised', medium + JUST, anybody, true],
    ['remove_app', 'app', medium - JUST, anybody, false],
    ['remove_app', 'app', medium + JUST, anybody, true],
    ['revoke_tokens', 'app', medium + JUST, anybody, true],
    // high harm
    ['quarantine_device', 'compromised', medium + JUST, anybody, false],
    ['quarantine_device', 'compromised', high + JUST, anybody, true],
    ['quarantine_device', 'compromised', high + JUST, special, false],
    // an insider before anybody has confirmed it: data is kept and what left is taken back, nobody is locked out
    ['hold_data', 'insider', low + JUST, anybody, true],
    ['revoke_share', 'insider', low + JUST, anybody, true],
    ['disable_account', 'insider', 0.999, anybody, false],
    ['end_sessions', 'insider', 0.999, anybody, false],
    ['revoke_tokens', 'insider', 0.999, special, false],
  ])('%s for %s at %d, %o: %s', (kind, group, probability, who, expected) => {
    expect(mayPropose(kind, group, who, sureOf(group, probability))).toBe(expected);
  });

  it('an insider may be stopped once somebody who has to know confirms it', () => {
    for (const kind of ['disable_account', 'end_sessions', 'hold_data'] as const)
      expect(mayPropose(kind, 'insider', anybody, sureOf('insider', 0.6, true))).toBe(true);
  });

  it('nobody special is met with less certainty than anybody', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTION_KINDS),
        fc.constantFrom('compromised' as const, 'app' as const, 'insider' as const),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, group, probability) => {
          const given = sureOf(group, probability);
          if (mayPropose(kind, group, special, given)) expect(mayPropose(kind, group, anybody, given)).toBe(true);
        },
      ),
    );
  });

  it('what harms more needs more, and more certainty never takes a proposal back', () => {
    const order = ['low', 'medium', 'high'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTION_KINDS),
        fc.constantFrom(...ACTION_KINDS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other, a, b) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)];
          const may = (kind: ActionKind, p: number): boolean =>
            mayPropose(kind, 'compromised', anybody, sureOf('compromised', p));
          if (may(one, less)) expect(may(one, more)).toBe(true);
          if (order.indexOf(ACTS[one].risk) <= order.indexOf(ACTS[other].risk) && may(other, a))
            expect(may(one, a)).toBe(true);
        },
      ),
    );
  });

  it('holds each malicious explanation against the harmless ones alone: a thief who lets an app in is met as both', () => {
    const { ranking, attack } = rank([speaksFor('intruder', 8), speaksFor('app', 7.5)]);
    const weighed = { ranking, attack };
    expect(ranking.filter((r) => ['intruder', 'app'].includes(r.explanation)).every((r) => r.probability < 0.8)).toBe(
      true,
    );
    for (const explanation of ['intruder', 'app'] as const)
      expect(againstHarmless(weighed, explanation)).toBeGreaterThan(0.9);
    expect(againstHarmless(weighed, 'insider')).toBeLessThan(0.5);
  });

  it('what is confirmed of an insider licenses nothing against somebody else or an app', () => {
    const given = { weighed: { attack: 0.3, ranking: [] }, confirmed: ['insider'], thresholds } as const;
    for (const kind of ACTION_KINDS) {
      expect(mayPropose(kind, 'insider', anybody, given), kind).toBe(true);
      for (const group of ['compromised', 'app'] as const)
        expect(mayPropose(kind, group, anybody, given), kind).toBe(false);
    }
  });

  it('is nothing for a case that was never weighed', () => {
    for (const kind of ACTION_KINDS)
      for (const group of ['compromised', 'app', 'insider'] as const)
        expect(mayPropose(kind, group, anybody, { weighed: {}, confirmed: [], thresholds })).toBe(false);
  });
});

describe('a case about an app', () => {
  /** Acts on an account of a person. */
  const OF_ACCOUNTS: readonly ActionKind[] = [
    'disable_account',
    'reset_credentials',
    'end_sessions',
    'confirm_compromised',
    'remove_auth_method',
    'hold_data',
  ];
  const able = {
    order: MICROSOFT_ORDER,
    acts: Object.fromEntries(ACTION_KINDS.map((k) => [k, { reversible: true, undo: '', losses: '' }])),
    limitations: [],
  };
  const app: SubjectFacts = {
    subjectId: 's-app',
    kind: 'app',
    vip: false,
    authority: 'microsoft',
    accounts: [{ platform: 'microsoft', tenant: 'main', nativeId: 'A1' }],
    protectedBecause: [],
    readAt: after(0),
  };
  const row = { platform: 'microsoft', app: { id: 'A1', scopes: ['Chat.Read.All'] } } as const;
  const rows = [
    event({ id: 'g', kind: 'app_grant', actor: 'M1', ...row }),
    event({ id: 'r1', kind: 'api_activity', actor: 'A1', count: 900, ...row }),
    event({ id: 'r2', kind: 'file_download', actor: 'M1', ...row }),
  ];
  const plan = (given: Partial<PlanInput>) =>
    buildPlan({
      ...{ planId: 'p-1', caseId: 'c-1', purpose: 'containment', verdict: 'compromised', subject: app },
      ...{ findings: [], events: rows, isProtectedAddress: () => false, policy: defaultPolicy.containment },
      ...{
        policyDigest: '0'.repeat(64),
        manifests: [],
        earlier: [],
        suspects: [],
        now: after(0),
        expiresAt: after(HOUR),
      },
      capabilities: { slack: able, microsoft: able, google: able },
      proposing: sureOf('app', 0.97),
      ...given,
    });
  const collects = finding({
    ...{
      platform: 'microsoft',
      kind: 'bulk_collection',
      whose: 'app',
      events: ['r1', 'r2'],
      foreignEvents: ['r1', 'r2'],
    },
  });
  const consent = finding({ platform: 'microsoft', kind: 'app_consent', whose: 'unknown', events: ['g'] });

  it('takes the app away and the tokens of those in whose name it acts', () => {
    const actions = plan({ findings: [collects, consent] })?.actions ?? [];
    expect(actions.map((a) => a.kind)).toContain('remove_app');
    expect(actions.filter((a) => a.kind === 'remove_app').map((a) => a.target)).toContainEqual(
      expect.objectContaining({ type: 'app', appId: 'A1' }),
    );
    expect(actions.filter((a) => a.kind === 'revoke_tokens').map((a) => a.target)).toEqual([
      { type: 'account', accountId: 'M1' },
    ]);
  });

  it('never has an act on an account by the app’s id, however sure the case is of whatever', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('compromised' as const, 'app' as const, 'insider' as const),
        fc.boolean(),
        fc.subarray(['own', 'other', 'app', 'unknown'] as const, { minLength: 1 }),
        (group, confirmed, whose) => {
          const findings = whose.flatMap((w) => [
            { ...collects, id: `c-${w}`, whose: w, ownSession: w === 'own' },
            { ...consent, id: `g-${w}`, whose: w, ownSession: w === 'own' },
          ]);
          const actions = plan({ findings, proposing: sureOf(group, 1, confirmed) })?.actions ?? [];
          for (const { kind, target } of actions) {
            if (OF_ACCOUNTS.includes(kind)) expect([kind, target]).toEqual([kind, 'nobody’s account']);
            if (target.type === 'account' || target.type === 'sessions') expect(target.accountId).not.toBe('A1');
          }
        },
      ),
    );
  });

  const person: SubjectFacts = {
    ...app,
    kind: 'person',
    accounts: [{ platform: 'microsoft', tenant: 'main', nativeId: 'M1' }],
  };
  it.each(['own', 'other', 'unknown'] as const)(
    'takes the app away also from a person who let it in, whoever pressed the button: %s',
    (whose) => {
      const findings = [{ ...consent, whose, ownSession: whose === 'own' }];
      const removed = (probability: number): readonly object[] =>
        (plan({ subject: person, findings, proposing: sureOf('app', probability) })?.actions ?? [])
          .filter((a) => a.kind === 'remove_app')
          .map((a) => a.target);
      expect(removed(0.97)).toEqual([{ type: 'app', appId: 'A1', accountId: 'M1' }]);
      expect(removed(0.5)).toEqual([]);
    },
  );

  it('is left alone where IT approved the app', () => {
    const ofJob = [collects, consent].map((f) => ({ ...f, whose: 'job' as const, ownSession: true }));
    expect(plan({ findings: ofJob, proposing: sureOf('app', 1, true) })).toBeUndefined();
  });
});

it('every kind of case has its explanation among the malicious ones', () => {
  for (const explanation of Object.values(EXPLANATION)) expect(EXPLANATIONS).toContain(explanation);
});
