import { describe, expect, it } from 'vitest';
import { decided } from '../../../activities/containment/decisions.js';
import { digest } from '../../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import { action, BLOCK, config, decide, later, NOW, PEOPLE, plan, strangerKey } from '../support/plans.js';

const of = plan([action(1), action(2, BLOCK)]);
const other = plan([action(3)]);
const people = { breakGlass: new Set<string>(), vips: new Set<string>(), deciders: PEOPLE.deciders };
const stands = (decisions: readonly Signed<ApprovalDecision>[], affected: readonly string[] = []) =>
  decided({ plan: of, planDigest: digest(of), affected, people, config: config('') }, decisions, NOW);

const good = decide(of);
const late = decide(of, { expiresAt: later(-1) });
const elsewhere = decide(other);
const forged = decide(of, {}, strangerKey);

describe('the decisions that a worker accepts', () => {
  it('are those that count, and clear what they suffice for', () => {
    expect(stands([late, good, forged])).toMatchObject({ accepted: [good], cleared: [1], waiting: [2], denied: [] });
    const two = [good, decide(of, { personId: 'p-2' })];
    expect(stands(two)).toMatchObject({ accepted: two, cleared: [1, 2], released: false });
    expect(stands([decide(of, { verb: 'deny' })])).toMatchObject({ cleared: [], denied: [1, 2] });
    const releases = [decide(of, { verb: 'release' }), decide(of, { verb: 'release', personId: 'p-2' })];
    expect(stands(releases)).toMatchObject({ released: true });
  });

  it('are none of a person whom the step affects', () => {
    const own = decide(of, { personId: 'p-3' });
    expect(stands([own], ['U1'])).toMatchObject({ accepted: [own] });
    expect(stands([own], ['U1', 'UOWN'])).toMatchObject({ accepted: [], cleared: [] });
  });

  it('take a nonce once', () => {
    const [one, again] = [decide(of, { nonce: 'n' }), decide(of, { nonce: 'n', personId: 'p-2' })];
    expect(stands([one, again])).toMatchObject({ accepted: [one], cleared: [1], waiting: [2] });
  });
});

describe('what is said when they do not suffice', () => {
  it.each<[string, string, readonly Signed<ApprovalDecision>[]]>([
    ['the one reason that all share: too late', 'DECISION_EXPIRED', [late, decide(of, { expiresAt: later(-2) })]],
    ['the one reason that all share: another plan', 'PLAN_CHANGED', [elsewhere]],
    ['nothing more when there was none', 'NOT_AUTHORISED', []],
    ['nothing more when the reasons differ', 'NOT_AUTHORISED', [late, elsewhere]],
    ['nothing more when one counts', 'NOT_AUTHORISED', [late, good]],
    ['nothing more of a signature, which is nobody’s to hear', 'NOT_AUTHORISED', [forged]],
  ])('is %s', (_, code, decisions) => {
    expect(stands(decisions).refusal).toMatchObject({ code });
  });
});
