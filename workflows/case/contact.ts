import { isCancellation } from '@temporalio/workflow';
import type { PeopleActivities } from '../../activities/contract.js';
import { probabilityOf, rank } from '../../domain/explanations.js';
import { MINUTE, now, plus } from '../clock.js';
import { people } from '../proxies.js';
import { policyOf, suspectPlatforms, tell, waitUntil, type CaseRun } from './run.js';
import { awaitTasks, openTask, announce } from './tasks.js';

/** "Attempt to contact the user in question to confirm recent activities", on a channel that the suspicion does not touch. */
export async function askSubject(run: CaseRun): Promise<void> {
  const { state } = run;
  if (!state.subject || state.contact) return;
  const { contact, pace } = policyOf(run);
  const deadline = plus(now(), (contact.answerWithinMinutes * MINUTE) / pace.people);
  const askId = `ask-${state.plans.length + 1}`;
  const suspect = suspectPlatforms(run);
  const sent = await people.contactSubject
    .executeWithOptions({ summary: 'Ask the subject on a clean channel' }, [
      { caseId: state.caseId, subject: state.subject, askId, suspect, deadline, covert: isCovert(run) },
    ])
    .catch((error: unknown): Awaited<ReturnType<PeopleActivities['contactSubject']>> => {
      if (isCancellation(error)) throw error;
      return { channel: 'none', avoided: [], sentAt: now() };
    });
  const base = { askId, channel: sent.channel, avoided: sent.avoided, askedAt: sent.sentAt, deadline };
  if (sent.channel === 'none') {
    state.contact = { ...base, outcome: 'not_contacted' };
    tell(run, 'The subject is not contacted: no channel is free of the suspicion or works, or the case is covert');
    return;
  }
  const on = sent.on === undefined ? {} : { on: sent.on };
  state.contact = { ...base, ...on, outcome: 'waiting' };
  tell(run, `The subject was asked by ${sent.channel}; avoided: ${sent.avoided.join(', ') || 'nothing'}`);
  if (sent.channel === 'phone_task') await askByPhone(run);
  await waitUntil(
    run,
    () => state.contact?.outcome !== 'waiting',
    deadline,
    `Subject answers on ${sent.channel} until ${deadline}; silence counts as the policy says`,
  );
  if (state.contact.outcome === 'waiting') {
    state.contact = { ...state.contact, outcome: 'silent' };
    tell(run, 'The subject did not answer in time');
  }
}

/** Probability of an insider from which a question would warn more than it clears. */
const COVERT_FROM = 0.6;

/** Somebody who may be taking data knowingly is not told that it was seen. */
function isCovert({ state }: CaseRun): boolean {
  if (state.assessment?.lines && state.policy) {
    const ranking = rank(state.assessment.lines, state.policy.decision.weights, state.policy.decision.priors);
    const insider = probabilityOf(ranking, 'insider');
    return insider >= COVERT_FROM && insider > probabilityOf(ranking, 'intruder') + probabilityOf(ranking, 'app');
  }
  const suggested = (state.assessment?.patterns ?? []).map((p) => p.suggests);
  return suggested.includes('insider') && !suggested.includes('compromised');
}

async function askByPhone(run: CaseRun): Promise<void> {
  const task = openTask(run, {
    kind: 'contact_by_phone',
    role: 'responder',
    text: 'Call the subject on the number of the personnel file and ask about the activity.',
    minutes: policyOf(run).contact.answerWithinMinutes,
    ifLate: 'silence counts as the policy says',
    fields: [
      {
        name: 'answer',
        label: 'What the subject said',
        type: 'choice',
        options: ['me', 'not_me', 'unsure', 'not_reached'],
        required: true,
      },
    ],
  });
  await announce(run);
  const [done] = await awaitTasks(run, [task.taskId], 'Call the subject');
  const answer = done?.result?.['answer'];
  if (run.state.contact?.outcome === 'waiting' && (answer === 'me' || answer === 'not_me' || answer === 'unsure'))
    run.state.contact = { ...run.state.contact, outcome: answer, answeredAt: done?.doneAt ?? now() };
  // Nobody can call back into the task: there is nothing more to wait for.
  if (run.state.contact?.outcome === 'waiting' && answer === 'not_reached')
    run.state.contact = { ...run.state.contact, outcome: 'silent' };
}
