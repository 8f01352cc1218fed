import type { ActionResult, PlannedAction } from '../../../domain/plan.js';
import type { ActPattern, Expected } from './expected.js';
import { isAbout, type Names } from './names.js';

/** A step of a plan, its result when there is one, and ids of whom the plan is for. */
export interface Step {
  readonly action: PlannedAction;
  readonly result?: ActionResult | undefined;
  readonly owners: readonly string[];
}

export interface ActsJudged {
  readonly expected: number;
  /** Expected and not there, in the label's words. */
  readonly missing: readonly string[];
  /** Forbidden and proposed. */
  readonly forbidden: readonly string[];
}

/** Holds the acts of a run against its label: what was to be done and is, what was not even to be proposed and was. */
export function judgeActs(
  { must, mustNot }: Pick<Expected, 'must' | 'mustNot'>,
  steps: readonly Step[],
  names: Names,
): ActsJudged {
  const done = steps.filter(({ result }) => result !== undefined && counts(result));
  const missing = must.flatMap((wanted) => {
    const any = 'anyOf' in wanted ? wanted.anyOf : [wanted];
    return any.some((pattern) => done.some((step) => matches(pattern, step, names)))
      ? []
      : [any.map(told).join(' or ')];
  });
  const forbidden = mustNot.filter((pattern) => steps.some((step) => matches(pattern, step, names))).map(told);
  return { expected: must.length, missing, forbidden };
}

/** What was written and holds, what a person has to do because the platform cannot, and what shadow mode would have done. */
function counts({ status, verified }: ActionResult): boolean {
  switch (status) {
    case 'done':
    case 'already':
      return verified;
    case 'task_done':
    case 'task_open':
    case 'shadow':
      return true;
    case 'refused':
    case 'failed':
      return false;
  }
}

function matches({ action, about }: ActPattern, step: Step, names: Names): boolean {
  const isKind = action === '*' || action.split('|').includes(step.action.kind);
  if (!isKind || about === '*') return isKind;
  const owners = step.result?.resolved?.affects ?? [];
  return isAbout(step.action.target, names.ids(about), owners.length > 0 ? owners : step.owners);
}

const told = ({ action, about }: ActPattern): string => `${action} ${about}`;
