import type { Pool } from 'pg';
import { digest } from '../../domain/canonical.js';
import type { Decider, DecisionKey, ForgetDecision, Signed } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import { isForgetDecision, refuseForgetting } from '../../domain/forgetting.js';
import { daysBefore, RETENTION, type CasePart, type RetentionPolicy } from '../../domain/retention.js';
import type { AuditChain } from '../../store/audit/chain.js';
import type { CaseStorage } from '../../store/compartment.js';
import { compartmentsOf, forgetFiles } from '../../store/forgetting/case-files.js';
import { forgetRows } from '../../store/forgetting/case-rows.js';
import {
  casesOfSubjects,
  dueCases,
  dueOf,
  standingOfCases,
  type CaseStanding,
} from '../../store/forgetting/case-standing.js';
import { CaseHolds } from '../../store/forgetting/holds.js';
import { forgetKeyless, forgetSubjects, idsTogether, subjectsToForget } from '../../store/forgetting/subject-rows.js';
import type { PolicyStore } from '../../store/policy-file.js';
import type { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { SHREDDED } from '../../store/verify-story.js';
import { beating, instant, systemClock, type Clock } from '../context.js';
import type { ForgettingActivities } from '../contract.js';
import { guarded } from '../errors.js';

/** What Temporal keeps of a case: its workflow and all that it started. */
export interface ExecutionsPort {
  /** How many of them run still. */
  running(caseId: string): Promise<number>;
  /** Deletes those that have ended. */
  remove(caseId: string): Promise<void>;
}

export interface ForgettingDeps {
  readonly pool: Pool;
  readonly storage: CaseStorage;
  readonly subjectKeys: SubjectKeys;
  readonly executions: ExecutionsPort;
  readonly chain: Pick<AuditChain, 'append'>;
  readonly policies: Pick<PolicyStore, 'current'>;
  /** Whose decisions count, by this worker's own configuration. */
  readonly keys: readonly DecisionKey[];
  /** With the subject ids that they have now. */
  readonly deciders: () => Promise<readonly Decider[]>;
  readonly clock: Clock;
}

const PAGE = 50;
/** What people's decisions erase: the row stays for the numbers until it is due. */
const ERASED: readonly CasePart[] = ['evidence', 'dossier'];

/** Activities of the records role that forget. Each decides by itself whether it may: what calls it is a message. */
export function createForgettingActivities(
  given: Omit<ForgettingDeps, 'clock'> & Partial<Pick<ForgettingDeps, 'clock'>>,
): ForgettingActivities {
  const deps: ForgettingDeps = { clock: systemClock, ...given };
  return guarded<ForgettingActivities>({
    dueToForget: async ({ after }) => {
      const due = await dueCases(deps.pool, await retentionOf(deps), instant(deps.clock), {
        ...{ held: false, limit: PAGE },
        ...(after === undefined ? {} : { after }),
      });
      return due.map(({ caseId, closedAt }) => ({ caseId, closedAt }));
    },
    forgetDue: ({ caseId }) => alive(() => forgetDue(deps, caseId)),
    forgetOthers: () => alive(() => forgetOthers(deps)),
    obeyForgetting: ({ signed }) => alive(() => obey(deps, signed)),
  });
}

/** So that an attempt that was killed is followed by the next within seconds. */
const alive = <T>(work: () => Promise<T>): Promise<T> => beating(() => undefined, work);

async function retentionOf({ policies }: Pick<ForgettingDeps, 'policies'>): Promise<RetentionPolicy> {
  return (await policies.current()).policy.retention ?? RETENTION;
}

/** What is due of a case by the policy as it is now; nothing of one that is open or held, or a plan of which still runs. */
async function forgetDue(deps: ForgettingDeps, caseId: string): Promise<readonly CasePart[]> {
  const [standing] = await standingOfCases(deps.pool, [caseId]);
  const closedAt = standing?.closedAt;
  if (!standing || closedAt === undefined || (await kept(deps, standing)) !== undefined) return [];
  const { parts } = dueOf({ ...standing, closedAt }, await retentionOf(deps), instant(deps.clock));
  if (parts.length > 0) await forget(deps, standing, parts, { by: 'records', because: 'retention', once: closedAt });
  return parts;
}

/** Why nothing of a case may be forgotten now. */
async function kept(
  { executions }: ForgettingDeps,
  { caseId, open, held }: CaseStanding,
): Promise<QuellError | undefined> {
  if (held) return new QuellError('CASE_HELD', caseId);
  return open || (await executions.running(caseId)) > 0 ? new QuellError('CASE_OPEN', caseId) : undefined;
}

/** Said first, so that a proof in between does not miss what is about to go; then the keys, then all that they opened. Cut off, it is done again. */
async function forget(
  deps: ForgettingDeps,
  { caseId }: CaseStanding,
  parts: readonly CasePart[],
  why: { readonly by: string; readonly because: 'retention' | 'decision'; readonly once: string },
): Promise<void> {
  const compartments = compartmentsOf(parts);
  await deps.chain.append([
    {
      key: `${caseId}:shredded:${why.once}:${parts.join('+')}`,
      ...{ at: instant(deps.clock), kind: SHREDDED, by: why.by, caseId },
      data: { parts, compartments, because: why.because },
    },
  ]);
  await forgetFiles(deps.storage, caseId, compartments);
  if (parts.includes('dossier')) {
    await deps.executions.remove(caseId);
  }
  await forgetRows(deps.pool, caseId, parts);
}

/** Subjects of whom nothing is kept, and rows whose key is gone. */
async function forgetOthers(deps: ForgettingDeps): Promise<{ readonly subjects: number }> {
  const { pool, subjectKeys, chain, clock } = deps;
  const before = daysBefore(instant(clock), (await retentionOf(deps)).subjectDays);
  const named = (await deps.deciders()).flatMap(({ subjectId }) => subjectId ?? []);
  let subjects = await forgetKeyless(pool, subjectKeys);
  for (;;) {
    const ids = await subjectsToForget(pool, before, named);
    if (ids.length === 0) break;
    await forgetSubjects(pool, subjectKeys, ids);
    subjects += ids.length;
  }
  const at = instant(clock);
  if (subjects > 0)
    await chain.append([
      { key: `subjects:forgotten:${at}`, at, kind: 'subjects.forgotten', by: 'records', data: { subjects } },
    ]);
  return { subjects };
}

/** A person's decision: checked by this role's own keys and people, used once, told to the audit log, of a refusal too. */
async function obey(deps: ForgettingDeps, signed: Signed<ForgetDecision>): Promise<void> {
  if (!isForgetDecision((signed as Partial<typeof signed> | undefined)?.body)) throw new QuellError('MESSAGE');
  const { body } = signed;
  const { caseId, nonce, personId: by, verb } = body;
  const told = async (kind: string, data: Readonly<Record<string, unknown>>): Promise<void> =>
    deps.chain.append([{ key: `forget:${nonce}:${kind}`, at: instant(deps.clock), kind, by, caseId, data }]);
  const holds = new CaseHolds(deps.pool);
  try {
    const [standing] = await standingOfCases(deps.pool, [caseId]);
    if (!standing) throw new QuellError('STORE_GONE', 'there is no such case');
    const subjectIds = await idsTogether(deps.pool, standing.subjectId);
    // An attempt before this one was obeyed and died: its time may be over, and it goes on all the same.
    if (!(await holds.wasUsed(nonce, digest(body)))) await assertCounts(deps, signed, subjectIds);
    const erased =
      verb === 'erase_case' ? [caseId] : verb === 'erase_person' ? await casesOfSubjects(deps.pool, subjectIds) : [];
    const standings = await standingOfCases(deps.pool, erased);
    for (const one of standings) {
      const refusal = await kept(deps, one);
      if (refusal) throw refusal;
    }
    await holds.use(nonce, digest(body));
    if (verb === 'hold') await holds.hold(caseId, by, body.note ?? '');
    if (verb === 'lift') await holds.lift(caseId);
    if (verb === 'hold' || verb === 'lift')
      await told(verb === 'hold' ? 'case.held' : 'case.hold_lifted', { note: body.note });
    for (const one of standings) await forget(deps, one, ERASED, { by, because: 'decision', once: nonce });
    if (verb === 'erase_person') {
      await told('person.forgotten', { subjectIds });
      await forgetSubjects(deps.pool, deps.subjectKeys, subjectIds);
    }
  } catch (error) {
    if (error instanceof QuellError && !error.retryable) await told('forgetting.refused', { verb, code: error.code });
    throw error;
  }
}

/** Errors: what the decision is refused for; NOT_AUTHORISED for whoever the configuration names, who would decide on themselves under a new id. */
async function assertCounts(
  deps: ForgettingDeps,
  signed: Signed<ForgetDecision>,
  subjectIds: readonly string[],
): Promise<void> {
  const deciders = await deps.deciders();
  const refusal = refuseForgetting(signed, { keys: deps.keys, deciders, subjectIds }, instant(deps.clock));
  if (refusal) throw new QuellError(refusal);
  const isNamed = deciders.some(({ subjectId }) => subjectId !== undefined && subjectIds.includes(subjectId));
  if (signed.body.verb === 'erase_person' && isNamed)
    throw new QuellError('NOT_AUTHORISED', 'the configuration names this person: take them out of it first');
}
