import { answerOf } from './answers.js';
import { VERDICTS, type CaseState, type HumanTask, type Verdict } from './case.js';
import { whatPeopleSay, type EscalationInput } from './escalation.js';
import { EVIDENCE } from './weights.js';
import type { Platform } from './platform.js';
import type { Told } from './weighing.js';

/** Cases that asked before `ContactState.on` was told: their channels, where a platform's is not called as itself. Nothing is added here. */
const ON_BEFORE: Readonly<Record<string, Platform>> = { teams: 'microsoft', google_chat: 'google' };

/** What was heard, as the decision takes it. */
export type Heard = Pick<EscalationInput, 'contact' | 'contactIsSafe' | 'interview'>;

/** What people have said so far: the subject's answer, whether its way is one that the suspicion does not touch, and the interview. */
export function heard({ contact, ...state }: CaseState): Heard {
  const interview = interviewIn(state);
  return {
    contact: contact ? answerOf(contact) : 'not_contacted',
    contactIsSafe: contact !== undefined && isSafe(contact, state),
    ...(interview === undefined ? {} : { interview }),
  };
}

export function interviewIn({ tasks }: Pick<CaseState, 'tasks'>): Heard['interview'] {
  const explained = lastDone(tasks, 'interview')?.result?.['explained'];
  return (['yes', 'no', 'partly'] as const).find((word) => word === explained);
}

/** The same as lines of evidence. */
export function heardIn(state: CaseState): readonly Told[] {
  const lines = whatPeopleSay({ ...heard(state), foreignAccess: state.assessment?.foreignAccess ?? false });
  return lines.map((line) => ({ ...line, text: EVIDENCE[line.code].says, events: [] }));
}

/** The verdict that a responder set, with whose it is; the reason is among the task's fields. */
export function judgedIn({
  tasks,
}: Pick<CaseState, 'tasks'>):
  { readonly verdict: Verdict; readonly by: string; readonly at?: string; readonly reason: string } | undefined {
  const task = lastDone(tasks, 'judgement');
  const verdict = VERDICTS.find((v) => v === task?.result?.['verdict']);
  if (!task || verdict === undefined) return undefined;
  const at = task.doneAt === undefined ? {} : { at: task.doneAt };
  return { verdict, by: task.doneBy ?? 'unknown', ...at, reason: String(task.result?.['reason'] ?? '') };
}

const lastDone = (tasks: readonly HumanTask[], kind: HumanTask['kind']): HumanTask | undefined =>
  tasks.findLast((t) => t.kind === kind && t.status === 'done');

/** The way on which the question went is not one that the suspicion touches. */
function isSafe(
  contact: NonNullable<CaseState['contact']>,
  { subject, alerts, assessment }: Pick<CaseState, 'subject' | 'alerts' | 'assessment'>,
): boolean {
  const platform = readOn(contact, subject?.mail);
  if (platform === undefined) return true;
  const touched = (assessment?.findings ?? []).filter(
    (f) => f.confidence !== 'low' && f.kind !== 'security_notice' && (f.whose === undefined || !f.ownSession),
  );
  return !alerts.some((a) => a.platform === platform) && !touched.some((f) => f.platform === platform);
}

/** Platform on which the question was read. A way that is no platform's own chat is called like none. */
const readOn = (
  { channel, on }: NonNullable<CaseState['contact']>,
  mail: Platform | undefined,
): Platform | undefined => (channel === 'mail' ? mail : (on ?? ON_BEFORE[channel] ?? channel));
