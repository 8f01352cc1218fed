import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { checkSigned, mayAct } from '../../domain/authority.js';
import type { AlertRef } from '../../domain/alert.js';
import type { HumanTask } from '../../domain/case.js';
import type { ContactAnswer, Signed, TaskCompletion } from '../../domain/decision.js';
import { withOwnersAnswers } from '../../domain/rotation.js';
import { ERRORS, type ErrorCode } from '../../domain/errors.js';
import { maxSeverity } from '../../domain/platform.js';
import {
  answerSignal,
  answerUpdate,
  completeTaskSignal,
  completeTaskUpdate,
  containmentChangedSignal,
  joinAlertsSignal,
  joinAlertsUpdate,
  viewQuery,
  type ContainmentState,
  type JoinAnswer,
} from '../messages.js';
import { now } from '../clock.js';
import { decideSignificance } from './disclosure.js';
import { tell, show, type CaseRun } from './run.js';

const ALERTS_KEPT = 100;
const REFUSED_KEPT = 50;

/** Registers every message of a case. Called before the first await, so that nothing is handled by half a state. */
export function handleMessages(run: CaseRun): void {
  setHandler(viewQuery, () => run.state);

  setHandler(joinAlertsUpdate, ({ alerts }) => joinAlerts(run, alerts), {
    description: 'Alerts of the same subject join the case',
    validator: ({ alerts }: { readonly alerts: readonly AlertRef[] }) => throwIf(refuseAlerts(run, alerts)),
  });
  setHandler(joinAlertsSignal, ({ alerts }) =>
    orRefuse(run, 'joinAlerts', refuseAlerts(run, alerts), () => void joinAlerts(run, alerts)),
  );

  setHandler(answerUpdate, (signed) => takeAnswer(run, signed), {
    description: 'The answer of the subject or sponsor, signed',
    validator: (signed: Signed<ContactAnswer>) => throwIf(refuseAnswer(run, signed)),
  });
  setHandler(answerSignal, (signed) =>
    orRefuse(run, 'answer', refuseAnswer(run, signed), () => takeAnswer(run, signed)),
  );

  setHandler(completeTaskUpdate, (signed) => takeTask(run, signed), {
    description: 'A human task done or not possible, signed',
    validator: (signed: Signed<TaskCompletion>) => throwIf(refuseTask(run, signed)),
  });
  setHandler(completeTaskSignal, (signed) =>
    orRefuse(run, 'completeTask', refuseTask(run, signed), () => takeTask(run, signed)),
  );

  setHandler(containmentChangedSignal, (containment) => followContainment(run, containment));
}

function refuseAlerts(run: CaseRun, alerts: readonly AlertRef[]): ErrorCode | undefined {
  if (run.closing) return 'CASE_CLOSED';
  return Array.isArray(alerts) && alerts.length > 0 ? undefined : 'ALERT_FORMAT';
}

function joinAlerts(run: CaseRun, alerts: readonly AlertRef[]): JoinAnswer {
  const { state } = run;
  const opened = state.alerts.length === 0;
  run.joins += 1;
  const known = new Set(state.alerts.map((a) => a.alertId));
  const added = alerts.filter((a) => !known.has(a.alertId));
  for (const alert of added) {
    state.severity = maxSeverity(state.severity, alert.severity);
    if (state.alerts.length < ALERTS_KEPT) state.alerts.push(alert);
    else state.alertsFolded += 1;
  }
  if (added.length > 0) {
    tell(
      run,
      opened
        ? `Opened by ${added.length} alert(s) from ${sourcesOf(added)}`
        : `${added.length} alert(s) from ${sourcesOf(added)} joined`,
    );
  }
  return { caseId: state.caseId, opened, stage: state.stage };
}

const sourcesOf = (alerts: readonly AlertRef[]): string => [...new Set(alerts.map((a) => a.source))].sort().join(', ');

