import { policyOf, tell, type CaseRun } from './run.js';
import { announce, awaitTasks, openTask } from './tasks.js';

/** "Conduct interviews if necessary with involved personnel": necessary when the verdict rests on what people know. */
export async function interview(run: CaseRun): Promise<void> {
  const { state } = run;
  const necessary = state.verdict === 'insider' || state.verdict === 'suspicious' || state.verdict === 'undetermined';
  if (!necessary) {
    tell(run, 'No interview is necessary: the evidence decides without it');
    return;
  }
  const task = openTask(run, {
    kind: 'interview',
    role: state.verdict === 'insider' ? 'counsel' : 'investigator',
    text:
      state.verdict === 'insider'
        ? 'Interview the manager and, with HR, the subject: was the transfer asked for?'
        : 'Interview the people involved about the context of the activity.',
    minutes: policyOf(run).containment.approvalWithinMinutes,
    ifLate: 'the case goes on without the interview',
    fields: [
      {
        name: 'explained',
        label: 'Is the activity explained by a business need?',
        type: 'choice',
        options: ['yes', 'no', 'partly'],
        required: true,
      },
      { name: 'notes', label: 'Notes (kept in the evidence store)', type: 'text', required: false },
    ],
  });
  await announce(run);
  await awaitTasks(run, [task.taskId], 'Interview');
}
