import { describe, expect, it } from 'vitest';
import { parseExpected, type Expected } from '../../../cli/demo/verdicts/expected.js';
import { failedRow, judge } from '../../../cli/demo/verdicts/judge.js';
import type { Ended } from '../../../cli/demo/verdicts/play.js';
import { action, caseOf, ended, id, names, planFor, result } from './scene.js';

const label = (change: object = {}): Expected =>
  parseExpected(JSON.stringify({ situation: 'x', truth: 'attack', verdicts: ['compromised'], ...change }));
const judged = (expected: Expected, run: Ended) => judge('s', expected, run, names, 'ada');
const disable = action(1, 'disable_account', { type: 'account', accountId: id('ada') });

it('is right when verdict, end, acts, cases and words are', () => {
  const must = [{ action: 'disable_account', about: '@ada' }];
  const expected = label({ closedAs: ['contained'], must, mustSay: ['@raj'], maxCases: 1 });
  const plans = [planFor('case-ada', [disable], [result(1, 'done')])];
  expect(judged(expected, ended({ plans, reports: [{ about: 'Raj Nair' }] }))).toMatchObject({
    ...{ verdictRight: true, closingRight: true, casesRight: true, actsRight: true, right: true },
    ...{ escalated: true, attack: 1, decidedAfter: 5, seconds: 9 },
    proposed: [`disable_account ${id('ada')}`],
  });
});

it.each([
  ['another verdict', label({ verdicts: ['insider'] }), ended(), 'verdictRight'],
  ['another end', label({ closedAs: ['undetermined'] }), ended(), 'closingRight'],
  ['an open case', label(), ended({ states: [caseOf('ada', { stage: 'contact' })] }), 'closingRight'],
  ['no case', label(), ended({ states: [] }), 'verdictRight'],
  ['too many cases', label({ maxCases: 1 }), ended({ states: [caseOf('ada'), caseOf('raj')] }), 'casesRight'],
  ['a missing act', label({ must: [{ action: '*', about: '@ada' }] }), ended(), 'actsRight'],
  [
    'a forbidden act',
    label({ mustNot: [{ action: '*', about: '@ada' }] }),
    ended({ plans: [planFor('case-ada', [disable])] }),
    'actsRight',
  ],
] as const)('is wrong with %s', (_, expected, run, what) => {
  expect(judged(expected, run)).toMatchObject({ [what]: false, right: false });
});

it('is wrong when it was not done in time, whatever else was right', () => {
  expect(judged(label(), ended({ unfinished: 'case-ada is in contact' }))).toMatchObject({
    right: false,
    failure: 'not done in time: case-ada is in contact',
  });
});

describe('of several cases', () => {
  const two = ended({
    states: [caseOf('ada', { verdict: 'benign' }), caseOf('ada'), caseOf('raj', { verdict: 'insider' })],
  });
  it('an attack is right when one of the subject is, harmless when all are', () => {
    expect(judged(label(), two).verdictRight).toBe(true);
    expect(judged(label({ truth: 'benign', verdicts: ['benign'] }), two).verdictRight).toBe(false);
  });
  it('those of somebody else are judged where the label says so', () => {
    expect(judged(label({ verdicts: ['insider'] }), two).verdictRight).toBe(false);
    expect(judged(label({ verdicts: ['insider'], caseOf: '@raj' }), two).verdictRight).toBe(true);
    expect(judged(label({ verdicts: ['insider'], caseOf: '*' }), two).verdictRight).toBe(true);
  });
});

describe('the words of an end', () => {
  const closes = (wanted: string, closedAs: string): boolean =>
    judged(label({ closedAs: [wanted] }), ended({ states: [caseOf('ada', { closedAs: closedAs as 'benign' })] }))
      .closingRight;
  it.each([
    ['benign', ['benign', 'no_incident', 'attempt_defeated']],
    ['handed_over', ['handed_over', 'partly_contained', 'shadow']],
    ['contained', ['contained']],
    ['undetermined', ['undetermined']],
    ['no_incident', ['no_incident']],
  ])('%s is satisfied by %o alone', (wanted, by) => {
    const all = [
      'benign',
      'no_incident',
      'attempt_defeated',
      'handed_over',
      'partly_contained',
      'shadow',
      'contained',
      'undetermined',
      'merged',
    ];
    expect(all.filter((word) => closes(wanted, word))).toEqual(by);
  });
});

describe('what must be told', () => {
  const says = (mustSay: unknown, run: Partial<Ended>): readonly string[] =>
    judged(label({ mustSay }), ended(run)).says.missing;
  it('is looked for in reports, pages and timelines, in any case', () => {
    expect(says(['Shadow mode'], { reports: [{ mode: 'shadow MODE' }] })).toEqual([]);
    expect(says(['90 '], { pages: ['<p>90 files</p>'] })).toEqual([]);
    expect(says(['Decision'], {})).toEqual([]);
    expect(says(['90 ', ['a', 'zzz']], { reports: [{ n: 90 }] })).toEqual(['90 ']);
  });
  it('names people, apps and addresses by any of their names', () => {
    expect(says(['@raj'], { reports: [{ who: id('raj') }] })).toEqual([]);
    expect(says(['@raj'], { reports: [{ who: 'raj@example.com' }] })).toEqual([]);
    expect(says(['app:sync'], { pages: ['Drive Sync'] })).toEqual([]);
    expect(says(['ip:attacker'], { pages: ['203.0.113.66'] })).toEqual([]);
    expect(says([['@raj', 'app:sync'], 'ip:attacker'], {})).toEqual(['@raj or app:sync', 'ip:attacker']);
  });
});

describe('the probability of an attack', () => {
  const attack = (run: Partial<Ended>): number => judged(label(), ended(run)).attack;
  const closed = caseOf('ada', { escalation: { decision: 'close', verdict: 'benign', reasons: [] } });
  it('is that of the decision, the highest of several reports', () => {
    expect(attack({ reports: [{ decision: { attack: 0.2 } }, { decision: { attack: 0.7 } }] })).toBe(0.7);
  });
  it('follows the escalation where a report has none', () => {
    expect(attack({ reports: [{}] })).toBe(1);
    expect(attack({ reports: [{}], states: [closed] })).toBe(0);
    expect(attack({ reports: [] })).toBe(1);
  });
});

it('rejects only when no case stayed an incident', () => {
  const benign = caseOf('ada', { closedAs: 'benign' });
  const rejected = (...states: readonly ReturnType<typeof caseOf>[]): boolean =>
    judged(label(), ended({ states })).rejected;
  expect(rejected(benign)).toBe(true);
  expect(rejected(benign, caseOf('raj'))).toBe(false);
  expect(rejected()).toBe(false);
});

it('counts a scenario that could not be run as wrong in everything', () => {
  const expected = label({ mustSay: ['x'], must: [{ action: '*', about: '*' }] });
  expect(failedRow('s', expected, 'boom')).toMatchObject({
    right: false,
    verdictRight: false,
    attack: 0,
    failure: 'boom',
  });
  expect(failedRow('s', label({ truth: 'benign', verdicts: ['benign'] }), 'boom').attack).toBe(1);
});