function refuseAnswer(run: CaseRun, signed: Signed<ContactAnswer>): ErrorCode | undefined {
  const { state } = run;
  if (!state.policy || signed?.body?.type !== 'answer' || signed.body.caseId !== state.caseId) return 'NOT_AUTHORISED';
  if (state.contact?.askId !== signed.body.askId) return 'NOT_AUTHORISED';
  if (state.contact.outcome !== 'waiting' && state.contact.outcome !== 'silent') return 'DECISION_REPLAYED';
  return checkSigned(signed, state.policy.keys);
}

function takeAnswer(run: CaseRun, { body }: Signed<ContactAnswer>): void {
  if (!run.state.contact) return;
  const { answer: outcome, at: answeredAt, words } = body;
  run.state.contact = { ...run.state.contact, outcome, answeredAt, ...(words === undefined ? {} : { words }) };
  tell(run, `The subject answered **${outcome}** on ${body.channel}${words === undefined ? '' : ', with a note'}`);
}

function refuseTask(run: CaseRun, signed: Signed<TaskCompletion>): ErrorCode | undefined {
  const { state } = run;
  if (!state.policy || signed?.body?.type !== 'task' || signed.body.caseId !== state.caseId) return 'NOT_AUTHORISED';
  const task = state.tasks.find((t) => t.taskId === signed.body.taskId);
  if (!task) return 'NOT_AUTHORISED';
  if (task.status === 'done' || task.status === 'not_possible') return 'DECISION_REPLAYED';
  const invalid = checkSigned(signed, state.policy.keys);
  if (invalid) return invalid;
  if (!mayAct(signed.body.personId, task.role, state.policy.deciders, state.subjectId)) return 'NOT_AUTHORISED';
  const missing =
    signed.body.outcome === 'done' && task.fields.some((f) => f.required && signed.body.fields[f.name] === undefined);
  return missing ? 'TASK_INCOMPLETE' : undefined;
}

function takeTask(run: CaseRun, { body }: Signed<TaskCompletion>): void {
  const { state } = run;
  const done = state.tasks.find((t) => t.taskId === body.taskId);
  if (!done) return;
  const { personId: doneBy, at: doneAt, outcome: status, fields: result } = body;
  // One acknowledgement answers every call.
  const answers = (t: HumanTask): boolean =>
    t === done || (t.kind === 'acknowledge' && done.kind === 'acknowledge' && t.status === 'open');
  state.tasks = state.tasks.map((t) => (answers(t) ? { ...t, status, result, doneBy, doneAt } : t));
  tell(run, `Task \`${body.taskId}\` ${status === 'done' ? 'done' : 'not possible'} by \`${doneBy}\``);
  if (state.exposure) state.exposure = withOwnersAnswers(state.exposure, state.tasks);
  if (done.kind === 'significance' && status === 'done') decideSignificance(run, { ...done, result, doneBy });
}

function followContainment(run: CaseRun, containment: ContainmentState): void {
  const plan = run.state.plans.find((p) => p.planId === containment.planId);
  if (!plan || plan.digest !== containment.planDigest) {
    refuse(run, 'containmentChanged', 'PLAN_CHANGED');
    return;
  }
  if (plan.status !== containment.status) {
    plan.status = containment.status;
    plan.results = containment.results;
    tell(run, `Plan \`${plan.digest.slice(0, 8)}\`: ${containment.status.replaceAll('_', ' ')}`);
  } else {
    plan.results = containment.results;
    show(run);
  }
}

/** Signals can't be rejected: a message that is not obeyed is recorded and changes nothing else. */
function orRefuse(run: CaseRun, message: string, code: ErrorCode | undefined, take: () => void): void {
  if (code) refuse(run, message, code);
  else take();
}

function refuse(run: CaseRun, message: string, code: ErrorCode): void {
  if (run.state.refused.length < REFUSED_KEPT) run.state.refused.push({ at: now(), message, code });
  tell(run, `A \`${message}\` message was refused: ${code}`);
}

function throwIf(code: ErrorCode | undefined): void {
  if (code) throw ApplicationFailure.create({ type: code, message: ERRORS[code].text, nonRetryable: true });
}
