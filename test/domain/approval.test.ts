import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearanceOf, refuseDecision, roleFor, type ApprovalContext } from '../../domain/approval.js';
import { canonicalJson, digest } from '../../domain/canonical.js';
import type { ApprovalDecision, DecisionKey, Signed } from '../../domain/decision.js';
import { ERRORS } from '../../domain/errors.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';

interface Pen {
  readonly key: DecisionKey;
  sign<T>(body: T): Signed<T>;
}
function pen(keyId: string, holder: DecisionKey['holder']): Pen {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  return {
    key: { keyId, publicKey: raw, holder },
    sign: (body) => ({
      body,
      keyId,
      signature: sign(null, Buffer.from(canonicalJson(body)), privateKey).toString('base64url'),
    }),
  };
}
const console_ = pen('console', { kind: 'console' });
const people = ['ana', 'ben', 'cleo', 'dan', 'eve'].map((p) => pen(`key-${p}`, { kind: 'person', personId: p }));

const NOW = '2026-03-10T12:00:00.000Z';
const LATER = '2026-03-10T16:00:00.000Z';
const action = (step: number, rule: string, accountId = 'U1'): PlannedAction => ({
  platform: 'slack',
  tenant: 'main',
  step,
  kind: 'disable_account',
  target: { type: 'account', accountId },
  by: 'vendor',
  reason: 'findings are on this platform',
  reversible: true,
  undo: 'enable it',
  losses: '',
  d3fend: 'D3-AL',
  rule,
});
const plan: ContainmentPlan = {
  planId: 'p-1',
  caseId: 'c-1',
  subjectId: 's-1',
  suspects: [{ subjectId: 's-1', accounts: [] }],
  purpose: 'containment',
  actions: [action(1, 'one'), action(2, 'two'), action(3, 'automatic'), action(4, 'gone')],
  policyDigest: '0'.repeat(64),
  createdAt: NOW,
  expiresAt: LATER,
  manifests: [],
};
const context: ApprovalContext = {
  plan,
  planDigest: digest(plan),
  rules: [
    { name: 'one', quorum: 1, roles: ['responder', 'lead'] },
    { name: 'two', quorum: 2, roles: ['lead'] },
  ],
  deciders: [
    { personId: 'ana', roles: ['responder', 'lead'], subjectId: 's-ana', accounts: ['U-ana'] },
    { personId: 'ben', roles: ['lead'] },
    { personId: 'cleo', roles: ['responder'] },
    { personId: 'dan', roles: ['lead'], subjectId: 's-1' },
    { personId: 'eve', roles: ['lead'], subjectId: 's-eve', accounts: ['U-eve'] },
  ],
  keys: [console_.key, ...people.map((p) => p.key)],
};
const body = (given: Partial<ApprovalDecision> = {}): ApprovalDecision => ({
  type: 'approval',
  caseId: 'c-1',
  planId: 'p-1',
  planDigest: context.planDigest,
  verb: 'approve',
  personId: 'ana',
  role: 'lead',
  at: NOW,
  expiresAt: LATER,
  nonce: 'n-1',
  ...given,
});
const by = (given: Partial<ApprovalDecision> = {}): Signed<ApprovalDecision> => console_.sign(body(given));
const refuse = (
  decision: Signed<ApprovalDecision>,
  given: Partial<ApprovalContext> = {},
  accepted: readonly Signed<ApprovalDecision>[] = [],
  now = NOW,
): string | undefined => refuseDecision(decision, { ...context, ...given }, accepted, now);

