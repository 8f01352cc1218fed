import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { checkSigned, mayAct } from '../domain/authority.js';
import type { Decider, DecisionKey, Signed, TaskCompletion } from '../domain/decision.js';
import { ERRORS, type ErrorCode } from '../domain/errors.js';
import {
  guardViewQuery,
  leaseUpdate,
  resumeUpdate,
  stopUpdate,
  type GuardState,
  type LeaseAnswer,
  type LeaseRequest,
} from './messages.js';
import { HOUR, now, plus } from './clock.js';

const UPDATES_PER_RUN = 500;

export interface GuardInput {
  readonly keys: readonly DecisionKey[];
  readonly deciders: readonly Decider[];
  readonly resume?: GuardState;
}

/** One for the organisation: leases the blast-radius budget of the last hour and holds the stop switch. */
export async function containmentGuardWorkflow(input: GuardInput): Promise<void> {
  const state: GuardState = input.resume ?? { leases: [] };
  let taken = 0;
  const draw = (): void => {
    setCurrentDetails(
      `## ${state.stopped ? `**Stopped** at ${state.stopped.at} by \`${state.stopped.by}\`` : 'Containment is allowed'}\n\n${state.leases.length} lease(s) in the last hour: ${sum(state, 'accounts')} account(s), ${sum(state, 'actions')} action(s)`,
    );
  };

  setHandler(guardViewQuery, () => state);
  setHandler(leaseUpdate, (request) => {
    taken += 1;
    const answer = lease(state, request);
    draw();
    return answer;
  });
  setHandler(stopUpdate, ({ by }) => {
    taken += 1;
    state.stopped ??= { at: now(), by };
    draw();
  });
  setHandler(
    resumeUpdate,
    () => {
      taken += 1;
      delete state.stopped;
      draw();
    },
    {
      validator: (signed: Signed<TaskCompletion>) => {
        const invalid =
          checkSigned(signed, input.keys) ??
          (mayAct(signed.body.personId, 'lead', input.deciders, '') && signed.body.taskId === 'resume'
            ? undefined
            : 'NOT_AUTHORISED');
        if (invalid) throw failure(invalid);
      },
    },
  );
  draw();

  await condition(() => taken >= UPDATES_PER_RUN || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof containmentGuardWorkflow>({ ...input, resume: state });
}

function lease(state: GuardState, request: LeaseRequest): LeaseAnswer {
  const hourAgo = plus(now(), -HOUR);
  state.leases = state.leases.filter((l) => l.at > hourAgo);
  if (state.stopped) return { granted: false, why: ERRORS.STOPPED.text };
  if (state.leases.some((l) => l.planId === request.planId)) return { granted: true, why: 'leased before' };
  const accounts = sum(state, 'accounts') + request.accounts;
  const actions = sum(state, 'actions') + request.actions;
  const { accountsPerHour, actionsPerHour } = request.limits;
  if (accounts > accountsPerHour || actions > actionsPerHour)
    return {
      granted: false,
      why: `${ERRORS.BUDGET.text} (${accounts} of ${accountsPerHour} accounts, ${actions} of ${actionsPerHour} actions in an hour)`,
    };
  state.leases.push({ planId: request.planId, at: now(), actions: request.actions, accounts: request.accounts });
  return { granted: true, why: `${accounts} of ${accountsPerHour} accounts in this hour` };
}

const sum = (state: GuardState, what: 'accounts' | 'actions'): number => state.leases.reduce((n, l) => n + l[what], 0);

const failure = (code: ErrorCode): ApplicationFailure =>
  ApplicationFailure.create({ type: code, message: ERRORS[code].text, nonRetryable: true });
