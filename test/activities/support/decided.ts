import type { CaseState, HumanTask } from '../../../domain/case.js';
import { answerOf } from '../../../domain/answers.js';
import { decideEscalation } from '../../../domain/escalation.js';
import { DEFAULT_DECISION } from '../../../domain/weights.js';
import { later } from './plans.js';

/** Decides the case on the assessment that it holds, as its workflow would. */
export function decided(state: CaseState, interview?: 'yes' | 'no'): CaseState {
  const { assessment, contact, policy } = state;
  if (!assessment || !policy) throw new Error('the case is assessed');
  const { findings, impact, lines = [], foreignAccess = false } = assessment;
  const escalation = decideEscalation({
    ...{ lines, findings, impact, foreignAccess },
    contact: contact ? answerOf(contact) : 'not_contacted',
    contactIsSafe: true,
    ...(interview === undefined ? {} : { interview }),
    severity: state.severity,
    gaps: [],
    policy: {
      decision: policy.decision ?? DEFAULT_DECISION,
      contact: policy.contact,
    },
    settled: true,
  });
  return { ...state, escalation, verdict: escalation.verdict };
}

const done = (taskId: string, kind: HumanTask['kind'], result: HumanTask['result'] & object): HumanTask => ({
  ...{ taskId, kind, role: 'responder', text: 'Look at it', dueAt: later(60), ifLate: 'it goes on', fields: [] },
  ...{ status: 'done', result, doneBy: 'p-2', doneAt: later(30) },
});
/** A responder's verdict, with the note of the reason. */
export const judgement = (verdict: string, reason: string): HumanTask => done('t-8', 'judgement', { verdict, reason });
export const interviewed = (explained: string): HumanTask => done('t-9', 'interview', { explained });
