import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { DOSSIER_NAMES } from '../activities/dossier.js';
import { maxSeverity, type Severity } from '../domain/platform.js';
import type { RetentionPolicy } from '../domain/retention.js';
import type { CaseIndex } from '../store/cases/case-index.js';
import type { EvidenceWriter } from '../store/evidence-store.js';
import type { CaseJoins } from '../store/inbox/case-joins.js';
import type { Hold, InboxReader } from '../store/inbox/reader.js';
import type { SubjectRegistry } from '../store/subjects/registry.js';
import { startOrJoinCase } from './case-client.js';
import { deliverCallback, type AnswerDeps } from './delivery/answers.js';
import { isDown, isForGood, nameOf, refusalOf } from './delivery/failures.js';
import { pauseBefore } from './delivery/join-pace.js';
import { outcomeOf, Recent, sortMessage, type Entry, type Fold, type SortDeps } from './delivery/sort.js';

/** Alerts in one update, about 100 KB: a case takes tens of joins, never thousands. */
const BATCH = 500;
/** Cases that are told at once. */
const AT_ONCE = 4;
/** Taken in one pass, so that a storm is folded before it reaches Temporal; bytes, so that memory stays flat. */
const PASS = { messages: 2_000, bytes: 32 * 1024 * 1024 };
const LOOK_EVERY_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** A case that does not answer must not hold up the others. */
const CALL_WITHIN_MS = 20_000;
/** What waits for its source's share of new cases is looked at again by then, should the source no longer be configured. */
const CAPPED_AT_MOST_MS = 10 * 60_000;
const PRUNE_EVERY_MS = 60_000;

export interface DeliveryDeps extends SortDeps, Omit<AnswerDeps, 'registry' | 'tenants' | 'dossier'> {
  readonly client: Client;
  readonly inbox: InboxReader;
  /** Of all deliverers together. */
  readonly joins: CaseJoins;
  readonly registry: Pick<SubjectRegistry, 'resolve' | 'findEach' | 'canonical'>;
  readonly index: Pick<CaseIndex, 'get' | 'holds' | 'running'>;
  /** The alerts of each join are kept in the case's dossier, with what the detector sent (rows of `AlertRow`). */
  readonly dossier: EvidenceWriter;
  readonly sources: readonly (SortDeps['sources'][number] & { readonly newCasesPerMinute: number })[];
  /** How long outcomes and dead letters are kept, by the policy as it is now. */
  readonly retention: () => Promise<Pick<RetentionPolicy, 'outcomeDays' | 'deadLetterDays'>>;
  /** Told of trouble that a person should see; no personal data. */
  readonly log: (what: string, data: Readonly<Record<string, unknown>>) => void;
}

/** One row of the dossier's file of a join. */
export interface AlertRow {
  readonly alert: Fold['joins'][number]['alert'];
  /** Its part of the body, as the detector sent it. */
  readonly raw: unknown;
}

class TemporalDown extends Error {}

/**
 * From the inbox to the cases: parse, resolve, drop repeats, fold by subject, join in batches with one update of a case in flight. Any number of them deliver at
 * once. A message ends with an outcome or stays in the inbox: a kill between a join and its outcome repeats the join, and the case knows the alert.
 */
export class Delivery {
  readonly #recent = new Recent();
  #prunedAt = -Infinity;

  constructor(readonly deps: DeliveryDeps) {}

