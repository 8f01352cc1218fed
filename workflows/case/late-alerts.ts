import { condition } from '@temporalio/workflow';
import { attempt, together } from './attempt.js';
import { followPlan, planContainment } from './containment.js';
import { decide } from './escalation.js';
import { collectAndAssess } from './evidence.js';
import { hasNewAlerts, type CaseRun } from './run.js';

/** An alert that comes after the decision: the evidence is read again, and what is new in it is contained too. */
export async function lookAgain(run: CaseRun): Promise<void> {
  await collectAndAssess(run, ['narrow'], { suspectOnly: true });
  const { decision } = decide(run, true);
  const plan = decision === 'escalate' ? await planContainment(run, 'containment') : undefined;
  if (plan) await followPlan(run, plan);
}

/** Waits for `work`; alerts that come meanwhile are looked at without waiting for it. */
export async function whileAlert(run: CaseRun, work: Promise<void>): Promise<void> {
  let done = false;
  const ended = work.finally(() => (done = true));
  const watch = async (): Promise<void> => {
    for (;;) {
      await condition(() => done || hasNewAlerts(run));
      if (done) return;
      await attempt(run, lookAgain);
    }
  };
  await together([ended, watch()]);
}
