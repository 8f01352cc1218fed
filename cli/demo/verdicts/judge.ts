import type { CaseState } from '../../../domain/case.js';
import { idsOf } from '../../../domain/act-target.js';
import { closesAs } from '../promise.js';
import { judgeActs, type ActsJudged, type Step } from './acts.js';
import { knowable, type Expected } from './expected.js';
import type { Names } from './names.js';
import { novelFacts, type FactualReport } from './novel.js';
import type { Ended } from './play.js';

/** One scenario, judged. Plain data, as it stands in the JSON file. */
export interface Row {
  readonly name: string;
  readonly truth: Expected['truth'];
  /** See `knowable`. */
  readonly knowable: boolean;
  /** Verdict and end of the cases that are judged. */
  readonly got: readonly { readonly verdict: string; readonly closedAs: string }[];
  readonly cases: number;
  readonly verdictRight: boolean;
  readonly closingRight: boolean;
  readonly casesRight: boolean;
  readonly acts: ActsJudged;
  readonly actsRight: boolean;
  /** Kinds and targets of all that any plan proposed. */
  readonly proposed: readonly string[];
  readonly escalated: boolean;
  /** Closed without an incident. */
  readonly rejected: boolean;
  readonly novel: readonly string[];
  readonly says: { readonly expected: number; readonly missing: readonly string[] };
  /** Probability of an attack, as the decision gives it; of one that gives none 1 when it escalates, else 0. */
  readonly attack: number;
  /** Seconds from the opening of the case to its first decision, with the waits as short as the scenario has them. */
  readonly decidedAfter?: number;
  /** Of the whole run. */
  readonly seconds: number;
  /** All of it as the label says. */
  readonly right: boolean;
  /** Why it did not come to its end. */
  readonly failure?: string;
}

/** Decisions of a report, where it has them. */
interface DecisiveReport extends FactualReport {
  readonly decision?: FactualReport['decision'] & { readonly attack?: number };
}

export function judge(name: string, expected: Expected, ended: Ended, names: Names, subject: string): Row {
  const reports = ended.reports as readonly DecisiveReport[];
  const judged = casesOf(expected.caseOf ?? `@${subject}`, ended.states, names);
  const fits = (test: (state: CaseState) => boolean): boolean =>
    judged.length > 0 && (expected.truth === 'attack' ? judged.some(test) : judged.every(test));
  const verdictRight = fits((s) => expected.verdicts.includes(s.verdict));
  const closingRight = fits((s) =>
    expected.closedAs.length === 0
      ? s.stage === 'closed'
      : expected.closedAs.some((word) => closesAs(word, s.closedAs)),
  );
  const casesRight = expected.maxCases === undefined || ended.states.length <= expected.maxCases;
  const steps = stepsOf(ended);
  const acts = judgeActs(expected, steps, names);
  const missing = unsaid(expected, ended, names);
  const escalated = ended.states.some((s) => s.escalation?.decision === 'escalate');
  const told = reports.flatMap((r) => r.decision?.attack ?? []);
  const decidedAfter = Math.min(...judged.map(decisionAfter));
  const actsRight = acts.missing.length === 0 && acts.forbidden.length === 0;
  return {
    ...{ name, truth: expected.truth, knowable: knowable(expected) },
    got: judged.map((s) => ({ verdict: s.verdict, closedAs: s.closedAs ?? `open in ${s.stage}` })),
    cases: ended.states.length,
    ...{ verdictRight, closingRight, casesRight, acts, actsRight, escalated },
    proposed: [...new Set(steps.map(({ action }) => `${action.kind} ${idsOf(action.target).join(' ')}`))],
    rejected: ended.states.length > 0 && ended.states.every((s) => closesAs('benign', s.closedAs)),
    novel: novelFacts(reports, ended.alerts),
    says: { expected: expected.mustSay.length, missing },
    attack: told.length > 0 ? Math.max(...told) : escalated ? 1 : 0,
    ...(Number.isFinite(decidedAfter) ? { decidedAfter } : {}),
    seconds: ended.seconds,
    right:
      verdictRight && closingRight && casesRight && actsRight && missing.length === 0 && ended.unfinished === undefined,
    ...(ended.unfinished === undefined ? {} : { failure: `not done in time: ${ended.unfinished}` }),
  };
}

/** A scenario that could not be run: wrong in everything that it could have been right in. */
export function failedRow(
  name: string,
  expected: Pick<Expected, 'truth' | 'verdicts' | 'must' | 'mustSay'>,
  failure: string,
): Row {
  const said = (item: readonly string[]): string => item.join(' or ');
  return {
    ...{ name, truth: expected.truth, knowable: knowable(expected), failure },
    ...{ got: [], cases: 0, proposed: [], novel: [], seconds: 0 },
    ...{ verdictRight: false, closingRight: false, casesRight: false, actsRight: false, right: false },
    ...{ escalated: false, rejected: false, attack: expected.truth === 'attack' ? 0 : 1 },
    acts: { expected: expected.must.length, missing: [], forbidden: [] },
    says: { expected: expected.mustSay.length, missing: expected.mustSay.map(said) },
  };
}

function casesOf(about: string, states: readonly CaseState[], names: Names): readonly CaseState[] {
  if (about === '*') return states;
  const ids = new Set(names.ids(about));
  return states.filter((s) => s.subject?.accounts.some(({ nativeId }) => ids.has(nativeId)));
}

function stepsOf({ plans, states }: Ended): readonly Step[] {
  return plans.flatMap(({ caseId, plan, results }) => {
    const subject = states.find((s) => s.caseId === caseId)?.subject;
    const owners = (subject?.accounts ?? []).map((a) => a.nativeId);
    return plan.actions.map((action) => ({ action, owners, result: results.find((r) => r.step === action.step) }));
  });
}

/** Facts that neither a report nor the timeline of a case tells. */
function unsaid({ mustSay }: Expected, { reports, pages, states }: Ended, names: Names): readonly string[] {
  const told = [
    ...reports.map((report) => JSON.stringify(report, undefined, 2)),
    ...pages,
    ...states.flatMap((s) => s.timeline.map((entry) => entry.text)),
  ]
    .join('\n')
    .toLowerCase();
  return mustSay
    .filter((any) => !any.flatMap((text) => names.words(text)).some((word) => told.includes(word.toLowerCase())))
    .map((any) => any.join(' or '));
}

/** Infinity for a case that was never decided. */
function decisionAfter({ openedAt, timeline }: CaseState): number {
  const decided = timeline.find(({ stage }) => stage === 'escalation');
  return decided ? (Date.parse(decided.at) - Date.parse(openedAt)) / 1_000 : Infinity;
}
