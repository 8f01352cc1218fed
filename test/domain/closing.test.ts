import { describe, expect, it } from 'vitest';
import type { CaseState, ClosedAs, ContainmentStatus, Escalation, PlanState, Verdict } from '../../domain/case.js';
import { closingOf } from '../../domain/closing.js';
import type { Explanation } from '../../domain/explanations.js';
import type { ActionResult } from '../../domain/plan.js';
import { casePolicy } from '../workflows/support/facts.js';
import { after } from './fixtures.js';

type Ends = Parameters<typeof closingOf>[0];
type Said = readonly [status: ActionResult['status'], verified?: boolean];

const result = ([status, verified = false]: Said, step: number): ActionResult => ({
  ...{ planId: 'p', step, status, verified, at: after(0), text: '', writes: [], allowedBy: [] },
});
const plan = (status: ContainmentStatus, ...said: readonly Said[]): PlanState => ({
  ...{ planId: 'p', containmentId: 'c', digest: 'd', deadline: after(0), purpose: 'containment', status },
  results: said.map((s, i) => result(s, i + 1)),
});
const weighed = (decision: Escalation['decision'], verdict: Verdict, lead: Explanation = 'own_work'): Escalation => ({
  ...{ decision, verdict, reasons: [], attack: 0.5, ranking: [{ explanation: lead, probability: 0.9 }] },
});
const theft = weighed('escalate', 'compromised', 'intruder');
const ends = (given: Partial<Ends> & { readonly escalation?: Escalation }): ClosedAs =>
  closingOf({
    ...{ plans: [], tasks: [], policy: casePolicy() },
    verdict: given.escalation?.verdict ?? 'undetermined',
    ...given,
  });
const done: Said = ['done', true];

describe('the closing words are true', () => {
  it.each<[string, Partial<Ends>, ClosedAs]>([
    [
      'every planned act was verified',
      { escalation: theft, plans: [plan('holding', done, ['already', true])] },
      'contained',
    ],
    [
      'a person did what the platform cannot',
      { escalation: theft, plans: [plan('holding', done, ['task_done'])] },
      'contained',
    ],
    [
      'one act was verified, one is still a person’s task',
      { escalation: theft, plans: [plan('holding', done, ['task_open'])] },
      'partly_contained',
    ],
    [
      'one act was verified, one failed',
      { escalation: theft, plans: [plan('holding', done, ['failed'])] },
      'partly_contained',
    ],
    [
      'one act was written but never read back',
      { escalation: theft, plans: [plan('holding', done, ['done', false])] },
      'partly_contained',
    ],
    [
      'the first steps hold, the plan was denied',
      { escalation: theft, plans: [plan('holding', done), plan('denied', ['refused'])] },
      'partly_contained',
    ],
    [
      'the first steps hold, the plan expired',
      { escalation: theft, plans: [plan('holding', done), plan('expired')] },
      'partly_contained',
    ],
    [
      'nothing was written: all acts failed',
      { escalation: theft, plans: [plan('failed', ['failed'], ['failed'])] },
      'handed_over',
    ],
    [
      'nothing was written: all acts are open tasks',
      { escalation: theft, plans: [plan('holding', ['task_open'])] },
      'handed_over',
    ],
    ['the plan was denied', { escalation: theft, plans: [plan('denied')] }, 'handed_over'],
    ['there was nothing to stop', { escalation: theft }, 'handed_over'],
    [
      'shadow: what would have been done',
      { escalation: theft, plans: [plan('holding', ['shadow'], ['shadow'])] },
      'shadow',
    ],
    ['shadow: without a plan', { escalation: theft, policy: casePolicy({ mode: 'shadow' }) }, 'shadow'],
    ['an attempt that failed', { escalation: weighed('close', 'benign', 'attempt') }, 'attempt_defeated'],
    ['own work', { escalation: weighed('close', 'benign', 'own_work') }, 'no_incident'],
    ['a job', { escalation: weighed('close', 'benign', 'job') }, 'no_incident'],
    [
      'nothing of what the alert claims',
      { escalation: weighed('close', 'false_positive', 'false_alert') },
      'no_incident',
    ],
    [
      'a first step was taken, and then it was the person’s own work',
      { escalation: weighed('close', 'benign'), plans: [plan('holding', done)] },
      'no_incident',
    ],
    ['a watch that ended in doubt', { escalation: weighed('close', 'suspicious', 'intruder') }, 'undetermined'],
    ['a log that could not be read', { escalation: weighed('close', 'undetermined') }, 'undetermined'],
    ['a case that never came to a decision', {}, 'undetermined'],
  ])('%s', (_, given, expected) => {
    expect(ends(given as Partial<Ends> & { readonly escalation?: Escalation })).toBe(expected);
  });

  it('"contained" never without a verified act, nor beside an act that is open, failed or only shadow', () => {
    const statuses: readonly ActionResult['status'][] = [
      'done',
      'already',
      'failed',
      'task_open',
      'task_done',
      'shadow',
    ];
    for (const one of statuses)
      for (const other of statuses)
        for (const verified of [false, true]) {
          const word = ends({ escalation: theft, plans: [plan('holding', [one, verified], [other, verified])] });
          if (word !== 'contained') continue;
          const isVerified = (s: ActionResult['status']): boolean => verified && (s === 'done' || s === 'already');
          expect([one, other].some(isVerified)).toBe(true);
          expect([one, other].every((s) => isVerified(s) || s === 'task_done')).toBe(true);
        }
  });

  it('says nothing of what was taken back', () => {
    expect(ends({ escalation: theft, plans: [plan('released', done)] })).toBe('handed_over');
    const corrected: Pick<CaseState, 'verdict'> & { readonly escalation: Escalation } = {
      verdict: 'benign',
      escalation: weighed('close', 'benign'),
    };
    expect(ends({ ...corrected, plans: [plan('released', done)] })).toBe('no_incident');
  });
});
