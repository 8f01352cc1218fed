import type { HumanTask } from '../../domain/case.js';
import { policyOf, tell, type CaseRun } from './run.js';
import { announce, awaitTasks, openTask } from './tasks.js';

/** "Conduct interviews if necessary with involved personnel": necessary when the verdict rests on what people know. */
export async function interview(run: CaseRun): Promise<void> {
  const { state } = run;
  const necessary = state.verdict === 'insider' || state.verdict === 'suspicious' || state.verdict === 'undetermined';
  const isDone = state.tasks.some((t) => t.kind === 'interview' && t.status === 'done');
  if (isDone && state.assessment?.lines) return; // asked while the case kept watch
  if (!necessary) {
    tell(run, 'No interview is necessary: the evidence decides without it');
    return;
  }
  const task = openInterview(run);
  await announce(run);
  await awaitTasks(run, [task.taskId], 'Interview');
}

/** The question to those who must know; once for a case. */
export function openInterview(run: CaseRun): HumanTask {
  const { state } = run;
  const open = state.tasks.find((t) => t.kind === 'interview' && t.status === 'open');
  if (open) return open;
  return openTask(run, {
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
        options: ['cannot_say', 'yes', 'partly', 'no'],
        required: true,
      },
      { name: 'notes', label: 'Notes (kept in the evidence store)', type: 'text', required: false },
    ],
  });
}
