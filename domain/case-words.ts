import type { CaseState, ClosedAs, ContactState, Escalation } from './case.js';
import type { Whose } from './attribution.js';
import { isClosedOff, isVerified } from './closing.js';

/** How a case ended, for people: the words, and what they mean. */
export const CLOSING_WORDS: Readonly<Record<ClosedAs, { readonly name: string; readonly means: string }>> = {
  contained: {
    name: 'contained',
    means: 'Every planned act was carried out and verified, by read-back or by a person’s proof.',
  },
  partly_contained: { name: 'partly contained', means: 'Some acts were verified; what is open is with a person.' },
  shadow: { name: 'shadow mode', means: 'Nothing was written: what would have been done is with a person.' },
  attempt_defeated: { name: 'attempt defeated', means: 'Somebody tried and did not get in.' },
  no_incident: { name: 'no incident', means: 'What was read shows no incident.' },
  undetermined: { name: 'undetermined', means: 'A fact or a log is missing, and the case says which.' },
  handed_over: { name: 'handed over', means: 'People go on with it: nothing was carried out here.' },
  merged: { name: 'merged', means: 'Another case has the alerts.' },
  benign: { name: 'no incident', means: 'What was read shows no incident.' },
};

/**
 * How a case is said to have ended. Cases of older versions closed as contained when one step held: they are called by what the results
 * show, so that the word never stands over a planned act that was not verified.
 */
export function saidClosing({
  closedAs,
  plans,
  tasks,
}: Pick<CaseState, 'closedAs' | 'plans' | 'tasks'>): ClosedAs | undefined {
  if (closedAs !== 'contained') return closedAs;
  const results = plans.filter((p) => p.status !== 'released').flatMap((p) => p.results);
  if (results.some((r) => r.status === 'shadow')) return 'shadow';
  if (!results.some(isVerified)) return 'handed_over';
  return results.every((r) => isClosedOff(r, tasks)) ? 'contained' : 'partly_contained';
}

export const WHOSE_WORDS: Readonly<Record<Whose, string>> = {
  own: 'the person',
  other: 'somebody else',
  app: 'an app',
  job: 'an automated job',
  unknown: 'not known',
};

/** What the case decided, for people. */
export const DECISION_WORDS: Readonly<Record<Escalation['decision'], string>> = {
  escalate: 'Escalated',
  watch: 'Keeps watch',
  close: 'No escalation',
};

export const ANSWER_WORDS: Readonly<Record<ContactState['outcome'], string>> = {
  me: 'That was me',
  not_me: 'That was not me',
  unsure: 'Not sure',
  silent: 'No answer in time',
  waiting: 'No answer yet',
  not_contacted: 'Not contacted',
};

type NextFact = NonNullable<Escalation['next']>['fact'];
const NEXT: Readonly<Record<NextFact, string>> = {
  answer: 'the person themselves, on a way that the suspicion does not touch',
  interview: 'whoever must know whether the work was asked for',
  log: 'the log that could not be read',
};

/** What changes less than this is not worth asking for. */
const TELLING = 0.05;

/** The single fact that would change the ranking most, as whom or what the case asks; undefined when nothing that is left to ask would tell much. */
export function nextWords({ next }: Pick<Escalation, 'next'>, gaps: readonly string[] = []): string | undefined {
  if (!next || next.swing < TELLING) return undefined;
  const logs = next.fact === 'log' && gaps.length > 0 ? ` (${gaps.join(', ')})` : '';
  return `${NEXT[next.fact]}${logs}; what is said there can change the probability of an attack by up to ${percent(next.swing)}`;
}

/** `83 %`. No evidence makes certain: the ends are never 0 or 100. */
export function percent(p: number): string {
  if (p > 0.99) return 'over 99 %';
  return p < 0.01 ? 'under 1 %' : `${Math.round(p * 100)} %`;
}

const DURATIONS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** `2.5 h`, `40 min`; under a minute in seconds; `-` for one that is not known. */
export function durationWords(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  const [size, unit] = DURATIONS.find(([s]) => seconds >= s) ?? [1, 's'];
  return `${Number((seconds / size).toFixed(size > 60 ? 1 : 0))} ${unit}`;
}

/** Of counted cases, as a whole percentage; `-` for one that is not known. */
export const shareWords = (share: number | undefined): string =>
  share === undefined ? '-' : `${Math.round(share * 100)} %`;
