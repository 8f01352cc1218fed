import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearanceOf, refuseDecision, type ApprovalContext } from '../../domain/approval.js';
import { canonicalJson, digest } from '../../domain/canonical.js';
import type { ApprovalDecision, Decider, DecisionKey, Signed } from '../../domain/decision.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';
import { at } from './support.js';

const NOW = at(0);
const PEOPLE = ['ann', 'bob', 'cid', 'dee', 'eve'] as const;
const secrets = new Map([...PEOPLE, 'console', 'stranger'].map((p) => [p, ed25519.utils.randomSecretKey()]));
const secret = (name: string): Uint8Array => secrets.get(name) ?? new Uint8Array(32);
const publicKey = (name: string): string => bytesToHex(ed25519.getPublicKey(secret(name)));

const KEYS: readonly DecisionKey[] = [
  ...PEOPLE.map((personId) => ({
    keyId: `k-${personId}`,
    publicKey: publicKey(personId),
    holder: { kind: 'person' as const, personId },
  })),
  { keyId: 'k-console', publicKey: publicKey('console'), holder: { kind: 'console' } },
];
/** Eve is the subject; Dee owns an account that the plan acts on. */
const DECIDERS: readonly Decider[] = [
  { personId: 'ann', roles: ['responder', 'lead'], subjectId: 's-ann' },
  { personId: 'bob', roles: ['responder'], subjectId: 's-bob' },
  { personId: 'cid', roles: ['lead'], subjectId: 's-cid' },
  { personId: 'dee', roles: ['responder', 'lead'], subjectId: 's-dee', accounts: ['U9'] },
  { personId: 'eve', roles: ['responder', 'lead'], subjectId: 's-1' },
];

const action = (step: number, rule: string, id = 'U1'): PlannedAction => ({
  platform: 'slack',
  tenant: 'main',
  step,
  kind: 'disable_account',
  target: { type: 'account', id },
  by: 'vendor',
  reason: 'findings are on this platform',
  reversible: true,
  undo: 'reactivate',
  losses: '',
  d3fend: 'D3-AL',
  rule,
});
const plan = (actions: readonly PlannedAction[]): ContainmentPlan => ({
  planId: 'p-1',
  caseId: 'case-s-1',
  subjectId: 's-1',
  purpose: 'containment',
  actions,
  policyDigest: 'd',
  createdAt: at(-10),
  expiresAt: at(600),
  manifests: [],
});
const PLAN = plan([
  action(1, 'one_responder'),
  action(2, 'two_responders'),
  action(3, 'two_leads'),
  action(4, 'automatic', 'U9'),
  action(5, 'nobody_knows'),
]);
const context = (of = PLAN): ApprovalContext => ({
  plan: of,
  planDigest: digest(of),
  rules: [
    { name: 'one_responder', quorum: 1, roles: ['responder', 'lead'] },
    { name: 'two_responders', quorum: 2, roles: ['responder', 'lead'] },
    { name: 'two_leads', quorum: 2, roles: ['lead'] },
  ],
  deciders: DECIDERS,
  keys: KEYS,
});

let nonces = 0;
const body = (change: Partial<ApprovalDecision> = {}, of = PLAN): ApprovalDecision => ({
  type: 'approval',
  caseId: of.caseId,
  planId: of.planId,
  planDigest: digest(of),
  verb: 'approve',
  personId: 'ann',
  role: 'responder',
  at: at(-1),
  expiresAt: at(60),
  nonce: `n-${nonces++}`,
  ...change,
});
const sign = (signed: ApprovalDecision, by: string = signed.personId): Signed<ApprovalDecision> => ({
  body: signed,
  keyId: `k-${by}`,
  signature: Buffer.from(ed25519.sign(utf8ToBytes(canonicalJson(signed)), secret(by))).toString('base64url'),
});
const refusal = (
  decision: Signed<ApprovalDecision>,
  of = context(),
  accepted: readonly Signed<ApprovalDecision>[] = [],
  now = NOW,
) => refuseDecision(decision, of, accepted, now);

