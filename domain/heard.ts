import { answerOf } from './answers.js';
import { VERDICTS, type CaseState, type HumanTask, type Verdict } from './case.js';
import { whatPeopleSay } from './escalation.js';
import { EVIDENCE } from './weights.js';
import type { Platform } from './platform.js';
import type { Told } from './weighing.js';

const CHANNEL_OF: Readonly<Record<string, Platform>> = { slack: 'slack', teams: 'microsoft', google_chat: 'google' };

/** What people have said so far, as lines of evidence: the answer of the subject, and the interview. */
export function heardIn(state: CaseState): readonly Told[] {
  const { contact, assessment } = state;
  const explained = lastDone(state.tasks, 'interview')?.result?.['explained'];
  const interview = (['yes', 'no', 'partly'] as const).find((word) => word === explained);
  const lines = whatPeopleSay({
    contact: contact ? answerOf(contact) : 'not_contacted',
    contactIsSafe: isSafe(state),
    foreignAccess: assessment?.foreignAccess ?? false,
    ...(interview === undefined ? {} : { interview }),
  });
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
function isSafe({ contact, subject, alerts, assessment }: CaseState): boolean {
  if (!contact) return false;
  const platform = contact.channel === 'mail' ? subject?.mail : CHANNEL_OF[contact.channel];
  if (platform === undefined) return true;
  const touched = (assessment?.findings ?? []).filter(
    (f) => f.confidence !== 'low' && f.kind !== 'security_notice' && (f.whose === undefined || !f.ownSession),
  );
  return !alerts.some((a) => a.platform === platform) && !touched.some((f) => f.platform === platform);
}
