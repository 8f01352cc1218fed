import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { DOSSIER_NAMES } from '../activities/dossier.js';
import { QuellError } from '../domain/errors.js';
import { maxSeverity, type Instant, type Severity } from '../domain/platform.js';
import type { CaseIndex } from '../store/cases/case-index.js';
import type { EvidenceWriter } from '../store/evidence-store.js';
import type { InboxItem, InboxReader } from '../store/inbox.js';
import type { SubjectRegistry } from '../store/subjects/registry.js';
import { startOrJoinCase } from './case-client.js';
import { deliverCallback, type AnswerDeps } from './delivery/answers.js';
import { isDown, nameOf, refusalOf } from './delivery/failures.js';
import { Held } from './delivery/held.js';
import { JoinPace } from './delivery/join-pace.js';
import { NewCaseCap } from './delivery/new-case-cap.js';
import { Recent, sortMessage, type Entry, type Fold, type SortDeps } from './delivery/sort.js';
import { whomItNames, type WhomItNames } from './delivery/whom-it-names.js';

/** Alerts in one update, about 100 KB: a case takes tens of joins, never thousands. */
const BATCH = 500;
/** Cases that are told at once. */
const AT_ONCE = 4;
/** Messages read in one pass, so that a storm is folded before it reaches Temporal; bytes, so that memory stays flat. */
const PASS = 2_000;
const PASS_BYTES = 32 * 1024 * 1024;
const LOOK_EVERY_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** A case that does not answer must not hold up the others. */
const CALL_WITHIN_MS = 20_000;

export interface DeliveryDeps extends SortDeps, Omit<AnswerDeps, 'registry' | 'tenants' | 'dossier'> {
  readonly client: Client;
  readonly inbox: InboxReader;
  readonly registry: Pick<SubjectRegistry, 'resolve' | 'findEach' | 'canonical'>;
  readonly index: Pick<CaseIndex, 'get' | 'holds' | 'running'>;
  /** The alerts of each join are kept in the case's dossier, with what the detector sent (rows of `AlertRow`). */
  readonly dossier: EvidenceWriter;
  readonly sources: readonly (SortDeps['sources'][number] & { readonly newCasesPerMinute: number })[];
  /** Told of trouble that a person should see; no personal data. */
  readonly log: (what: string, data: Readonly<Record<string, unknown>>) => void;
}

/** One row of the dossier's file of a join. */
export interface AlertRow {
  readonly alert: Fold['joins'][number]['alert'];
  /** Its part of the body, as the detector sent it. */
  readonly raw: unknown;
}

/** What waits in the inbox, for people to see. */
export interface QueueView {
  readonly waiting: number;
  readonly oldest?: Instant;
  /** Lines of the inbox that could not be understood. */
  readonly damaged: number;
  /** Of these: messages whose source has opened its share of new cases for this minute. */
  readonly capped: readonly { readonly source: string; readonly messages: number }[];
  /** Of these: messages that could not be delivered yet and are tried again. */
  readonly retried: number;
  /** Of these: messages that their cases, told often already, are told of together with the next. */
  readonly gathered: number;
}

class TemporalDown extends Error {}

/**
 * From the inbox to the cases: parse, resolve, drop repeats, fold by subject, join in batches with one update of a case in flight. A message
 * ends with an outcome or stays in the inbox: a kill between a join and its outcome repeats the join, and the case knows the alert.
 */
export class Delivery {
  readonly #cap: NewCaseCap;
  readonly #held: Held;
  readonly #pace: JoinPace;
  readonly #recent = new Recent();
  readonly #named = new Map<number, string>();

  constructor(
    readonly deps: DeliveryDeps,
    readonly now: () => number = Date.now,
  ) {
    this.#cap = new NewCaseCap(new Map(deps.sources.map((s) => [s.name, s.newCasesPerMinute])), now);
    this.#held = new Held(now);
    this.#pace = new JoinPace(now);
  }

