import type { AlertRef } from '../domain/alert.js';
import type { ContainmentReport, ResultSignature } from '../domain/containment-report.js';
import type { ApprovalDecision, ContactAnswer, Signed, SwitchDecision, TaskCompletion } from '../domain/decision.js';
import type { ActionResult, ContainmentPlan, Readback, ResolvedSummary, VendorWrite } from '../domain/plan.js';
import { isPlatform, SEVERITIES } from '../domain/platform.js';
import {
  anyObject,
  either,
  flag,
  id,
  instant,
  list,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
  type Shape,
} from '../domain/shape.js';
import type { JoinIncident } from './messages.js';

const ALERTS = 500;
const STEPS = 200;
const DECISIONS = 200;
const NODES = 20_000;
/** Of a stop, which is not refused for what else it says. */
const STOP_NODES = 100;

const name = text(200);
const words = text(4_000);
const value = either(words, either(number, flag));
/** What a vendor said of a thing before an act and after it. A report that holds anything else is refused as a whole. */
export const facts = record(value, 1_000);

const signed = <T extends object>(body: Shape<T>): Shape<Signed<T>> =>
  object<Signed<T>>({ body, keyId: id, signature: text(200) });

const alert = object<AlertRef>({
  alertId: name,
  source: name,
  platform: optional(isPlatform),
  severity: oneOf(SEVERITIES),
  occurredAt: instant,
  receivedAt: instant,
});

const answer = object<ContactAnswer>({
  type: oneOf(['answer']),
  caseId: id,
  askId: id,
  answer: oneOf(['me', 'not_me', 'unsure']),
  words: optional(name),
  personId: name,
  channel: name,
  at: instant,
  nonce: id,
});

const task = object<TaskCompletion>({
  type: oneOf(['task']),
  caseId: id,
  taskId: id,
  outcome: oneOf(['done', 'not_possible']),
  fields: facts,
  personId: name,
  role: name,
  at: instant,
  nonce: id,
});

const approval = object<ApprovalDecision>({
  type: oneOf(['approval']),
  caseId: id,
  planId: id,
  planDigest: name,
  steps: optional(list(number, STEPS)),
  verb: oneOf(['approve', 'deny', 'release']),
  personId: name,
  role: name,
  at: instant,
  expiresAt: instant,
  nonce: id,
});

const resume = object<SwitchDecision>({
  type: oneOf(['switch']),
  verb: oneOf(['resume']),
  personId: name,
  role: name,
  at: instant,
  why: words,
  nonce: id,
  lifts: id,
  expiresAt: instant,
});

/** What a stop needs to be one; whatever else it says or leaves out, it stops. */
const anyStop = anyObject<SwitchDecision>(STOP_NODES);
const stop: Shape<SwitchDecision> = (body): body is SwitchDecision =>
  anyStop(body) && body.type === 'switch' && body.verb === 'stop' && name(body.personId) && id(body.nonce);

const result = object<ActionResult>({
  planId: id,
  step: number,
  status: oneOf(['done', 'already', 'refused', 'failed', 'shadow', 'task_done', 'task_open']),
  at: instant,
  code: optional(name),
  text: words,
  before: optional(facts),
  readback: optional(object<Readback>({ at: instant, holds: flag, state: facts })),
  verified: flag,
  writes: list(object<VendorWrite>({ platform: isPlatform, operation: name, targetId: words }), STEPS),
  allowedBy: list(name, DECISIONS),
  resolved: optional(anyObject<ResolvedSummary>(NODES)),
});

const status = oneOf([
  'awaiting_approval',
  'acting',
  'holding',
  'denied',
  'expired',
  'released',
  'permanent',
  'failed',
]);

const report = object<ContainmentReport>({
  // Its digest says whether it is the plan that the case made.
  plan: anyObject<ContainmentPlan>(NODES),
  status,
  decisions: list(signed(approval), DECISIONS),
  results: list(result, STEPS),
  signatures: list(object<ResultSignature>({ step: number, keyId: id, signature: text(200) }), STEPS),
});

/** Of a containment as versions before `LAST_GATE` sent it: in histories that are read again. */
export interface OlderReport {
  readonly planId: string;
  readonly status: ContainmentReport['status'];
  readonly results: readonly ActionResult[];
}
const anyReport = anyObject<OlderReport>(NODES);
const olderReport: Shape<OlderReport> = (given): given is OlderReport =>
  anyReport(given) && id(given.planId) && status(given.status) && list(result, STEPS)(given.results);

const joinIncident = object<JoinIncident>({
  caseId: id,
  severity: oneOf(SEVERITIES),
  closed: optional((v): v is true => v === true),
});

/** Every message that a workflow takes, as Update and as Signal, and the one form of its one argument. What is not here is refused. */
export const MESSAGE_SHAPES = {
  // From whoever holds the payload key.
  joinAlerts: object<{ readonly alerts: readonly AlertRef[] }>({ alerts: list(alert, ALERTS, 1) }),
  joinIncident,
  caseClosed: object<{ readonly caseId: string }>({ caseId: id }),
  // Signed by a person, or by the console for one.
  answer: signed(answer),
  completeTask: signed(task),
  decide: signed(approval),
  stop: signed(stop),
  resume: signed(resume),
  // Rests on signatures of the containment worker and of people.
  containmentChanged: either(report, olderReport),
} as const satisfies Readonly<Record<string, Shape<unknown>>>;

export type MessageName = keyof typeof MESSAGE_SHAPES;

/** Whether a message is one of the table, with one argument of its form. */
export const isWellFormed = (message: string, args: readonly unknown[]): boolean =>
  Object.hasOwn(MESSAGE_SHAPES, message) && args.length === 1 && MESSAGE_SHAPES[message as MessageName](args[0]);
