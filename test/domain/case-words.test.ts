import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOSING_WORDS, nextWords, percent, saidClosing } from '../../domain/case-words.js';
import { CLOSINGS, type PlanState } from '../../domain/case.js';
import type { ActionResult } from '../../domain/plan.js';

const result = (status: ActionResult['status'], verified: boolean): ActionResult => ({
  ...{ planId: 'p', step: 1, status, at: '2026-01-01T00:00:00Z', text: '', verified, writes: [], allowedBy: [] },
});
const plan = (results: readonly ActionResult[], status: PlanState['status'] = 'holding'): PlanState => ({
  ...{ planId: 'p', containmentId: 'c', digest: 'd', deadline: '2026-01-01T00:00:00Z', purpose: 'containment' },
  ...{ status, results },
});
const results = fc.array(
  fc
    .tuple(
      fc.constantFrom('done', 'already', 'task_done', 'task_open', 'failed', 'refused', 'shadow' as const),
      fc.boolean(),
    )
    .map(([status, verified]) => result(status, verified)),
  { maxLength: 6 },
);

describe('how a case is said to have ended', () => {
  it('never contained over an act that was not verified, whatever the case was closed as', () => {
    fc.assert(
      fc.property(results, fc.constantFrom(...CLOSINGS), (given, closedAs) => {
        const said = saidClosing({ closedAs, plans: [plan(given)], tasks: [] });
        const open = given.filter((r) => r.status !== 'task_done' && !(r.verified && /done|already/.test(r.status)));
        if (said === 'contained') expect(open).toEqual([]);
        if (closedAs !== 'contained') expect(said).toBe(closedAs);
      }),
    );
  });

  it.each<[string, readonly ActionResult[], string]>([
    ['every step verified', [result('done', true), result('already', true)], 'contained'],
    ['one step left open', [result('done', true), result('task_open', false)], 'partly_contained'],
    ['nothing carried out', [result('failed', false)], 'handed_over'],
    ['no plan at all', [], 'handed_over'],
    ['shadow mode', [result('shadow', false)], 'shadow'],
  ])('%s', (_, given, said) => {
    expect(saidClosing({ closedAs: 'contained', plans: [plan(given)], tasks: [] })).toBe(said);
  });

  it('leaves out what was taken back', () => {
    const plans = [plan([result('failed', false)], 'released'), plan([result('done', true)])];
    expect(saidClosing({ closedAs: 'contained', plans, tasks: [] })).toBe('contained');
  });

  it('says old and new words alike for no incident', () => {
    expect(CLOSING_WORDS.benign.name).toBe(CLOSING_WORDS.no_incident.name);
  });
});

describe('probabilities and what is asked next', () => {
  it.each([
    [0, 'under 1 %'],
    [0.0004, 'under 1 %'],
    [0.5, '50 %'],
    [0.9996, 'over 99 %'],
    [1, 'over 99 %'],
  ])('%d is %s', (p, said) => {
    expect(percent(p)).toBe(said);
  });

  it('name the log that is missing', () => {
    expect(nextWords({})).toBeUndefined();
    expect(nextWords({ next: { fact: 'answer', swing: 0.04 } })).toBeUndefined();
    expect(nextWords({ next: { fact: 'log', swing: 0.4 } }, ['slack.audit_logs'])).toMatch(
      /could not be read \(slack\.audit_logs\).* 40 %/,
    );
  });
});
