import { randomUUID } from 'node:crypto';
import { digest } from '../../../domain/canonical.js';
import { notDone, withResult, type ContainmentReport, type Outcome } from '../../../domain/containment-report.js';
import type {
  ApprovalDecision,
  ContactAnswer,
  Decider,
  DecisionKey,
  Signed,
  SwitchDecision,
  TaskCompletion,
} from '../../../domain/decision.js';
import type { ActionResult, ContainmentPlan, SignedPlan, SignedResult } from '../../../domain/plan.js';
import { signBody } from '../../../store/signing.js';
import { testKeys } from '../../store/support.js';

/** The console, which speaks for whoever is signed in. */
const consoleKeys = testKeys();
/** Somebody whose key nobody has heard of. */
const stranger = testKeys();

export const KEYS: readonly DecisionKey[] = [{ ...consoleKeys.verifying('decision'), holder: { kind: 'console' } }];
export const DECIDERS: readonly Decider[] = [
  { personId: 'p-lead', roles: ['lead'] },
  { personId: 'p-lead-2', roles: ['lead'] },
  { personId: 'p-responder', roles: ['responder', 'investigator', 'secret_owner', 'counsel'] },
  { personId: 'p-subject', roles: ['lead', 'responder'], subjectId: 's-subject' },
];

/** Long enough for every skipped day; the test's clock stays behind. */
const EXPIRES = '2098-01-01T00:00:00.000Z';
const AT = '2026-03-02T12:00:00.000Z';

/** By which the containment worker vouches for what it did. */
const worker = testKeys().signing('decision');
export const RESULT_KEYS = [{ keyId: worker.keyId, publicKey: worker.publicKey }];

type By = 'console' | 'stranger';
const sign = <T>(body: T, by: By): Signed<T> =>
  signBody(body, (by === 'console' ? consoleKeys : stranger).signing('decision'));

export function decisionOn(
  plan: ContainmentPlan,
  verb: ApprovalDecision['verb'],
  personId: string,
  change: Partial<ApprovalDecision> = {},
  by: By = 'console',
): Signed<ApprovalDecision> {
  const { caseId, planId } = plan;
  const role = DECIDERS.find((d) => d.personId === personId)?.roles[0] ?? 'lead';
  const decided = { planDigest: digest(plan), verb, personId, role, at: AT, expiresAt: EXPIRES, nonce: randomUUID() };
  return sign({ type: 'approval', caseId, planId, ...decided, ...change }, by);
}

export function answerTo(
  caseId: string,
  answer: ContactAnswer['answer'],
  change: Partial<ContactAnswer> = {},
  by: By = 'console',
): Signed<ContactAnswer> {
  const body = { askId: 'ask-1', answer, personId: 'p-anybody', channel: 'mail', at: AT, nonce: randomUUID() };
  return sign({ type: 'answer', caseId, ...body, ...change }, by);
}

/** The plan with its author; workflows hand it on and do not check it. */
export const authored = (plan: ContainmentPlan): SignedPlan => signBody(plan, testKeys().signing('decision'));

/** A result as the containment worker states it. */
export const statedOf = (plan: ContainmentPlan, result: ActionResult): SignedResult =>
  signBody({ planDigest: digest(plan), result }, worker);

/** What a containment tells its case: the results of these steps as its worker signed them, all others as not done. */
export function reportOn(
  plan: ContainmentPlan,
  status: ContainmentReport['status'],
  done: readonly ActionResult[],
  change: Partial<ContainmentReport> = {},
): ContainmentReport {
  const rest = plan.actions.filter((a) => !done.some((r) => r.step === a.step));
  const { results, signatures } = [
    ...rest.map((action) => notDone(plan, action, 'DECISION_EXPIRED', AT)),
    ...done.map((result) => statedOf(plan, result)),
  ].reduce<Outcome>(withResult, { results: [], signatures: [] });
  return { plan, status, decisions: [], results, signatures, ...change };
}

/** A stop or a resume as the console signs it; a resume lifts the stop with the nonce `lifts`. */
export function switchOf(
  verb: SwitchDecision['verb'],
  personId: string,
  change: Partial<SwitchDecision> = {},
  by: By = 'console',
): Signed<SwitchDecision> {
  const said = { verb, personId, role: 'lead', at: AT, why: 'a drill', nonce: randomUUID() };
  return sign({ type: 'switch', ...said, ...(verb === 'resume' ? { expiresAt: EXPIRES } : {}), ...change }, by);
}

export function completionOf(
  caseId: string,
  taskId: string,
  personId: string,
  fields: TaskCompletion['fields'] = {},
  change: Partial<TaskCompletion> = {},
  by: By = 'console',
): Signed<TaskCompletion> {
  const role = DECIDERS.find((d) => d.personId === personId)?.roles[0] ?? 'lead';
  const body = { taskId, outcome: 'done' as const, fields, personId, role, at: AT, nonce: randomUUID() };
  return sign({ type: 'task', caseId, ...body, ...change }, by);
}
