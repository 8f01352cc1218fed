import { randomUUID } from 'node:crypto';
import { digest } from '../../../domain/canonical.js';
import type {
  ApprovalDecision,
  ContactAnswer,
  Decider,
  DecisionKey,
  Signed,
  TaskCompletion,
} from '../../../domain/decision.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
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
