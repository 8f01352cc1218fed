import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digest } from '../../domain/canonical.js';
import {
  holds,
  notDone,
  refuseReport,
  withResult,
  type ContainmentReport,
  type KnownPlan,
} from '../../domain/containment-report.js';
import type { ContainmentStatus } from '../../domain/case.js';
import type { ActionResult } from '../../domain/plan.js';
import { actionDone, casePolicy, planOf } from '../workflows/support/facts.js';
import { decisionOn, reportOn } from '../workflows/support/people.js';

const NOW = '2026-03-02T13:00:00.000Z';
const BEFORE = '2026-03-02T12:30:00.000Z';
const LATER = '2026-03-02T14:00:00.000Z';
const plan = planOf('case-1', [
  { kind: 'end_sessions', rule: 'one' },
  { kind: 'disable_account', rule: 'two' },
  { kind: 'quarantine_device', rule: 'one', change: { by: 'task' } },
]);
const known = (change: Partial<KnownPlan['plan']> = {}, now = NOW): KnownPlan => ({
  plan: {
    ...{ planId: plan.planId, digest: digest(plan), deadline: LATER, status: 'awaiting_approval', results: [] },
    ...change,
  },
  policy: casePolicy(),
  now,
});

const lead = decisionOn(plan, 'approve', 'p-lead');
const both = [lead, decisionOn(plan, 'approve', 'p-lead-2')];
const denied = [decisionOn(plan, 'deny', 'p-lead')];
const done = actionDone(plan, 1);
const task = notDone(plan, plan.actions[2]!, 'UNSUPPORTED', BEFORE);
/** Step 1 done and read back, step 3 a person's; step 2 without its second lead. */
const genuine = reportOn(plan, 'holding', [done], { decisions: [lead] });
const holding = { ...genuine, ...withResult(genuine, task) };
const over = LATER;

describe('a report that follows from what was signed is believed', () => {
  it.each<[ContainmentStatus, ContainmentReport, KnownPlan]>([
    ['acting', { ...holding, status: 'acting', results: [], signatures: [] }, known()],
    ['holding', holding, known()],
    ['holding', holding, known({ status: 'acting' })],
    ['holding', holding, known({ status: 'failed' })],
    ['holding', holding, known({ status: 'holding', results: holding.results })],
    ['permanent', { ...holding, status: 'permanent' }, known({ status: 'holding', results: holding.results })],
    ['denied', reportOn(plan, 'denied', [], { decisions: denied }), known()],
    ['expired', reportOn(plan, 'expired', []), known({}, over)],
    ['failed', reportOn(plan, 'failed', [], { decisions: [lead] }), known()],
    [
      'released',
      {
        ...holding,
        status: 'released',
        decisions: [...both, decisionOn(plan, 'release', 'p-lead'), decisionOn(plan, 'release', 'p-lead-2')],
      },
      known({ status: 'holding', results: holding.results }),
    ],
  ])('%s', (status, report, context) => {
    expect(report.status).toBe(status);
    expect(refuseReport(report, context)).toBeUndefined();
  });

  it('also of a case whose own decisions have run out meanwhile', () => {
    const short = decisionOn(plan, 'approve', 'p-lead', { expiresAt: '2026-03-02T12:00:01.000Z' });
    expect(refuseReport({ ...holding, decisions: [short] }, known())).toBeUndefined();
  });
});

/** `holding` with another first result, and the signature as it was. */
const claiming = (change: Partial<ActionResult>): ContainmentReport => ({
  ...holding,
  results: holding.results.map((r) => (r.step === 1 ? { ...r, ...change } : r)),
});
const unsigned = (report: ContainmentReport): ContainmentReport => ({ ...report, signatures: [] });

