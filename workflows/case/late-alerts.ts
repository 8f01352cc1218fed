import { condition } from '@temporalio/workflow';
import type { Escalation } from '../../domain/case.js';
import { hasNewAnswer } from '../../domain/answers.js';
import { attempt, together } from './attempt.js';
import { followPlan, planContainment } from './containment.js';
import { decide } from './escalation.js';
import { collectAndAssess } from './evidence.js';
import { hasNews, type CaseRun } from './run.js';

/** An alert or another answer that comes after the decision: the evidence is read again, and what is new in it is contained too. */
export async function lookAgain(run: CaseRun): Promise<void> {
  const known = new Set(run.state.assessment?.findings.map((f) => f.id));
  await attempt(run, () => lookBeyond(run, known));
}

async function lookBeyond(run: CaseRun, known: ReadonlySet<string>): Promise<void> {
  await collectAndAssess(run, ['narrow'], { suspectOnly: true });
  const { assessment, contact } = run.state;
  // Nobody is asked again about the same evidence, however many alerts tell of it; another answer may make other things of it.
  if (assessment?.findings.every((f) => known.has(f.id)) && !(contact && hasNewAnswer(contact))) return;
  keepDecision(run, () => decide(run, { settled: true }));
  const plan = await planContainment(run, 'containment');
  if (plan) await followPlan(run, plan);
}

/** A later look may add reasons; it never takes back what people have acted on. */
function keepDecision({ state }: CaseRun, decideAgain: () => Escalation): void {
  const { escalation, verdict } = state;
  if (decideAgain().decision === 'escalate' || escalation === undefined) return;
  state.escalation = escalation;
  state.verdict = verdict;
}

/** Waits for `work`; what is new meanwhile is looked at without waiting for it. */
export async function whileAlert(run: CaseRun, work: Promise<void>): Promise<void> {
  let done = false;
  const ended = work.finally(() => (done = true));
  const watch = async (): Promise<void> => {
    for (;;) {
      await condition(() => done || hasNews(run));
      if (done) return;
      await lookAgain(run);
    }
  };
  await together([ended, watch()]);
}
