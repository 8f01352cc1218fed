import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineUpdate,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { Signed, Stop, SwitchDecision } from '../domain/decision.js';
import { ERRORS } from '../domain/errors.js';
import { noteRefusal, refusalsIn } from '../domain/refusals.js';
import { afterSwitch, refuseSwitch, type SwitchPeople } from '../domain/switch.js';
import { now } from './clock.js';
import { onMessage, onRefused, refusal, type OnRefused } from './handle.js';
import {
  guardViewQuery,
  resumeSignal,
  resumeUpdate,
  stopSignal,
  stopUpdate,
  type GuardState,
  type SwitchAnswer,
} from './messages.js';
import { LAST_GATE } from './patches.js';
import { containmentSwitch } from './proxies.js';
import { auditRefusals } from './refusals.js';

/** Some hundred decisions; a history that others fill is read again in a moment, too. */
const MAX_EVENTS = 1_000;
/** How long whoever pressed waits for the containment worker; the decision is on its way for as long as it takes. */
const CONFIRMED_WITHIN = '8 seconds';

export interface GuardInput extends SwitchPeople {
  readonly resume?: GuardState;
}

/**
 * One for the organisation: the stop switch as people see it. A stop counts here at once, a resume when the containment worker, which checks
 * again and obeys its own copy alone, has taken it. Every decision is handed to that worker until it answers.
 */
export async function containmentGuardWorkflow(input: GuardInput): Promise<void> {
  const state = stateFrom(input);
  const refusedBy = new Map<string, string>();
  const draw = (): void => setCurrentDetails(detailsOf(state));
  const told: OnRefused = (message, code) => {
    noteRefusal(state, { at: now(), message, code });
    draw();
  };
  const take = async (signed: Signed<SwitchDecision>): Promise<SwitchAnswer> => {
    if (signed.body?.type !== 'switch') return answerOf(state); // read again in a history of an older version
    const { nonce, verb } = signed.body;
    const after = afterSwitch(signed, state, now());
    state.used = after.used;
    state.pending = [...state.pending, signed];
    if (verb === 'stop' && after.stopped) state.stopped = after.stopped;
    draw();
    const isPending = (): boolean => state.pending.some((p) => p.body.nonce === nonce);
    await condition(() => !isPending(), CONFIRMED_WITHIN, { summary: `The containment worker takes the ${verb}` });
    const code = refusedBy.get(nonce);
    if (code !== undefined) throw refusedByWorker(code);
    return answerOf(state);
  };
  const refuse = (signed: Signed<SwitchDecision>): ReturnType<typeof refuseSwitch> =>
    refuseSwitch(signed, state, input, now());

  onRefused(told);
  setHandler(guardViewQuery, () => {
    const { refused, refusedMore = 0 } = state;
    return { ...answerOf(state), refused, refusedMore };
  });
  onMessage({ update: stopUpdate, signal: stopSignal }, { refuse, take, told });
  onMessage({ update: resumeUpdate, signal: resumeSignal }, { refuse, take, told });
  const isOlder = !patched(LAST_GATE);
  if (isOlder) answerLeasesOfOlderVersions();
  void auditRefusals(state).catch(() => undefined);
  draw();

  const isFull = (): boolean => {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || (!isOlder && historyLength > MAX_EVENTS);
  };
  await Promise.race([condition(isFull), handOver(state, refusedBy, draw)]);
  await condition(allHandlersFinished);
  await continueAsNew<typeof containmentGuardWorkflow>({ ...input, resume: state });
}

/** Hands every decision to the containment worker, in order, each until it is answered. What it refuses is recorded, and does not count. */
async function handOver(state: GuardState, refusedBy: Map<string, string>, draw: () => void): Promise<never> {
  for (;;) {
    await condition(() => state.pending.length > 0);
    const [signed] = state.pending;
    if (!signed) continue;
    const { verb, nonce } = signed.body;
    try {
      const summary = `Tell the containment worker: ${verb}`;
      const { stopped } = await containmentSwitch.switchContainment.executeWithOptions({ summary }, [{ signed }]);
      setStop(state, 'heard', stopped);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const code = codeOf(error);
      refusedBy.set(nonce, code);
      noteRefusal(state, { at: now(), message: verb, code });
    }
    state.pending = state.pending.slice(1);
    // A stop that is still on its way is newer than what the worker knows.
    if (!state.pending.some((p) => p.body.verb === 'stop')) setStop(state, 'stopped', state.heard);
    draw();
  }
}

function setStop(state: GuardState, which: 'stopped' | 'heard', stop: Stop | undefined): void {
  if (stop) state[which] = stop;
  else delete state[which];
}

function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : 'DEFECT';
}

const refusedByWorker = (code: string): ApplicationFailure =>
  Object.hasOwn(ERRORS, code) ? refusal(code as keyof typeof ERRORS) : refusal('NOT_AUTHORISED');

const answerOf = ({ stopped, pending }: GuardState): SwitchAnswer => ({
  ...(stopped ? { stopped } : {}),
  confirmed: pending.length === 0,
});

/** The state of the run before this one. An older version knew leases, and stops that nobody signed: they are to be pressed again. */
function stateFrom({ resume }: GuardInput): GuardState {
  return resume?.used ? resume : { used: [], pending: [], refused: [] };
}

/** Leases that were answered stay answered when a history is read again; nobody is given one any more. */
function answerLeasesOfOlderVersions(): void {
  setHandler(defineUpdate<object>('lease'), () => ({ granted: false, why: ERRORS.MESSAGE.text }), {
    validator: () => {
      throw refusal('MESSAGE');
    },
  });
}

function detailsOf(state: GuardState): string {
  const { stopped, pending } = state;
  const head = stopped ? `**Stopped** at ${stopped.at} by \`${stopped.by}\`` : 'Containment is allowed';
  const waits =
    pending.length === 0 ? '' : `\n\n${pending.length} decision(s) that the containment worker has not answered`;
  const count = refusalsIn(state);
  return `## ${head}${waits}${count === 0 ? '' : `\n\n${count} refused message(s)`}`;
}
