import { SEVERITIES, type Severity } from '../../domain/platform.js';
import { isWeighed, policyOf, tell, type CaseRun } from './run.js';
import { announce, awaitTasks, openTask } from './tasks.js';

const ANSWER_MINUTES = 4 * 60;

/** Whether the text of private messages may be read: by what was measured and decided (never by what an alert says), or by a lead. */
export async function mayReadContent(run: CaseRun): Promise<boolean> {
  const needed = policyOf(run).readContentFrom;
  if (SEVERITIES.indexOf(measured(run)) >= SEVERITIES.indexOf(needed)) {
    tell(run, `Message text is read: measured severity ${measured(run)}, policy reads from ${needed}`);
    return true;
  }
  const task = openTask(run, {
    kind: 'read_approval',
    role: 'lead',
    text: 'May the text of the messages of this case be read? So far only metadata was.',
    minutes: ANSWER_MINUTES,
    ifLate: 'the text stays unread and the exposure stays partly unknown',
    fields: [{ name: 'allowed', label: 'May it be read?', type: 'yes_no', required: true }],
  });
  await announce(run);
  const [answered] = await awaitTasks(run, [task.taskId], 'Reading of message text');
  return answered?.status === 'done' && answered.result?.['allowed'] === true;
}

/** Suspicion that was measured may be enough by policy, before anything is escalated: a leak in a text can be what decides. */
export const isReadNow = (run: CaseRun): boolean =>
  isWeighed(run) &&
  run.state.escalation?.decision !== 'escalate' &&
  (run.state.escalation?.attack ?? 0) > 0 &&
  SEVERITIES.indexOf(measured(run)) >= SEVERITIES.indexOf(policyOf(run).readContentFrom);

function measured({ state }: CaseRun): Severity {
  if (state.assessment?.impact.level === 'high' && (state.escalation?.attack ?? 1) >= MEDIUM_FROM) return 'critical';
  if (state.escalation?.decision === 'escalate') return 'high';
  return (state.escalation?.attack ?? 0) >= MEDIUM_FROM ? 'medium' : 'low';
}

/** Probability of an attack from which a suspicion is more than a guess. */
const MEDIUM_FROM = 0.2;
