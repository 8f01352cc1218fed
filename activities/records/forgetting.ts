import type { Pool, PoolClient } from 'pg';
import { checkSigned } from '../../domain/authority.js';
import { digest } from '../../domain/canonical.js';
import type { Decider, DecisionKey, ForgetDecision, Signed } from '../../domain/decision.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { isForgetDecision, refuseForgetting } from '../../domain/forgetting.js';
import { daysBefore, RETENTION, type CasePart, type RetentionPolicy } from '../../domain/retention.js';
import type { AuditChain } from '../../store/audit/chain.js';
import type { CaseStorage } from '../../store/compartment.js';
import {
  beginForgetting,
  endForgetting,
  goOnForgetting,
  isBeingTold,
  letForgettingGo,
  type Forgetting,
} from '../../store/forgetting/being-forgotten.js';
import { compartmentsOf, forgetFiles } from '../../store/forgetting/case-files.js';
import { forgetRows } from '../../store/forgetting/case-rows.js';
import { casesOfSubjects, dueCases, dueOf, standingOfCases } from '../../store/forgetting/case-standing.js';
import { ForgetDecisions } from '../../store/forgetting/decisions.js';
import { CaseHolds } from '../../store/forgetting/holds.js';
import {
  forgetIfStill,
  forgetKeyless,
  forgetSubjects,
  idsTogether,
  subjectsToForget,
} from '../../store/forgetting/subject-rows.js';
import { transaction } from '../../store/postgres/connection.js';
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
/** Why the policy forgets, where a decision has its nonce. */
const RETENTION_DUE = 'retention';
const KEPT: ReadonlySet<ErrorCode> = new Set(['CASE_OPEN', 'CASE_HELD']);

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
  if (!standing || closedAt === undefined || standing.open || standing.held) return [];
  const { parts } = dueOf({ ...standing, closedAt }, await retentionOf(deps), instant(deps.clock));
  if (parts.length === 0) return [];
  const why = { by: 'records', because: 'retention', once: closedAt } as const;
  try {
    await transaction(deps.pool, (on) => beginForgetting(on, RETENTION_DUE, [caseId]));
    for (const one of await whatGoes(deps, RETENTION_DUE, [caseId])) await forget(deps, one, parts, why);
  } catch (error) {
    if (!isFinal(error)) throw error;
    await endForgetting(deps.pool, RETENTION_DUE, [caseId]);
    if (KEPT.has(error.code)) return [];
    throw error;
  }
  await endForgetting(deps.pool, RETENTION_DUE, [caseId]);
  return parts;
}

/**
 * What was begun, once it was looked at after that had been said: from then on nothing starts under its id. Errors: CASE_OPEN for a case that is about to open, or a plan of which
 * still runs.
 */
async function whatGoes(
  { pool, executions }: ForgettingDeps,
  because: string,
  caseIds?: readonly string[],
): Promise<readonly Forgetting[]> {
  const begun = await goOnForgetting(pool, because, caseIds);
  for (const { caseId, isGoing } of begun)
    if (!isGoing && ((await isBeingTold(pool, caseId)) || (await executions.running(caseId)) > 0))
      throw new QuellError('CASE_OPEN', caseId);
  await letForgettingGo(pool, because, caseIds);
  return begun;
}

const isFinal = (error: unknown): error is QuellError => error instanceof QuellError && !error.retryable;

/** Said first, so that a proof in between does not miss what is about to go; then the keys, then all that they opened. Cut off, it is done again. */
async function forget(
  deps: ForgettingDeps,
  forgetting: Forgetting,
  parts: readonly CasePart[],
  why: { readonly by: string; readonly because: 'retention' | 'decision'; readonly once: string },
): Promise<void> {
  const { caseId } = forgetting;
  const compartments = compartmentsOf(parts);
  const said = async (kind: string, name: string, data: Readonly<Record<string, unknown>>): Promise<void> =>
    deps.chain.append([
      {
        key: `${caseId}:${name}:${why.once}:${parts.join('+')}`,
        ...{ at: instant(deps.clock), kind, by: why.by, caseId, data },
      },
    ]);
  await said(SHREDDED, 'shredded', { parts, compartments, because: why.because });
  const left = await forgetFiles(deps.storage, caseId, compartments);
  if (left > 0) await said('case.files_stay', 'files-stay', { files: left });
  if (parts.includes('dossier')) {
    await deps.executions.remove(caseId);
  }
  await forgetRows(deps.pool, forgetting, parts);
}

/** Subjects of whom nothing is kept, and rows whose key is gone. */
async function forgetOthers(deps: ForgettingDeps): Promise<{ readonly subjects: number }> {
  const { pool, subjectKeys, chain, clock } = deps;
  const untold = {
    before: daysBefore(instant(clock), (await retentionOf(deps)).subjectDays),
    but: (await deps.deciders()).flatMap(({ subjectId }) => subjectId ?? []),
  };
  let subjects = await forgetKeyless(pool, subjectKeys);
  for (;;) {
    const found = await subjectsToForget(pool, untold);
    let gone = 0;
    for (const ids of found) if (await forgetIfStill(pool, subjectKeys, ids, untold)) gone += ids.length;
    if (gone === 0) break;
    subjects += gone;
  }
  const at = instant(clock);
  if (subjects > 0)
    await chain.append([
      { key: `subjects:forgotten:${at}`, at, kind: 'subjects.forgotten', by: 'records', data: { subjects } },
    ]);
  return { subjects };
}

