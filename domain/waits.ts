import type { CaseState, HumanTask } from './case.js';
import type { Instant } from './platform.js';

/** A wait for people or for logs, for the Temporal UI, the search attributes and the console. */
export interface Wait {
  /** The task's, the plan's, or the kind where there is but one. */
  readonly id: string;
  readonly kind: WaitKind;
  readonly who: string;
  readonly what: string;
  readonly until: Instant;
  readonly otherwise: string;
}

export type WaitKind = HumanTask['kind'] | 'answer' | 'plan' | 'lag' | 'watch';

/** What is waited for, for a list of cases: fixed words, where a case's own page has the whole text. */
export const WAIT_WORDS: Readonly<Record<WaitKind, string>> = {
  answer: 'an answer',
  plan: 'a decision on a plan',
  lag: 'rows that may still appear',
  watch: 'more of what was suspicious',
  interview: 'an interview',
  manual_action: 'a step that is done by hand',
  rotate_secret: 'the rotation of a secret',
  significance: 'whether the breach is significant',
  acknowledge: 'an acknowledgement',
  contact_by_phone: 'a call to the subject',
  read_approval: 'whether message text may be read',
  identify_subject: 'whose account it is',
  judgement: 'the verdict',
  protect_account: 'the protection of the account',
  stage_failed: 'what made a stage fail',
};

/** Everything the case waits for now, soonest first. */
export function waitsOf(state: CaseState): readonly Wait[] {
  const waits: Wait[] = [];
  if (state.contact?.outcome === 'waiting')
    waits.push({
      ...{ id: 'answer', kind: 'answer', who: 'the subject' },
      what: `answer on ${state.contact.channel}`,
      until: state.contact.deadline,
      otherwise: 'silence counts as the policy says',
    });
  for (const plan of state.plans)
    if (plan.status === 'awaiting_approval')
      waits.push({
        ...{ id: plan.planId, kind: 'plan', who: 'approvers' },
        what: `decision on plan ${plan.digest.slice(0, 8)}`,
        until: plan.deadline,
        otherwise: 'the plan expires and nothing is done',
      });
  for (const task of state.tasks)
    if (task.status === 'open')
      waits.push({
        ...{ id: task.taskId, kind: task.kind, who: task.role },
        what: task.text,
        until: task.dueAt,
        otherwise: task.ifLate,
      });
  if (state.lagUntil !== undefined)
    waits.push({
      ...{ id: 'lag', kind: 'lag', who: 'vendor logs' },
      what: 'rows that may still appear',
      until: state.lagUntil,
      otherwise: 'the evidence is read again',
    });
  if (state.watchUntil !== undefined)
    waits.push({
      ...{ id: 'watch', kind: 'watch', who: 'vendor logs' },
      what: 'more of what was suspicious: the case keeps watch',
      until: state.watchUntil,
      otherwise: 'the case decides a second time',
    });
  return waits.sort((a, b) => (a.until < b.until ? -1 : 1));
}
