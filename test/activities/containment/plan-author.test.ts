import { describe, expect, it } from 'vitest';
import { authoredStep } from '../../../activities/containment/plan-author.js';
import { digest } from '../../../domain/canonical.js';
import type { ContainmentPort } from '../../../platforms/ports.js';
import { RecordingTenant } from '../support/tenant.js';
import { action, authored, BLOCK, plan, planKey, SESSIONS, strangerKey } from '../support/plans.js';

const port: ContainmentPort = new RecordingTenant().port();
const config = { planKeys: [planKey] };
const first = (change: Parameters<typeof action>[1] = {}) => authored(plan([action(1, change)]));
const read = (signed: ReturnType<typeof first>, step = 1) => {
  return () => authoredStep(signed, step, { config, port });
};
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('a step of a plan', () => {
  it('is the one that is asked for, with the plan that was signed', () => {
    const of = plan([action(1), action(2, BLOCK), action(3, SESSIONS)]);
    for (const step of [1, 2, 3])
      expect(read(authored(of), step)()).toEqual({ plan: of, planDigest: digest(of), action: of.actions[step - 1] });
  });

  it('counts only with the author’s signature', () => {
    expect(read(authored(plan([action(1)]), strangerKey))).toThrow(refusal('PLAN_AUTHOR'));
    expect(read({ ...first(), body: plan([action(1)], { planId: 'other' }) })).toThrow(refusal('PLAN_AUTHOR'));
  });

  it('must be there, and once', () => {
    expect(read(first(), 2)).toThrow(refusal('PLAN_CHANGED'));
    expect(read(authored(plan([action(1), action(1, BLOCK)])))).toThrow(refusal('PLAN_CHANGED'));
    expect(read(authored(plan([])))).toThrow(refusal('PLAN_CHANGED'));
  });

  it('is a machine’s, and of this tenant', () => {
    expect(read(first({ by: 'task' }))).toThrow(refusal('NOT_AUTHORISED'));
    expect(read(first({ platform: 'google' }))).toThrow(refusal('NOT_AUTHORISED'));
    expect(read(first({ tenant: 'other' }))).toThrow(refusal('NOT_AUTHORISED'));
  });

  it('is of a kind that there is, aimed at what it takes', () => {
    for (const kind of ['nothing', 'toString', '__proto__', 'constructor'])
      expect(read(first({ kind: kind as never }))).toThrow(refusal('UNRESOLVED'));
    expect(read(first({ target: BLOCK.target }))).toThrow(refusal('UNRESOLVED'));
    expect(read(first({ ...BLOCK, target: { type: 'account', accountId: 'U1' } }))).toThrow(refusal('UNRESOLVED'));
  });

  it('is one that the vendor can do', () => {
    const { disable_account: _, ...acts } = port.acts;
    const without = { ...port, acts };
    expect(() => authoredStep(first(), 1, { config, port: without })).toThrow(refusal('UNSUPPORTED'));
  });
});
