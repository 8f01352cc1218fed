import type { HumanTask } from '../../domain/case.js';
import { protectionAsked } from '../../domain/attempts.js';
import { closingOf } from '../../domain/closing.js';
import { hasNews, policyOf, waitUntil, type CaseRun } from './run.js';
import { announce, openTask } from './tasks.js';

/**
 * Nobody got in, but somebody tries: a responder raises the account's protection and decides which addresses are blocked. Asked once for a
 * case. Waits for it, but not longer than until there are news: an alert that somebody did get in is looked at at once.
 */
export async function askToProtect(run: CaseRun): Promise<void> {
  const { state } = run;
  const attempts = state.assessment?.attempts ?? [];
  if (attempts.length === 0 || closingOf(state) !== 'attempt_defeated') return;
  const asked = (): HumanTask | undefined => state.tasks.find((t) => t.kind === 'protect_account');
  const task =
    asked() ??
    openTask(run, {
      kind: 'protect_account',
      role: 'responder',
      text: protectionAsked(attempts),
      minutes: policyOf(run).containment.approvalWithinMinutes,
      ifLate: 'the account stays protected as it was, and the addresses are not blocked',
      fields: [
        {
          name: 'done',
          label: 'What was raised, and which addresses were blocked where',
          type: 'text',
          required: true,
        },
      ],
    });
  await announce(run);
  const summary = `A responder protects the account until ${task.dueAt}`;
  await waitUntil(run, () => asked()?.status !== 'open' || hasNews(run), task.dueAt, summary);
}
