import { patched, setHandler } from '@temporalio/workflow';
import type { AlertRef } from '../../domain/alert.js';
import { checkSigned, mayAct } from '../../domain/authority.js';
import type { HumanTask } from '../../domain/case.js';
import { refuseAnswer, withAnswer } from '../../domain/answers.js';
import { refuseReport, type ContainmentReport } from '../../domain/containment-report.js';
import type { ContactAnswer, Signed, TaskCompletion } from '../../domain/decision.js';
import type { ErrorCode } from '../../domain/errors.js';
import { maxSeverity } from '../../domain/platform.js';
import { noteRefusal } from '../../domain/refusals.js';
import { withOwnersAnswers } from '../../domain/rotation.js';
import { now } from '../clock.js';
import { onMessage, onRefused } from '../handle.js';
import type { OlderReport } from '../message-shapes.js';
import {
  answerSignal,
  answerUpdate,
  completeTaskSignal,
  completeTaskUpdate,
  containmentChangedSignal,
  joinAlertsSignal,
  joinAlertsUpdate,
  viewQuery,
  type JoinAnswer,
} from '../messages.js';
import { LAST_GATE } from '../patches.js';
import { decideSignificance } from './disclosure.js';
import { show, tell, type CaseRun } from './run.js';

const ALERTS_KEPT = 100;

/** Registers every message of a case. Called before the first await, so that nothing is handled by half a state. */
export function handleMessages(run: CaseRun): void {
  const told = (message: string, code: ErrorCode): void => refuse(run, message, code);
  onRefused(told);
  setHandler(viewQuery, () => run.state);
  onMessage(
    { update: joinAlertsUpdate, signal: joinAlertsSignal },
    { refuse: () => (run.closing ? 'CASE_CLOSED' : undefined), take: ({ alerts }) => joinAlerts(run, alerts), told },
  );
  onMessage(
    { update: answerUpdate, signal: answerSignal },
    { refuse: (signed) => refuseAnswerOf(run, signed), take: (signed) => takeAnswer(run, signed), told },
  );
  onMessage(
    { update: completeTaskUpdate, signal: completeTaskSignal },
    { refuse: (signed) => refuseTask(run, signed), take: (signed) => takeTask(run, signed), told },
  );
  setHandler(containmentChangedSignal, (report) => followContainment(run, report));
}

function joinAlerts(run: CaseRun, alerts: readonly AlertRef[]): JoinAnswer {
  const { state } = run;
  const opened = state.alerts.length === 0;
  run.joins += 1;
  const known = new Set(state.alerts.map((a) => a.alertId));
  const at = now();
  const added = alerts
    .filter((a) => !known.has(a.alertId))
    // No clock but ours says how long the case waits for its logs.
    .map((a) => ({ ...a, receivedAt: a.receivedAt < at ? a.receivedAt : at }));
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

function refuseAnswerOf({ state, closing }: CaseRun, signed: Signed<ContactAnswer>): ErrorCode | undefined {
  if (!state.policy || signed.body.caseId !== state.caseId || !state.contact) return 'NOT_AUTHORISED';
  return checkSigned(signed, state.policy.keys) ?? (closing ? 'CASE_CLOSED' : refuseAnswer(state.contact, signed.body));
}

function takeAnswer(run: CaseRun, { body }: Signed<ContactAnswer>): void {
  if (!run.state.contact) return;
  const first = run.state.contact.answeredAt === undefined;
  run.state.contact = withAnswer(run.state.contact, body);
  tell(
    run,
    `The subject answered **${body.answer}** on ${body.channel}${body.words === undefined ? '' : ', with a note'}${first ? '' : ': another answer than before, and both stand'}`,
  );
}

function refuseTask(run: CaseRun, signed: Signed<TaskCompletion>): ErrorCode | undefined {
  const { state } = run;
  if (!state.policy || signed.body.caseId !== state.caseId) return 'NOT_AUTHORISED';
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
  tell(
    run,
    `Task \`${body.taskId}\` ${status === 'done' ? 'done' : 'not possible'} by \`${doneBy}\`${verdictIn(done, result)}`,
  );
  if (state.exposure) state.exposure = withOwnersAnswers(state.exposure, state.tasks);
  if (done.kind === 'significance' && status === 'done') decideSignificance(run, { ...done, result, doneBy });
}

/** Who sets a verdict says which and why: the words themselves are in the note. */
function verdictIn({ kind }: HumanTask, { verdict, reason }: TaskCompletion['fields']): string {
  return kind !== 'judgement' || verdict === undefined
    ? ''
    : `: **${String(verdict)}**, why is in \`${String(reason)}\``;
}

/** Follows what a containment reports, as far as the signatures in it go. */
function followContainment(run: CaseRun, report: ContainmentReport | OlderReport): void {
  const { state } = run;
  if (!('plan' in report)) {
    if (patched(LAST_GATE)) refuse(run, 'containmentChanged', 'MESSAGE');
    else followOlder(run, report);
    return;
  }
  const plan = state.plans.find((p) => p.planId === report.plan.planId);
  const code = plan && state.policy ? refuseReport(report, { plan, policy: state.policy, now: now() }) : 'PLAN_CHANGED';
  if (code || !plan) {
    refuse(run, 'containmentChanged', code ?? 'PLAN_CHANGED');
    return;
  }
  plan.results = report.results;
  if (plan.status === report.status) {
    show(run);
    return;
  }
  plan.status = report.status;
  tell(run, `Plan \`${plan.digest.slice(0, 8)}\`: ${report.status.replaceAll('_', ' ')}`);
}

/** What a history of an older version goes on with; nobody is believed without signatures any more. */
function followOlder(run: CaseRun, { planId, status, results }: OlderReport): void {
  const plan = run.state.plans.find((p) => p.planId === planId);
  if (plan) Object.assign(plan, { status, results });
}

/** A message that is not obeyed is recorded, however many come, and changes nothing else. */
function refuse(run: CaseRun, message: string, code: ErrorCode): void {
  const isTold = noteRefusal(run.state, { at: now(), message, code });
  if (isTold) tell(run, `A \`${message}\` message was refused: ${code}`);
}