type Told = (kind: string, data: Readonly<Record<string, unknown>>) => Promise<void>;

/** A person's decision: checked by this role's own keys and people, used once, told to the audit log, of a refusal too. */
async function obey(deps: ForgettingDeps, signed: Signed<ForgetDecision>): Promise<void> {
  if (!isForgetDecision((signed as Partial<typeof signed> | undefined)?.body)) throw new QuellError('MESSAGE');
  const { caseId, nonce, personId, verb } = signed.body;
  const unsigned = checkSigned(signed, deps.keys);
  // Whom an unsigned one names has said nothing.
  const by = unsigned ? 'records' : personId;
  const told: Told = async (kind, data) =>
    deps.chain.append([{ key: `forget:${nonce}:${kind}`, at: instant(deps.clock), kind, by, caseId, data }]);
  try {
    if (unsigned) throw new QuellError(unsigned);
    await obeyOnce(deps, signed, told);
  } catch (error) {
    if (!isFinal(error)) throw error;
    await told('forgetting.refused', { verb, code: error.code });
    if (!unsigned && error.code !== 'DECISION_REPLAYED') await end(deps, nonce, error.code);
    throw error;
  }
}

/** Once begun, it goes on also when its time is over, with what was begun and nothing else; once over, it has no effect. */
async function obeyOnce(deps: ForgettingDeps, signed: Signed<ForgetDecision>, told: Told): Promise<void> {
  const { pool, subjectKeys } = deps;
  const { body } = signed;
  const { caseId, nonce, note, verb } = body;
  const begun = await new ForgetDecisions(pool).begun(nonce, digest(body));
  if (begun?.refused) throw new QuellError(begun.refused);
  if (begun?.isOver) return;
  const [standing] = await standingOfCases(pool, [caseId]);
  if (!standing) throw new QuellError('STORE_GONE', 'there is no such case');
  const subjectIds = await idsTogether(pool, standing.subjectId);
  await assertCounts(deps, signed, subjectIds, begun === undefined);
  if (!begun) await transaction(pool, (on) => begin(on, body, subjectIds));
  if (verb === 'hold' || verb === 'lift') await told(verb === 'hold' ? 'case.held' : 'case.hold_lifted', { note });
  const why = { by: body.personId, because: 'decision', once: nonce } as const;
  for (const one of await whatGoes(deps, nonce)) await forget(deps, one, ERASED, why);
  if (verb === 'erase_person') {
    await told('person.forgotten', { subjectIds });
    await forgetSubjects(pool, subjectKeys, subjectIds);
  }
  await end(deps, nonce);
}

/** With the nonce, or not at all: holds are set and lifted, erasures begun. Errors: DECISION_REPLAYED, CASE_FORGOTTEN, CASE_OPEN, CASE_HELD. */
async function begin(on: PoolClient, body: ForgetDecision, subjectIds: readonly string[]): Promise<void> {
  const { caseId, nonce, personId, note = '', verb } = body;
  await new ForgetDecisions(on).begin(nonce, digest(body));
  if (verb === 'hold') await new CaseHolds(on).hold(caseId, personId, note);
  if (verb === 'lift') await new CaseHolds(on).lift(caseId);
  if (verb === 'erase_case') await beginForgetting(on, nonce, [caseId]);
  if (verb === 'erase_person') await beginForgetting(on, nonce, await casesOfSubjects(on, subjectIds));
}

/** Nothing waits for it any more. */
const end = ({ pool }: ForgettingDeps, nonce: string, refused?: ErrorCode): Promise<void> =>
  transaction(pool, async (on) => {
    await endForgetting(on, nonce);
    await new ForgetDecisions(on).end(nonce, refused);
  });

/** Errors: what the decision is refused for; NOT_AUTHORISED for whoever the configuration names, who would decide on themselves under a new id. */
async function assertCounts(
  deps: ForgettingDeps,
  signed: Signed<ForgetDecision>,
  subjectIds: readonly string[],
  isNew: boolean,
): Promise<void> {
  const deciders = await deps.deciders();
  const people = { keys: deps.keys, deciders, subjectIds };
  const refusal = refuseForgetting(signed, people, isNew ? instant(deps.clock) : undefined);
  if (refusal) throw new QuellError(refusal);
  const isNamed = deciders.some(({ subjectId }) => subjectId !== undefined && subjectIds.includes(subjectId));
  if (signed.body.verb === 'erase_person' && isNamed)
    throw new QuellError('NOT_AUTHORISED', 'the configuration names this person: take them out of it first');
}
