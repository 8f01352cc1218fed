/** How any client starts or joins a case and sends people's decisions: plain Temporal calls with Quell's payload codec. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { AlertRef } from '../domain/alert.js';
import { digest } from '../domain/canonical.js';
import type { CaseState } from '../domain/case.js';
import type {
  ApprovalDecision,
  ContactAnswer,
  ForgetDecision,
  Signed,
  SwitchDecision,
  TaskCompletion,
} from '../domain/decision.js';
import { ERRORS, QuellError, type ErrorCode } from '../domain/errors.js';
import { maxSeverity, SEVERITIES, type Severity, type TenantRef } from '../domain/platform.js';
import {
  answerSignal,
  answerUpdate,
  completeTaskSignal,
  completeTaskUpdate,
  containmentViewQuery,
  decideSignal,
  decideUpdate,
  joinAlertsUpdate,
  resumeUpdate,
  stopUpdate,
  viewQuery,
  type ContainmentView,
  type JoinAnswer,
  type SwitchAnswer,
} from '../workflows/messages.js';
import type { AnswerFormInput } from '../workflows/answer-form.js';
import type {
  answerFormWorkflow,
  caseWorkflow,
  containmentGuardWorkflow,
  forgetDecisionWorkflow,
} from '../workflows/index.js';
import { QUEUES } from '../workflows/queues.js';
import { PLATFORM, SEVERITY, STAGE, SUBJECT } from '../workflows/search-attributes.js';

export { KeyRing } from '../store/key-ring.js';
export { payloadKeys } from '../store/payload-codec.js';
export { connect, type TemporalAddress } from './temporal-client.js';

/** A case that is just closing refuses the join; it has closed a moment later. */
const TRIES = 5;
const PAUSE_MS = 500;
const GRPC_NOT_FOUND = 5;

export interface JoinRequest {
  readonly subjectId: string;
  /** Where the alerts' account lives. */
  readonly home: TenantRef;
  /** At least one, at most 500 (about 100 KB): one join is one update. */
  readonly alerts: readonly AlertRef[];
  /** Id of an earlier case that a new one should name as the one it follows. */
  readonly after?: string;
}

/**
 * Starts the subject's case or joins the one that runs. The same alerts give the same update id, so that a repeat changes
 * nothing. A case that closes under the join is followed by a new one that names it. Waits for a workflow worker to answer: give
 * the call a deadline (`client.withDeadline`). Errors: QuellError when the case refuses it; Temporal's own when it cannot be reached, and
 * `WorkflowUpdateRPCTimeoutOrCancelledError` past the deadline, after which the same call may be made again.
 */
export async function startOrJoinCase(client: Client, request: JoinRequest): Promise<JoinAnswer> {
  const { subjectId, home, alerts } = request;
  const caseId = `case-${subjectId}`;
  const severity = alerts.reduce<Severity>((max, a) => maxSeverity(max, a.severity), 'info');
  let { after } = request;
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.workflow.executeUpdateWithStart(joinAlertsUpdate, {
        startWorkflowOperation: new WithStartWorkflowOperation<typeof caseWorkflow>('caseWorkflow', {
          workflowId: caseId,
          taskQueue: QUEUES.playbook,
          workflowIdConflictPolicy: 'USE_EXISTING',
          args: [{ caseId, subjectId, home, ...(after === undefined ? {} : { after }) }],
          staticSummary: `${home.platform} · ${alerts.length} alert${alerts.length === 1 ? '' : 's'} from ${alerts[0]?.source ?? 'nobody'}`,
          priority: {
            priorityKey: SEVERITIES.length - SEVERITIES.indexOf(severity),
            fairnessKey: (alerts[0]?.source ?? 'none').slice(0, 60),
          },
          typedSearchAttributes: [
            { key: SUBJECT, value: subjectId },
            { key: PLATFORM, value: home.platform },
            { key: SEVERITY, value: severity },
            { key: STAGE, value: 'intake' },
          ],
        }),
        args: [{ alerts }],
        updateId: `join-${digest(alerts.map((a) => a.alertId)).slice(0, 40)}`,
      });
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'CASE_CLOSED' || attempt >= TRIES)
        throw code === undefined ? error : new QuellError(code, undefined, { cause: error });
      after = caseId;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}

/** A decision on a plan, by Update (answered) or by Signal (fire and forget; the same checks). Errors: what the workflow refused it for. */
export async function decide(
  client: Client,
  containmentId: string,
  signed: Signed<ApprovalDecision>,
  options: { readonly signal?: boolean } = {},
): Promise<void> {
  const handle = client.workflow.getHandle(containmentId);
  await refusing(() =>
    options.signal
      ? handle.signal(decideSignal, signed)
      : handle.executeUpdate(decideUpdate, { args: [signed], updateId: signed.body.nonce }),
  );
}

