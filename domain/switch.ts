import { CLOCK_SKEW_MS } from './approval.js';
import { checkSigned, mayAct } from './authority.js';
import type { Decider, DecisionKey, Signed, Stop, SwitchDecision } from './decision.js';
import type { ErrorCode } from './errors.js';
import type { Instant } from './platform.js';
import { id, instant } from './shape.js';

/** Whether all containment is stopped, and the nonces of the decisions that made it so. */
export interface SwitchState {
  readonly stopped?: Stop;
  readonly used: readonly string[];
}

/** Whose decisions count, of the checker's own configuration. */
export interface SwitchPeople {
  readonly keys: readonly DecisionKey[];
  readonly deciders: readonly Decider[];
}

/** Only an older stop than so many decisions ago could be played again, and a stop is the safe side. */
const USED_KEPT = 1_000;
const WHY_KEPT = 500;

/**
 * Why a decision on the switch does not count, or undefined when it does. A stop needs a signature of somebody who may sign in and nothing
 * else: no role, no time, no reason. A resume is a lead's, in time, and lifts the very stop that is on. Total: whatever it is handed.
 */
export function refuseSwitch(
  signed: Signed<SwitchDecision>,
  state: SwitchState,
  { keys, deciders }: SwitchPeople,
  now: Instant,
): ErrorCode | undefined {
  const body: SwitchDecision | undefined = signed?.body;
  if (body?.type !== 'switch' || typeof body.personId !== 'string' || !id(body.nonce)) return 'MESSAGE';
  const unsigned = checkSigned(signed, keys);
  if (unsigned) return unsigned;
  if (state.used.includes(body.nonce)) return 'DECISION_REPLAYED';
  if (body.verb === 'stop') return undefined;
  if (body.verb !== 'resume' || body.role !== 'lead' || !mayAct(body.personId, 'lead', deciders, ''))
    return 'NOT_AUTHORISED';
  const at = Date.parse(now);
  if (!(Date.parse(body.expiresAt ?? '') > at && Date.parse(body.at) <= at + CLOCK_SKEW_MS)) return 'DECISION_EXPIRED';
  // What was pressed after the lead looked was not decided on.
  return state.stopped !== undefined && state.stopped.nonce === body.lifts ? undefined : 'DECISION_EXPIRED';
}

/** How the switch stands after a decision that counts. A later stop takes the place of an earlier one: to lift it, a lead must have seen it. */
export function afterSwitch({ body }: Signed<SwitchDecision>, state: SwitchState, now: Instant): SwitchState {
  const used = [...state.used, body.nonce].slice(-USED_KEPT);
  if (body.verb === 'resume') return { used };
  const { personId: by, nonce } = body;
  const why = typeof body.why === 'string' ? body.why.slice(0, WHY_KEPT) : '';
  return { stopped: { by, at: instant(body.at) ? body.at : now, why, nonce }, used };
}
