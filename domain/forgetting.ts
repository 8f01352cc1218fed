import { CLOCK_SKEW_MS } from './approval.js';
import { checkSigned, mayAct } from './authority.js';
import type { Decider, DecisionKey, ForgetDecision, Signed } from './decision.js';
import type { ErrorCode } from './errors.js';
import type { Instant } from './platform.js';
import { id, instant, object, oneOf, optional, text } from './shape.js';

export const FORGET_VERBS = ['hold', 'lift', 'erase_case', 'erase_person'] as const;

/** Roles of whom a hold may be set; what ends one, or erases, is a lead's. */
const MAY: Readonly<Record<ForgetDecision['verb'], readonly string[]>> = {
  hold: ['responder', 'lead'],
  lift: ['lead'],
  erase_case: ['lead'],
  erase_person: ['lead'],
};

/** The role of these by which somebody may do it; undefined when none of them does. */
export const forgettingRole = (verb: ForgetDecision['verb'], roles: readonly string[]): string | undefined =>
  MAY[verb].find((role) => roles.includes(role));

export const isForgetDecision = object<ForgetDecision>({
  type: oneOf(['forget']),
  verb: oneOf(FORGET_VERBS),
  caseId: id,
  note: optional(text(200)),
  personId: id,
  role: id,
  at: instant,
  expiresAt: instant,
  nonce: id,
});

/**
 * Why a decision on forgetting does not count, or undefined when it does. `subjectIds`: of whom the case is about, who decides nothing of it. Without `now`, for one that was begun in time,
 * its time does not matter. Total: whatever it is handed.
 */
export function refuseForgetting(
  signed: Signed<ForgetDecision>,
  {
    keys,
    deciders,
    subjectIds,
  }: {
    readonly keys: readonly DecisionKey[];
    readonly deciders: readonly Decider[];
    readonly subjectIds: readonly string[];
  },
  now?: Instant,
): ErrorCode | undefined {
  const body: unknown = (signed as Partial<Signed<ForgetDecision>> | undefined)?.body;
  if (!isForgetDecision(body)) return 'MESSAGE';
  const unsigned = checkSigned(signed, keys);
  if (unsigned) return unsigned;
  if (forgettingRole(body.verb, [body.role]) === undefined) return 'NOT_AUTHORISED';
  if (!subjectIds.every((subjectId) => mayAct(body.personId, body.role, deciders, subjectId))) return 'NOT_AUTHORISED';
  const reasoned = body.verb !== 'hold' && body.verb !== 'lift';
  if (!reasoned && (body.note ?? '') === '') return 'TASK_INCOMPLETE';
  if (now === undefined) return undefined;
  const at = Date.parse(now);
  return Date.parse(body.expiresAt) > at && Date.parse(body.at) <= at + CLOCK_SKEW_MS ? undefined : 'DECISION_EXPIRED';
}