  /** Delivers until aborted; when Temporal is away the inbox grows and delivery waits. */
  async run(signal: AbortSignal): Promise<void> {
    let pause = LOOK_EVERY_MS;
    while (!signal.aborted) {
      try {
        await this.deps.client.withAbortSignal(ofOnePass(signal), () => this.deliverOnce());
        pause = LOOK_EVERY_MS;
      } catch (error) {
        if (signal.aborted) return;
        pause = Math.min(MAX_BACKOFF_MS, pause * 2);
        this.deps.log('delivery waits', { failure: nameOf(error) });
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One pass over what may be delivered now. Errors: when Temporal or the store cannot be reached. */
  async deliverOnce(): Promise<void> {
    const { inbox, joins, sources } = this.deps;
    await this.#prune();
    await joins.letGo(sources);
    try {
      await this.#deliverAnswers();
      await this.#deliverAlerts();
    } finally {
      // Left in hand when Temporal or a store was away. Failing that the lease ends.
      await inbox.release().catch(() => undefined);
    }
  }

  async #prune(): Promise<void> {
    if (performance.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    const isMore = await this.deps.inbox.prune();
    const old = await this.deps.inbox.forget(await this.deps.retention());
    if (old.letters > 0) this.deps.log('dead letters were forgotten by their age', { letters: old.letters });
    await this.deps.joins.prune();
    // In a storm more becomes old in a minute than goes at once.
    if (!isMore && !old.isMore) this.#prunedAt = performance.now();
  }

  /** People's answers first: they must not stand behind a storm. */
  async #deliverAnswers(): Promise<void> {
    const { inbox } = this.deps;
    await inParallel(await inbox.claim('callback', PASS), async (item) => {
      const { seq } = item;
      try {
        const caseId = await this.#within(() => deliverCallback(this.deps, item));
        await inbox.settle([{ seq, status: 'delivered', caseIds: [caseId] }]);
      } catch (error) {
        if (isForGood(error)) await inbox.settle([{ seq, status: 'ignored', text: error.code }]);
        else await inbox.hold(this.#retryLater(error, `answer-${seq}`, [{ seq }]));
      }
    });
  }

  async #deliverAlerts(): Promise<void> {
    const { inbox } = this.deps;
    const folds = new Map<string, Fold>();
    const entries: Entry[] = [];
    for (const item of await inbox.claim('alert', PASS))
      entries.push(await sortMessage(this.deps, item, this.#recent, folds));
    await this.#settleAll(entries);
    const beyond = await this.#beyondShares([...folds.values()]);
    const holds: Hold[] = [];
    try {
      await inParallel([...folds.values()], async (fold) => {
        holds.push(...(beyond.has(fold.caseId) ? heldBack(fold) : await this.#deliver(fold)));
      });
    } finally {
      await inbox.hold(holds);
    }
  }

  /** Cases that would be new, and for which there is no room. Whoever can raise alerts must not be able to open cases without bound. */
  async #beyondShares(folds: readonly Fold[]): Promise<ReadonlySet<string>> {
    const { index, joins, sources } = this.deps;
    const known = await pMap(folds, ({ caseId }) => index.get(caseId), { concurrency: AT_ONCE });
    const fresh = folds.filter((_, i) => known[i] === undefined || known[i].stage === 'closed');
    const beyond = new Set(fresh.map(({ caseId }) => caseId));
    for (const share of sources) {
      const asking = fresh.filter(({ source }) => source === share.name).map(({ caseId }) => caseId);
      if (asking.length > 0) for (const caseId of await joins.letIn(share, asking)) beyond.delete(caseId);
    }
    return beyond;
  }

  /** Tells one case; what it is not to be told of yet is held. */
  async #deliver(fold: Fold): Promise<readonly Hold[]> {
    const { caseId, joins } = fold;
    const forMs = pauseBefore(await this.deps.joins.told(caseId), gravest(joins));
    if (forMs > 0) return joins.map(({ entry }) => ({ seq: entry.seq, why: 'pace', caseId, forMs }));
    for (let i = 0; i < joins.length; i += BATCH) {
      const batch = joins.slice(i, i + BATCH);
      const left = joins.slice(i).map(({ entry }) => entry);
      try {
        await this.#within(() => this.#join(fold, batch));
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === undefined) return this.#retryLater(error, caseId, left);
        this.deps.log('a case refused alerts', { caseId, failure: nameOf(error) });
        for (const entry of left) {
          entry.problems.push(refusal);
          entry.waiting -= 1;
        }
        await this.#settleAll(left);
        return [];
      }
      for (const { entry } of batch) {
        entry.caseIds.add(caseId);
        entry.joined += 1;
        entry.waiting -= 1;
      }
      await this.#settleAll(batch.map(({ entry }) => entry));
    }
    return [];
  }

  async #join({ subjectId, caseId, home }: Fold, batch: Fold['joins']): Promise<void> {
    // An alert may have come twice in one pass: the case counts what it no longer lists by id.
    const fresh = batch.filter(({ ref }) => !this.#recent.has(ref.alertId, subjectId));
    const once = [...new Map(fresh.map((j) => [j.ref.alertId, j])).values()];
    if (once.length === 0) return;
    await this.deps.joins.telling(caseId);
    await this.deps.dossier.writeRows(
      caseId,
      DOSSIER_NAMES.alerts,
      once.map(({ alert, raw }) => ({ alert, raw }) satisfies AlertRow),
    );
    const { opened } = await startOrJoinCase(this.deps.client, { subjectId, home, alerts: once.map((j) => j.ref) });
    for (const { ref } of once) this.#recent.add(ref.alertId, subjectId);
    await this.deps.joins.joined(caseId, gravest(once), opened);
  }

  /** The outcome of messages of which nothing is left to do. */
  async #settleAll(entries: readonly Entry[]): Promise<void> {
    await this.deps.inbox.settle([...new Set(entries)].filter((e) => e.waiting === 0).map(outcomeOf));
  }

  /** Errors: TemporalDown when it is not this case that fails. */
  #retryLater(error: unknown, caseId: string, messages: readonly { readonly seq: number }[]): readonly Hold[] {
    if (isDown(error)) throw new TemporalDown('Temporal cannot be reached');
    this.deps.log('a case could not be told', { caseId, failure: nameOf(error) });
    return messages.map(({ seq }) => ({ seq, why: 'retry', caseId }));
  }

  async #within<T>(call: () => Promise<T>): Promise<T> {
    return await this.deps.client.withDeadline(Date.now() + CALL_WITHIN_MS, call);
  }
}

/** It stays in the inbox and is seen there. */
const heldBack = ({ caseId, joins }: Fold): readonly Hold[] =>
  joins.map(({ entry }) => ({ seq: entry.seq, why: 'cap', caseId, forMs: CAPPED_AT_MOST_MS }));

const gravest = (joins: Fold['joins']): Severity =>
  joins.reduce<Severity>((max, { ref }) => maxSeverity(max, ref.severity), 'info');

/** The client leaves a listener behind with every call: they go with the pass. */
function ofOnePass(signal: AbortSignal): AbortSignal {
  const pass = AbortSignal.any([signal]);
  setMaxListeners(0, pass);
  return pass;
}

/** Runs all, a few at a time; when all have ended throws the first error. Nothing goes on behind a caller who was told of a failure. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  const unlessFailed = async (item: T): Promise<void> => {
    if (!failed) await work(item).catch((error: unknown) => (failed ??= { error }));
  };
  await pMap(items, unlessFailed, { concurrency: AT_ONCE });
  if (failed) throw failed.error;
}
