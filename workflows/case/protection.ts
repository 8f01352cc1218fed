import { protectionAsked } from '../../domain/attempts.js';
import { closingOf } from '../../domain/closing.js';
import { policyOf, type CaseRun } from './run.js';
import { announce, openTask } from './tasks.js';

/** Nobody got in, but somebody tries: a responder raises the account's protection and decides which addresses are blocked. Once for a case. */
export async function askToProtect(run: CaseRun): Promise<void> {
  const { state } = run;
  const attempts = state.assessment?.attempts ?? [];
  if (attempts.length === 0 || closingOf(state) !== 'attempt_defeated') return;
  if (state.tasks.some((t) => t.kind === 'protect_account')) return;
  openTask(run, {
    kind: 'protect_account',
    role: 'responder',
    text: protectionAsked(attempts),
    minutes: policyOf(run).containment.approvalWithinMinutes,
    ifLate: 'the account stays protected as it was, and the addresses are not blocked',
    fields: [
      { name: 'done', label: 'What was raised, and which addresses were blocked where', type: 'text', required: true },
    ],
  });
  await announce(run);
}