const bodies = fc.record({
  steps: fc.option(fc.uniqueArray(fc.constantFrom(1, 2, 3, 4), { minLength: 1 }), { nil: undefined }),
  verb: fc.constantFrom('approve', 'deny', 'release'),
  who: fc.constantFrom(
    { personId: 'ana', role: 'responder' },
    { personId: 'ana', role: 'lead' },
    { personId: 'ben', role: 'lead' },
    { personId: 'cleo', role: 'responder' },
    { personId: 'eve', role: 'lead' },
  ),
  nonce: fc.string({ minLength: 1, maxLength: 12 }),
});
const valid = bodies.chain(({ who, steps, ...rest }) => {
  const of = body({ ...rest, ...who, ...(steps === undefined ? {} : { steps }) });
  const own = people.find((p) => p.key.keyId === `key-${who.personId}`) ?? console_;
  return fc.constantFrom(console_, own).map((p) => p.sign(of));
});

describe('a decision', () => {
  it('counts when it is valid, by the console or the own key, also after JSON', () => {
    fc.assert(
      fc.property(valid, (decision) => {
        expect(refuse(decision)).toBeUndefined();
        expect(refuse(JSON.parse(JSON.stringify(decision)) as typeof decision)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('is refused with a code of the catalogue when any field of its body says something else', () => {
    const fields = Object.keys(body({ steps: [1] })) as (keyof ApprovalDecision)[];
    fc.assert(
      fc.property(valid, fc.constantFrom(...fields), fc.jsonValue(), (decision, field, value) => {
        fc.pre(canonicalJson(value) !== canonicalJson(decision.body[field] ?? null));
        const changed = { ...decision, body: { ...decision.body, [field]: value } };
        expect(Object.keys(ERRORS)).toContain(refuse(changed));
      }),
      { numRuns: 150 },
    );
    for (const field of fields.filter((f) => f !== 'steps')) {
      const { [field]: _gone, ...rest } = body();
      expect(refuse({ ...by(), body: rest as ApprovalDecision }), field).toBeDefined();
    }
    expect(refuse({ ...by(), body: { ...body(), more: 1 } as ApprovalDecision })).toBe('SIGNATURE');
  });

  it('is refused when any character of the signature or key id is another one', () => {
    const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ');
    fc.assert(
      fc.property(valid, fc.nat(85), fc.constantFrom(...letters), (decision, at, letter) => {
        fc.pre(decision.signature[at] !== letter);
        const signature = decision.signature.slice(0, at) + letter + decision.signature.slice(at + 1);
        expect(refuse({ ...decision, signature })).toBe('SIGNATURE');
      }),
      { numRuns: 150 },
    );
    const decision = by();
    // The last character holds two bits of the signature; the other four must not make a second valid form.
    for (const letter of letters)
      if (letter !== decision.signature.at(-1))
        expect(refuse({ ...decision, signature: decision.signature.slice(0, -1) + letter }), letter).toBe('SIGNATURE');
    for (const signature of ['', `${decision.signature}=`, `${decision.signature}A`, decision.signature.slice(0, -1)])
      expect(refuse({ ...decision, signature })).toBe('SIGNATURE');
    expect(refuse({ ...decision, keyId: 'consolf' })).toBe('SIGNATURE');
    expect(refuse({ ...decision, keyId: 'key-ana' })).toBe('SIGNATURE');
  });

  it("is refused when one person's key signs for another person", () => {
    const ben = people[1]!;
    expect(refuse(ben.sign(body({ personId: 'ben' })))).toBeUndefined();
    expect(refuse(ben.sign(body({ personId: 'ana' })))).toBe('SIGNATURE');
  });

  it.each([
    ['another case', by({ caseId: 'c-2' }), 'NOT_AUTHORISED'],
    ['another plan', by({ planId: 'p-2' }), 'NOT_AUTHORISED'],
    ['a plan that changed', by({ planDigest: digest({ ...plan, actions: [] }) }), 'PLAN_CHANGED'],
    ['a decision that has expired', by({ expiresAt: NOW }), 'DECISION_EXPIRED'],
    ['a decision that never says when it expires', by({ expiresAt: undefined as never }), 'DECISION_EXPIRED'],
    ['a person nobody knows', by({ personId: 'mallory' }), 'NOT_AUTHORISED'],
    ['a role that is not held', by({ personId: 'cleo', role: 'lead' }), 'NOT_AUTHORISED'],
    ['the subject itself', by({ personId: 'dan' }), 'NOT_AUTHORISED'],
    ['an expiry that is no instant', by({ expiresAt: 'zzzz' }), 'DECISION_EXPIRED'],
    ['a decision from the future', by({ at: LATER }), 'DECISION_EXPIRED'],
    ['a verb nobody knows', by({ verb: 'bless' as never }), 'NOT_AUTHORISED'],
    ['no step at all', by({ steps: [] }), 'NOT_AUTHORISED'],
    ['a step the plan has not', by({ steps: [1, 9] }), 'NOT_AUTHORISED'],
    ['steps as text', by({ steps: '1234' as never }), 'NOT_AUTHORISED'],
    ['no nonce', by({ nonce: '' }), 'NOT_AUTHORISED'],
    ['a nonce that is no text', by({ nonce: ['n-1'] as never }), 'NOT_AUTHORISED'],
    ['an answer in its place', console_.sign({ ...body(), type: 'answer' } as never), 'NOT_AUTHORISED'],
  ])('is refused: %s', (_, decision, code) => {
    expect(refuse(decision)).toBe(code);
  });

  it('is refused from whom the case suspects and from whose account the plan acts on', () => {
    const eve = by({ personId: 'eve' });
    expect(refuse(eve)).toBeUndefined();
    for (const suspect of [
      { subjectId: 's-eve', accounts: [] },
      { subjectId: 's-other', accounts: [{ platform: 'slack' as const, tenant: 'main', nativeId: 'U-eve' }] },
    ]) {
      const suspected = { ...plan, suspects: [...plan.suspects, suspect] };
      const given = by({ personId: 'eve', planDigest: digest(suspected) });
      expect(refuse(given, { plan: suspected, planDigest: digest(suspected) })).toBe('NOT_AUTHORISED');
    }
    expect(refuse(eve, { affected: ['U-eve'] })).toBe('NOT_AUTHORISED');
    const onEve = { ...plan, actions: [action(1, 'one', 'U-eve')] };
    expect(refuse(by({ personId: 'eve', planDigest: digest(onEve) }), { plan: onEve, planDigest: digest(onEve) })).toBe(
      'NOT_AUTHORISED',
    );
    const amongOthers = { ...plan, actions: [...plan.actions, action(5, 'one', 'U-eve')] };
    expect(
      refuse(by({ personId: 'eve', planDigest: digest(amongOthers) }), {
        plan: amongOthers,
        planDigest: digest(amongOthers),
      }),
    ).toBe('NOT_AUTHORISED');
    const appOfEve = {
      ...plan,
      actions: [{ ...action(1, 'one'), target: { type: 'app' as const, appId: 'A1', accountId: 'U-eve' } }],
    };
    expect(
      refuse(by({ personId: 'eve', planDigest: digest(appOfEve) }), { plan: appOfEve, planDigest: digest(appOfEve) }),
    ).toBe('NOT_AUTHORISED');
  });

  it('may come from a clock that runs a minute ahead, and no more', () => {
    const ahead = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();
    expect(refuse(by({ at: ahead(60_000) }))).toBeUndefined();
    expect(refuse(by({ at: ahead(60_001) }))).toBe('DECISION_EXPIRED');
  });

  it('dies with the plan; only a release may come later', () => {
    const late = { expiresAt: '2026-03-11T00:00:00.000Z' };
    expect(refuse(by(late), {}, [], LATER)).toBe('DECISION_EXPIRED');
    expect(refuse(by({ ...late, verb: 'deny' }), {}, [], LATER)).toBe('DECISION_EXPIRED');
    expect(refuse(by({ ...late, verb: 'release' }), {}, [], LATER)).toBeUndefined();
  });

  it('is refused, never thrown at, whatever was sent', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (sent, inner) => {
        for (const any of [sent, { body: inner }, { body: { type: 'approval' }, keyId: 'key-ana', signature: inner }])
          expect(Object.keys(ERRORS)).toContain(refuse(any as Signed<ApprovalDecision>));
      }),
      { numRuns: 150 },
    );
  });

  it('is single use: the same one again is the same, its nonce on another body is a replay', () => {
    const first = by();
    expect(refuse(first, {}, [first])).toBeUndefined();
    expect(refuse(by({ verb: 'deny' }), {}, [first])).toBe('DECISION_REPLAYED');
    expect(refuse(by({ personId: 'ben' }), {}, [first])).toBe('DECISION_REPLAYED');
    expect(refuse(by({ verb: 'deny', nonce: 'n-2' }), {}, [first])).toBeUndefined();
  });
});

describe('the clearance of a plan', () => {
  it('counts distinct people in a role of the rule, step by step', () => {
    expect(clearanceOf(context, [])).toEqual({ cleared: [3], denied: [4], waiting: [1, 2], released: false });
    const ana = by();
    expect(clearanceOf(context, [ana, by({ nonce: 'n-2' })]).cleared).toEqual([1, 3]);
    expect(clearanceOf(context, [ana, by({ nonce: 'n-3', personId: 'cleo', role: 'responder' })]).waiting).toEqual([2]);
    expect(clearanceOf(context, [ana, by({ nonce: 'n-4', personId: 'ben' })]).cleared).toEqual([1, 2, 3]);
    expect(clearanceOf(context, [by({ steps: [2] }), by({ personId: 'ben', steps: [1] })])).toMatchObject({
      cleared: [1, 3],
      waiting: [2],
    });
  });

  it('is denied by one denial, however many approve; order and repetition mean nothing', () => {
    fc.assert(
      fc.property(fc.array(valid, { maxLength: 8 }), fc.nat(8), (decisions, at) => {
        const seen = clearanceOf(context, decisions);
        const again = [...decisions.slice(at), ...decisions.slice(0, at), ...decisions];
        expect(clearanceOf(context, again)).toEqual(seen);
        expect([...seen.cleared, ...seen.denied, ...seen.waiting].sort()).toEqual([1, 2, 3, 4]);
        for (const [step, roles] of [
          [1, ['responder', 'lead']],
          [2, ['lead']],
        ] as const) {
          const about = decisions
            .map((d) => d.body)
            .filter((b) => (b.steps?.includes(step) ?? true) && (roles as readonly string[]).includes(b.role));
          const denied = about.some((b) => b.verb === 'deny');
          const yes = new Set(about.filter((b) => b.verb === 'approve').map((b) => b.personId)).size;
          expect(seen.denied.includes(step)).toBe(denied);
          expect(seen.cleared.includes(step)).toBe(!denied && yes >= step); // rule `one` of step 1, `two` of step 2
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is released by the strictest rule of its steps, or by the mildest that asks anybody', () => {
    const release = (personId: string, role = 'lead'): Signed<ApprovalDecision> =>
      by({ verb: 'release', personId, role });
    expect(clearanceOf(context, [release('ana')]).released).toBe(false);
    expect(clearanceOf(context, [release('ana'), release('ana')]).released).toBe(false);
    expect(clearanceOf(context, [release('ana'), release('cleo', 'responder')]).released).toBe(false);
    expect(clearanceOf(context, [by(), by({ personId: 'ben' })]).released).toBe(false);
    expect(clearanceOf(context, [release('ana'), release('ben')]).released).toBe(true);
    const automatic = { ...context, plan: { ...plan, actions: [action(1, 'automatic')] } };
    expect(clearanceOf(automatic, []).released).toBe(false);
    expect(clearanceOf(automatic, [release('cleo', 'responder')]).released).toBe(true);
    expect(clearanceOf({ ...automatic, rules: [] }, [release('ana')]).released).toBe(false);
  });

  it('is released by the same people, in whatever order the rules stand', () => {
    const three = { name: 'three', quorum: 3, roles: ['lead'] };
    const rules = [...context.rules, three, { name: 'nobody', quorum: 0, roles: ['lead'] }];
    const leads = ['ana', 'ben', 'eve'].map((personId) => by({ verb: 'release', personId }));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rules, { minLength: rules.length }),
        fc.subarray(['one', 'two', 'three', 'nobody', 'automatic'], { minLength: 1 }),
        fc.nat(3),
        (shuffled, used, people) => {
          const of = { ...plan, actions: used.map((rule, at) => action(at + 1, rule)) };
          const asked = rules.filter((r) => used.includes(r.name)).map((r) => r.quorum);
          const needed = Math.max(...asked, 1); // the mildest rule that asks anybody is `one`
          const given = leads.slice(0, people);
          expect(clearanceOf({ ...context, plan: of, rules: shuffled }, given).released).toBe(people >= needed);
        },
      ),
    );
  });

  it('counts under the name alone whom the deciders no longer name', () => {
    expect(clearanceOf({ ...context, deciders: [] }, [by(), by({ personId: 'ben' })]).cleared).toEqual([1, 2, 3]);
  });

  it('counts one human once, under however many names', () => {
    const twice = {
      ...context,
      deciders: [...context.deciders, { personId: 'ana2', roles: ['lead'], subjectId: 's-ana' }],
    };
    expect(clearanceOf(twice, [by(), by({ personId: 'ana2' })]).waiting).toEqual([2]);
    expect(clearanceOf(twice, [by(), by({ personId: 'ben' })]).waiting).toEqual([]);
  });

  it('lets a denial stop automatic steps as well', () => {
    expect(clearanceOf(context, [by({ verb: 'deny', steps: [3] })])).toMatchObject({ denied: [3, 4] });
    const oneRule = by({ verb: 'deny', steps: [3], personId: 'cleo', role: 'responder' }); // no role of rule `two`
    expect(clearanceOf(context, [oneRule])).toMatchObject({ denied: [3, 4] });
  });

  it('is released as a whole or not at all', () => {
    const release = (steps?: readonly number[]): readonly Signed<ApprovalDecision>[] =>
      ['ana', 'ben'].map((personId) => by({ verb: 'release', personId, ...(steps ? { steps } : {}) }));
    expect(clearanceOf(context, release([1, 2])).released).toBe(false);
    expect(clearanceOf(context, release([1, 2, 3, 4])).released).toBe(true);
  });

  it('never clears a step by a rule that asks nobody under another name', () => {
    const rules = [{ name: 'one', quorum: 0, roles: ['lead'] }];
    expect(clearanceOf({ ...context, rules }, [by()])).toMatchObject({ cleared: [3], waiting: [1] });
  });
});

describe('the role to decide in', () => {
  it('is the one of a person that covers most steps, or none', () => {
    const { actions } = plan;
    expect(roleFor(actions, context.rules, ['responder', 'lead'])).toBe('lead');
    expect(roleFor(actions, context.rules, ['responder'])).toBe('responder');
    expect(roleFor(actions, context.rules, ['observer'])).toBeUndefined();
    expect(roleFor(actions, context.rules, [])).toBeUndefined();
    expect(roleFor([], context.rules, ['lead'])).toBeUndefined();
  });

  it('covers as many steps as any other role of the person', () => {
    const roles = fc.uniqueArray(fc.constantFrom('responder', 'lead', 'officer', 'observer'));
    const names = fc.constantFrom('one', 'two', 'three', 'automatic');
    const someRules = fc.uniqueArray(fc.record({ name: names, quorum: fc.nat(2), roles }), { selector: (r) => r.name });
    fc.assert(
      fc.property(fc.array(names), someRules, roles, (used, rules, held) => {
        const covered = held.map(
          (role) => used.filter((name) => rules.find((r) => r.name === name)?.roles.includes(role)).length,
        );
        const most = Math.max(0, ...covered);
        const best = roleFor(
          used.map((name, at) => action(at + 1, name)),
          rules,
          held,
        );
        expect(best).toBe(most === 0 ? undefined : held[covered.indexOf(most)]);
      }),
    );
  });
});