export async function answer(
  client: Client,
  caseId: string,
  signed: Signed<ContactAnswer>,
  options: { readonly signal?: boolean } = {},
): Promise<void> {
  const handle = client.workflow.getHandle(caseId);
  await refusing(() =>
    options.signal
      ? handle.signal(answerSignal, signed)
      : handle.executeUpdate(answerUpdate, { args: [signed], updateId: signed.body.nonce }),
  );
}

/** Has the form for an answer opened for who pressed its button. The same press opens one form. */
export async function openAnswerForm(client: Client, input: AnswerFormInput): Promise<void> {
  try {
    await client.workflow.start<typeof answerFormWorkflow>('answerFormWorkflow', {
      workflowId: `answer-form-${digest(input).slice(0, 32)}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue: QUEUES.playbook,
      workflowExecutionTimeout: '1 minute',
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

export async function completeTask(
  client: Client,
  caseId: string,
  signed: Signed<TaskCompletion>,
  options: { readonly signal?: boolean } = {},
): Promise<void> {
  const handle = client.workflow.getHandle(caseId);
  await refusing(() =>
    options.signal
      ? handle.signal(completeTaskSignal, signed)
      : handle.executeUpdate(completeTaskUpdate, { args: [signed], updateId: signed.body.nonce }),
  );
}

/**
 * Stops all containment, or resumes it, and says whether the containment worker has answered within seconds; it is told for as long as it
 * takes. Errors: what guard or worker refuse it for; SWITCH when no guard answers.
 */
export async function turnSwitch(
  client: Client,
  startWorkflowOperation: WithStartWorkflowOperation<typeof containmentGuardWorkflow>,
  signed: Signed<SwitchDecision>,
): Promise<SwitchAnswer> {
  const update = signed.body.verb === 'stop' ? stopUpdate : resumeUpdate;
  try {
    return await client.workflow.executeUpdateWithStart(update, {
      startWorkflowOperation,
      args: [signed],
      updateId: signed.body.nonce,
    });
  } catch (error) {
    throw new QuellError(codeOf(error) ?? 'SWITCH', undefined, { cause: error });
  }
}

/**
 * A hold, its end, or an erasure, which the records role checks and does. `going_on` after `withinMs`: it goes on by itself. Errors: what it is refused for; Temporal's own when it
 * cannot be reached.
 */
export async function decideForgetting(
  client: Client,
  signed: Signed<ForgetDecision>,
  withinMs: number,
): Promise<'done' | 'going_on'> {
  const handle = await client.workflow.start<typeof forgetDecisionWorkflow>('forgetDecisionWorkflow', {
    workflowId: `forget-${signed.body.nonce}`,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    taskQueue: QUEUES.playbook,
    args: [signed],
    staticSummary: 'A decision on forgetting',
  });
  const late = new AbortController();
  try {
    return await Promise.race([
      handle.result().then(() => 'done' as const),
      sleep(withinMs, 'going_on' as const, { signal: late.signal }),
    ]);
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new QuellError(code, undefined, { cause: error });
  } finally {
    late.abort();
  }
}

/** The case as it is; undefined when Temporal does not hold it (any more). */
export function viewCase(client: Client, caseId: string): Promise<CaseState | undefined> {
  return orGone(() => client.workflow.getHandle(caseId).query(viewQuery));
}

export function viewContainment(client: Client, containmentId: string): Promise<ContainmentView | undefined> {
  return orGone(() => client.workflow.getHandle(containmentId).query(containmentViewQuery));
}

async function orGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** A refusal of the workflow becomes the catalogue's error. */
async function refusing(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined) throw new QuellError(code, undefined, { cause: error });
    throw error;
  }
}

/** What a failed call means in the catalogue, by typed codes alone; undefined for Temporal's own trouble. */
function codeOf(error: unknown): ErrorCode | undefined {
  if (error instanceof WorkflowNotFoundError) return 'CASE_CLOSED';
  // Update-with-start gives the raw gRPC error where other calls give the SDK's class.
  if (isGrpcServiceError(error)) {
    const code: number = error.code;
    return code === GRPC_NOT_FOUND ? 'CASE_CLOSED' : undefined;
  }
  const cause =
    error instanceof WorkflowUpdateFailedError || error instanceof WorkflowFailedError ? error.cause : undefined;
  const failure = cause instanceof ActivityFailure ? cause.cause : cause;
  const type = failure instanceof ApplicationFailure ? failure.type : undefined;
  if (type === 'AcceptedUpdateCompletedWorkflow') return 'CASE_CLOSED';
  return isErrorCode(type) ? type : undefined;
}

const isErrorCode = (type: string | null | undefined): type is ErrorCode =>
  type !== undefined && type !== null && Object.hasOwn(ERRORS, type);