describe('refuseDecision', () => {
  it('takes a decision by the key of its person, or of the console for a signed-in person', () => {
    expect(refusal(sign(body()))).toBeUndefined();
    expect(refusal(sign(body(), 'console'))).toBeUndefined();
    expect(refusal(sign(body({ steps: [1, 3] })))).toBeUndefined();
  });

  it('refuses every change of one character of the signature', () => {
    const good = sign(body());
    const other = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(fc.nat({ max: good.signature.length - 1 }), other, (place, char) => {
        fc.pre(good.signature[place] !== char);
        const signature = good.signature.slice(0, place) + char + good.signature.slice(place + 1);
        expect(refusal({ ...good, signature })).toBe('SIGNATURE');
      }),
    );
    for (const signature of [`${good.signature}=`, `${good.signature}A`, good.signature.slice(1), ''])
      expect(refusal({ ...good, signature })).toBe('SIGNATURE');
  });

  it('refuses every change of a field after signing', () => {
    const good = sign(body({ steps: [1] }));
    const fields = Object.keys(good.body).filter((f) => f !== 'type') as (keyof ApprovalDecision)[];
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
        fc.pre(canonicalJson(value) !== canonicalJson(good.body[field]));
        expect(refusal({ ...good, body: { ...good.body, [field]: value } })).toBe('SIGNATURE');
        const { [field]: _gone, ...rest } = good.body;
        expect(refusal({ ...good, body: rest as ApprovalDecision })).toBe('SIGNATURE');
      }),
    );
    expect(refusal({ ...good, body: { ...good.body, extra: 1 } as ApprovalDecision })).toBe('SIGNATURE');
  });

  it('never lets one person sign for another, nor an unknown key for anybody', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PEOPLE), fc.constantFrom(...PEOPLE, 'stranger'), (personId, by) => {
        fc.pre(personId !== by);
        expect(refusal(sign(body({ personId }), by))).toBe('SIGNATURE');
      }),
    );
  });

  it('is bound to the whole plan: any change of the plan makes it void', () => {
    const good = sign(body());
    const leaves = ['kind', 'by', 'reason', 'rule', 'undo', 'tenant', 'd3fend', 'losses'] as const;
    fc.assert(
      fc.property(fc.nat({ max: PLAN.actions.length - 1 }), fc.constantFrom(...leaves), (index, leaf) => {
        const actions = PLAN.actions.map((a, i) => (i === index ? { ...a, [leaf]: `${a[leaf]}x` } : a));
        expect(refusal(good, context(plan(actions)))).toBe('PLAN_CHANGED');
      }),
    );
    expect(refusal(good, context(plan(PLAN.actions.slice(1))))).toBe('PLAN_CHANGED');
  });

  it.each([
    ['another case', { caseId: 'case-s-2' }, 'NOT_AUTHORISED'],
    ['another plan', { planId: 'p-2' }, 'NOT_AUTHORISED'],
    ['another digest', { planDigest: 'f'.repeat(64) }, 'PLAN_CHANGED'],
    ['an unknown verb', { verb: 'bless' as 'approve' }, 'NOT_AUTHORISED'],
    ['no step at all', { steps: [] }, 'NOT_AUTHORISED'],
    ['a step the plan has not', { steps: [1, 6] }, 'NOT_AUTHORISED'],
    ['steps as text', { steps: '1234' as unknown as number[] }, 'NOT_AUTHORISED'],
    ['no nonce', { nonce: '' }, 'NOT_AUTHORISED'],
    ['the past', { expiresAt: NOW }, 'DECISION_EXPIRED'],
    ['an expiry that is no time', { expiresAt: 'zzzz' }, 'DECISION_EXPIRED'],
    ['the future', { at: at(2) }, 'DECISION_EXPIRED'],
    ['a time that is no time', { at: '~' }, 'DECISION_EXPIRED'],
    ['nobody we know', { personId: 'zoe' }, 'NOT_AUTHORISED'],
    ['a role they lack', { personId: 'bob', role: 'lead' }, 'NOT_AUTHORISED'],
    ['the subject', { personId: 'eve' }, 'NOT_AUTHORISED'],
    ['the owner of a target', { personId: 'dee' }, 'NOT_AUTHORISED'],
  ] as const)('refuses %s though it is well signed', (_name, change, code) => {
    expect(refusal(sign(body(change), 'console'))).toBe(code);
  });

  it('refuses who the case suspects, in every verb', () => {
    for (const verb of ['approve', 'deny', 'release'] as const) {
      expect(refusal(sign(body({ verb })), { ...context(), suspects: ['s-bob'] })).toBeUndefined();
      expect(refusal(sign(body({ verb })), { ...context(), suspects: ['s-ann'] })).toBe('NOT_AUTHORISED');
    }
  });

  it('uses a nonce once: the same decision again is the same, another with its nonce is a replay', () => {
    const first = sign(body());
    const second = sign(body({ verb: 'deny', nonce: first.body.nonce }));
    expect(refusal(first, context(), [first])).toBeUndefined();
    expect(refusal(second, context(), [first])).toBe('DECISION_REPLAYED');
  });

  it('ends with the plan, but a release does not', () => {
    const late = { expiresAt: at(2_000) };
    expect(refusal(sign(body(late)), context(), [], at(601))).toBe('DECISION_EXPIRED');
    expect(refusal(sign(body({ ...late, verb: 'release' })), context(), [], at(601))).toBeUndefined();
    expect(refusal(sign(body({ verb: 'release' })), context(), [], at(601))).toBe('DECISION_EXPIRED');
  });

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (sent, inner) => {
        for (const anything of [
          sent,
          { body: inner },
          { body: { type: 'approval' }, keyId: 'k-ann', signature: inner },
        ])
          expect(refusal(anything as Signed<ApprovalDecision>)).toMatch(/^[A-Z_]+$/);
      }),
    );
  });
});