  /** Delivers until aborted; when Temporal is away the inbox grows and delivery waits. */
  async run(signal: AbortSignal): Promise<void> {
    let pause = LOOK_EVERY_MS;
    while (!signal.aborted) {
      try {
        await this.deps.client.withAbortSignal(signal, () => this.deliverOnce());
        pause = LOOK_EVERY_MS;
      } catch (error) {
        if (signal.aborted) return;
        pause = Math.min(MAX_BACKOFF_MS, pause * 2);
        this.deps.log('delivery waits', { failure: nameOf(error) });
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One pass over what is pending. Errors: when Temporal or the store cannot be reached. */
  async deliverOnce(): Promise<void> {
    this.#held.release(this.#cap);
    await this.#deliverAnswers();
    const { folds, entries } = await this.#read();
    await this.#settleAll(entries);
    await inParallel([...folds.values()], (fold) => this.#deliver(fold));
  }

  /** Sends a dead letter that names nobody again, about the account that a person found. Errors: STORE_GONE. */
  async nameSubject(seq: number, mail: string): Promise<void> {
    await this.deps.inbox.resend(seq);
    this.#named.set(seq, mail);
  }

  /** Whom a dead letter names, those without a case first. Errors: STORE_GONE. */
  async whomItNames(seq: number): Promise<readonly WhomItNames[]> {
    return await whomItNames(this.deps, await this.deps.inbox.readDeadLetter(seq));
  }

  async queue(): Promise<QueueView> {
    const { items, oldest, damaged } = await this.deps.inbox.backlog();
    const held = this.#held.view();
    const capped = new Map<string, number>();
    for (const { why, source } of held) if (why === 'cap') capped.set(source, (capped.get(source) ?? 0) + 1);
    return {
      waiting: items,
      ...(oldest === undefined ? {} : { oldest }),
      damaged,
      capped: [...capped].map(([source, messages]) => ({ source, messages })),
      retried: held.filter((h) => h.why === 'retry').length,
      gathered: held.filter((h) => h.why === 'pace').length,
    };
  }

  /** People's answers first: they must not stand behind a storm. */
  async #deliverAnswers(): Promise<void> {
    const items: InboxItem[] = [];
    for await (const item of this.deps.inbox.pending({ kind: 'callback', except: this.#held })) {
      items.push(item);
      if (items.length >= PASS) break;
    }
    await inParallel(items, async (item) => {
      const held = `answer-${item.seq}`;
      try {
        const caseId = await this.#within(() => deliverCallback(this.deps, item));
        await this.deps.inbox.done(item.seq, { status: 'delivered', caseIds: [caseId] });
      } catch (error) {
        if (error instanceof QuellError && !error.retryable)
          await this.deps.inbox.done(item.seq, { status: 'ignored', text: error.code });
        else this.#retryLater(error, held, [{ seq: item.seq, source: item.source }]);
      }
    });
  }

  async #read(): Promise<{ folds: Map<string, Fold>; entries: readonly Entry[] }> {
    const folds = new Map<string, Fold>();
    const entries: Entry[] = [];
    let bytes = 0;
    for await (const item of this.deps.inbox.pending({ kind: 'alert', except: this.#held })) {
      entries.push(await sortMessage(this.deps, item, this.#recent, folds, this.#named.get(item.seq)));
      bytes += item.body.length;
      if (entries.length >= PASS || bytes >= PASS_BYTES) break;
    }
    return { folds, entries };
  }

  async #deliver(fold: Fold): Promise<void> {
    const { caseId, source, joins } = fold;
    const known = await this.deps.index.get(caseId);
    // Whoever can raise alerts must not be able to open cases without bound; the rest stays in the inbox and is seen there.
    if ((!known || known.stage === 'closed') && !this.#cap.mayOpen(source, caseId)) {
      for (const { entry } of joins) this.#held.forRoom(entry.seq, entry.source, [caseId]);
      return;
    }
    const dueAt = this.#pace.dueAt(caseId, gravest(joins));
    if (dueAt > this.now()) {
      for (const { entry } of joins) this.#held.forPace(entry.seq, entry.source, caseId, dueAt);
      return;
    }
    for (let i = 0; i < joins.length; i += BATCH) {
      const batch = joins.slice(i, i + BATCH);
      try {
        await this.#within(() => this.#join(fold, batch));
        this.#held.succeeded(caseId);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal !== undefined) {
          this.deps.log('a case refused alerts', { caseId, failure: nameOf(error) });
          for (const { entry } of joins.slice(i)) {
            entry.problems.push(refusal);
            entry.waiting -= 1;
          }
          await this.#settleAll(joins.slice(i).map(({ entry }) => entry));
          return;
        }
        const entries = joins.slice(i).map(({ entry }) => entry);
        this.#retryLater(error, caseId, entries);
        return;
      }
      for (const { entry } of batch) {
        entry.caseIds.add(caseId);
        entry.joined += 1;
        entry.waiting -= 1;
      }
      await this.#settleAll(batch.map(({ entry }) => entry));
    }
  }

  async #join({ subjectId, caseId, home }: Fold, batch: Fold['joins']): Promise<void> {
    // An alert may have come twice in one pass: the case counts what it no longer lists by id.
    const fresh = batch.filter(({ ref }) => !this.#recent.has(ref.alertId, subjectId));
    const once = [...new Map(fresh.map((j) => [j.ref.alertId, j])).values()];
    if (once.length === 0) return;
    await this.deps.dossier.writeRows(
      caseId,
      DOSSIER_NAMES.alerts,
      once.map(({ alert, raw }) => ({ alert, raw }) satisfies AlertRow),
    );
    const { opened } = await startOrJoinCase(this.deps.client, { subjectId, home, alerts: once.map((j) => j.ref) });
    this.#pace.joined(caseId, gravest(once), opened);
    for (const { ref } of once) this.#recent.add(ref.alertId, subjectId);
  }

  /** Together, so that they share the store's writes. */
  async #settleAll(entries: readonly Entry[]): Promise<void> {
    await Promise.all([...new Set(entries)].filter((e) => e.waiting === 0).map((entry) => this.#settle(entry)));
  }

  /** The outcome of a message of which nothing is left to do. */
  async #settle(entry: Entry): Promise<void> {
    const { seq, problems, idle, alertIds, caseIds } = entry;
    this.#named.delete(seq);
    if (problems.length > 0) {
      const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
      const part = caseIds.size > 0 ? 'delivered in part; ' : '';
      await this.deps.inbox.deadLetter(seq, `${part}${problems[0] ?? ''}${rest}`);
      return;
    }
    const joined = entry.joined > 0;
    await this.deps.inbox.done(seq, {
      status: joined ? 'delivered' : caseIds.size > 0 ? 'duplicate' : 'ignored',
      alertIds: [...alertIds],
      caseIds: [...caseIds],
      ...(joined ? {} : { text: idle }),
    });
  }

  /** Leaves messages in the inbox for a while. Errors: TemporalDown when it is not this case that fails. */
  #retryLater(
    error: unknown,
    caseId: string,
    messages: readonly { readonly seq: number; readonly source: string }[],
  ): void {
    if (isDown(error)) throw new TemporalDown('Temporal cannot be reached');
    this.#held.failed(caseId);
    for (const { seq, source } of messages) this.#held.forRetry(seq, source, caseId);
    this.deps.log('a case could not be told', { caseId, failure: nameOf(error) });
  }

  async #within<T>(call: () => Promise<T>): Promise<T> {
    return await this.deps.client.withDeadline(Date.now() + CALL_WITHIN_MS, call);
  }
}

const gravest = (joins: Fold['joins']): Severity =>
  joins.reduce<Severity>((max, { ref }) => maxSeverity(max, ref.severity), 'info');

/** Runs all, a few at a time; when all have ended throws the first error. Nothing goes on behind a caller who was told of a failure. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  const unlessFailed = async (item: T): Promise<void> => {
    if (!failed) await work(item).catch((error: unknown) => (failed ??= { error }));
  };
  await pMap(items, unlessFailed, { concurrency: AT_ONCE });
  if (failed) throw failed.error;
}