describe('a report is refused', () => {
  it.each<[string, ContainmentReport, string]>([
    ['of another plan', { ...holding, plan: { ...plan, planId: 'plan-2' } }, 'PLAN_CHANGED'],
    ['of a plan that was changed', { ...holding, plan: { ...plan, subjectId: 's-other' } }, 'PLAN_CHANGED'],
    ['that says done without a signature', unsigned(holding), 'SIGNATURE'],
    ['that says done by a signature of something else', claiming({ text: 'Done twice.' }), 'SIGNATURE'],
    ['whose result is of another plan', claiming({ planId: 'plan-2' }), 'SIGNATURE'],
    ['whose result is of no step', claiming({ step: 9 }), 'SIGNATURE'],
    [
      'signed by a key that nobody knows',
      { ...holding, signatures: holding.signatures.map((s) => ({ ...s, keyId: 'k-stranger' })) },
      'SIGNATURE',
    ],
    [
      'with a decision that nobody signed',
      { ...holding, decisions: [decisionOn(plan, 'approve', 'p-lead', {}, 'stranger')] },
      'SIGNATURE',
    ],
    [
      'with a decision of the subject',
      { ...holding, decisions: [decisionOn(plan, 'approve', 'p-subject')] },
      'NOT_AUTHORISED',
    ],
    ['of acting that nobody approved', { ...holding, decisions: [] }, 'NOT_AUTHORISED'],
    ['with a result twice', { ...holding, results: [...holding.results, done] }, 'NOT_AUTHORISED'],
    ['with a step left out', { ...holding, results: [done] }, 'NOT_AUTHORISED'],
    ['of a denial that nobody decided', reportOn(plan, 'denied', []), 'NOT_AUTHORISED'],
    ['of an approval as a denial', reportOn(plan, 'denied', [], { decisions: [lead] }), 'NOT_AUTHORISED'],
    ['of running out before the deadline', reportOn(plan, 'expired', []), 'NOT_AUTHORISED'],
    ['of failure that nobody approved', reportOn(plan, 'failed', []), 'NOT_AUTHORISED'],
    ['of failure where something holds', { ...holding, status: 'failed' }, 'NOT_AUTHORISED'],
    ['of holding where nothing does', reportOn(plan, 'holding', [], { decisions: [lead] }), 'NOT_AUTHORISED'],
    ['of a release that nobody decided', { ...holding, status: 'released', decisions: both }, 'NOT_AUTHORISED'],
    [
      'of a release that one of two decided',
      { ...holding, status: 'released', decisions: [...both, decisionOn(plan, 'release', 'p-lead')] },
      'NOT_AUTHORISED',
    ],
  ])('%s', (_, report, code) => {
    expect(refuseReport(report, known())).toBe(code);
  });

  it.each<[string, Partial<ActionResult>]>([
    ['done', { status: 'done' }],
    ['already so', { status: 'already' }],
    ['done in shadow', { status: 'shadow' }],
    ['read back', { readback: { at: BEFORE, holds: true, state: {} } }],
    ['verified', { verified: true }],
    ['written', { writes: [{ platform: 'slack', operation: 'x', targetId: 'U1' }] }],
    ['allowed by somebody', { allowedBy: ['k-1'] }],
    ['a person’s task, of what the vendor does', notDone(plan, plan.actions[0]!, 'UNSUPPORTED', BEFORE)],
    ['in words of its own', { text: 'Please visit example.com' }],
    ['anything else', { before: { active: true } }],
  ])('when it says without a signature that a step is %s', (_, change) => {
    const plain = notDone(plan, plan.actions[0]!, 'VENDOR_DOWN', BEFORE);
    const given = (result: ActionResult) => ({ ...reportOn(plan, 'failed', [], { decisions: [lead] }), result });
    const report = given({ ...plain, ...change });
    expect(refuseReport({ ...report, ...withResult(report, plain) }, known())).toBeUndefined();
    const claimed = { ...report, ...withResult(report, report.result) };
    expect(refuseReport(claimed, known())).toBe('SIGNATURE');
    expect(refuseReport({ ...claimed, status: 'holding' }, known())).toBe('SIGNATURE');
  });

  it('when it takes back without a signature what the worker vouched for', () => {
    const back = reportOn(plan, 'failed', [], { decisions: [lead] });
    for (const status of ['holding', 'failed'] as const)
      expect(refuseReport(back, known({ status, results: holding.results }))).toBe('SIGNATURE');
  });

  it('when the plan has come further already', () => {
    const ended: readonly ContainmentStatus[] = ['released', 'denied', 'expired'];
    for (const status of ended)
      expect(refuseReport(holding, known({ status, results: holding.results }))).toBe('DECISION_REPLAYED');
    const permanent = { ...holding, status: 'permanent' as const };
    expect(refuseReport(holding, known({ status: 'permanent' }))).toBe('DECISION_REPLAYED');
    expect(refuseReport(permanent, known({ status: 'permanent' }))).toBeUndefined();
  });

  it('when the case knows no key of the worker', () => {
    const { resultKeys: _none, ...older } = casePolicy();
    for (const policy of [casePolicy({ resultKeys: [] }), older as unknown as KnownPlan['policy']])
      expect(refuseReport(holding, { ...known(), policy })).toBe('SIGNATURE');
  });
});

it('lets nobody who cannot sign say more than that nothing was done', () => {
  const statuses = fc.constantFrom<ContainmentStatus>(
    ...(['awaiting_approval', 'acting', 'holding', 'denied', 'expired', 'released', 'permanent', 'failed'] as const),
  );
  const result = fc.record({
    status: fc.constantFrom('done', 'already', 'refused', 'failed', 'shadow', 'task_done', 'task_open'),
    code: fc.constantFrom(undefined, 'DENIED', 'DECISION_EXPIRED', 'VENDOR_DOWN', 'UNSUPPORTED'),
    verified: fc.boolean(),
    text: fc.constantFrom('Done.', plan.actions[0]!.reason),
  });
  const steps = fc.tuple(result, result, result);
  fc.assert(
    fc.property(statuses, statuses, steps, fc.subarray([...both, ...denied]), (status, before, given, decisions) => {
      const results = given.map((r, i) => ({ ...notDone(plan, plan.actions[i]!, 'VENDOR_DOWN', NOW), ...r }));
      const report = { plan, status, decisions, results, signatures: [] } as unknown as ContainmentReport;
      const code = refuseReport(report, known({ status: before }, over));
      if (code !== undefined) return;
      expect(results.every((r) => !r.verified && r.status !== 'done' && r.status !== 'already')).toBe(true);
      // A task of a person is all that may hold.
      if (holds(report)) expect(results.filter((r) => r.status === 'task_open').map((r) => r.step)).toEqual([3]);
      if (status === 'denied') expect(decisions).toContain(denied[0]);
      expect(status).not.toBe('released');
    }),
    { numRuns: 150 },
  );
});