describe('clearanceOf', () => {
  const clearance = (...decisions: readonly ApprovalDecision[]) =>
    clearanceOf(
      context(),
      decisions.map((d) => sign(d)),
    );
  const approve = (personId: string, role: string, steps?: readonly number[]): ApprovalDecision =>
    body({ personId, role, ...(steps ? { steps } : {}) });

  it('leaves every step that asks people waiting at first, and denies a rule that is not configured', () => {
    expect(clearance()).toEqual({ cleared: [4], denied: [5], waiting: [1, 2, 3], released: false });
  });

  it('counts people and their roles', () => {
    expect(clearance(approve('ann', 'responder')).cleared).toEqual([1, 4]);
    expect(clearance(approve('ann', 'responder'), approve('ann', 'lead')).cleared).toEqual([1, 4]);
    expect(clearance(approve('ann', 'responder'), approve('bob', 'responder')).cleared).toEqual([1, 2, 4]);
    expect(clearance(approve('ann', 'lead'), approve('cid', 'lead')).cleared).toEqual([1, 2, 3, 4]);
  });

  it('counts one human once, under however many names', () => {
    const twice = { ...context(), deciders: [...DECIDERS, { personId: 'ann2', roles: ['lead'], subjectId: 's-ann' }] };
    const both = [sign(approve('ann', 'lead')), sign(approve('ann2', 'lead'), 'console')];
    expect(clearanceOf(twice, both).cleared).toEqual([1, 4]);
  });

  it('clears only the steps that were decided on', () => {
    expect(clearance(approve('ann', 'responder', [2])).cleared).toEqual([4]);
    expect(clearance(approve('ann', 'responder', [1, 2]), approve('bob', 'responder', [2])).cleared).toEqual([1, 2, 4]);
  });

  const anyDecision = fc
    .record({
      personId: fc.constantFrom('ann', 'bob', 'cid'),
      verb: fc.constantFrom('approve' as const, 'deny' as const, 'release' as const),
      role: fc.constantFrom('responder', 'lead'),
      steps: fc.option(fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }), { nil: undefined }),
    })
    .map(({ steps, ...rest }) => body({ ...rest, ...(steps ? { steps } : {}) }));

  it('puts each step in exactly one place, whatever the order of the decisions', () => {
    fc.assert(
      fc.property(fc.array(anyDecision, { maxLength: 8 }), (decisions) => {
        const is = clearance(...decisions);
        expect([...is.cleared, ...is.denied, ...is.waiting].sort()).toEqual([1, 2, 3, 4, 5]);
        expect(clearance(...decisions.toReversed())).toEqual(is);
      }),
    );
  });

  it('lets a denial win over any number of approvals', () => {
    fc.assert(
      fc.property(fc.array(anyDecision, { maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (decisions, step) => {
        const denial = body({ personId: 'ann', role: 'lead', verb: 'deny', steps: [step] });
        expect(clearance(...decisions, denial).denied).toContain(step);
      }),
    );
  });

  it('never clears a step with fewer people than its rule asks for', () => {
    fc.assert(
      fc.property(fc.array(anyDecision, { maxLength: 6 }), (decisions) => {
        const approving = (step: number, roles: readonly string[]): number =>
          new Set(
            decisions
              .filter((d) => d.verb === 'approve' && roles.includes(d.role) && (d.steps?.includes(step) ?? true))
              .map((d) => d.personId),
          ).size;
        const { cleared } = clearance(...decisions);
        if (cleared.includes(1)) expect(approving(1, ['responder', 'lead'])).toBeGreaterThanOrEqual(1);
        if (cleared.includes(2)) expect(approving(2, ['responder', 'lead'])).toBeGreaterThanOrEqual(2);
        if (cleared.includes(3)) expect(approving(3, ['lead'])).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('releases by the strictest rule, and only what is released as a whole', () => {
    const release = (personId: string, steps?: readonly number[]): ApprovalDecision =>
      body({ personId, role: 'lead', verb: 'release', ...(steps ? { steps } : {}) });
    expect(clearance(release('ann')).released).toBe(false);
    expect(clearance(release('ann'), release('cid')).released).toBe(true);
    expect(clearance(release('ann'), release('cid', [1])).released).toBe(false);
  });
});
