import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { isGrpcServiceError } from '@temporalio/client';
import type { RetentionPolicy } from '../domain/retention.js';
import { DOSSIER_NAMES, type Dossier, type LedgerEntry, type Note } from '../activities/dossier.js';
import {
  completeTask,
  decide,
  decideForgetting,
  turnSwitch,
  viewCase,
  viewContainment,
} from '../gateway/case-client.js';
import type { ConsolePorts, PersonView } from '../gateway/console/ports.js';
import type { AlertRow } from '../gateway/delivery.js';
import type { SortDeps } from '../gateway/delivery/sort.js';
import { whomItNames } from '../gateway/delivery/whom-it-names.js';
import { keepNote } from '../gateway/task-form.js';
import type { AuditLog } from '../store/audit/log.js';
import { CaseIndex } from '../store/cases/case-index.js';
import { countCases, listCases } from '../store/cases/case-list.js';
import { caseNumbers } from '../store/cases/numbers.js';
import type { EvidenceReader, EvidenceWriter } from '../store/evidence-store.js';
import { dueCases, dueOf, standingOfCases } from '../store/forgetting/case-standing.js';
import { CaseHolds } from '../store/forgetting/holds.js';
import {
  countDeadLetters,
  findDeadLetter,
  listDeadLetters,
  nameDeadLetter,
  readDeadLetter,
  resendDeadLetter,
} from '../store/inbox/dead-letters.js';
import { queueOf } from '../store/inbox/queue.js';
import type { OpenKey } from '../store/key-ring.js';
import type { SubjectRegistry } from '../store/subjects/registry.js';
import { guardViewQuery } from '../workflows/messages.js';
import { planTargets } from './plan-targets.js';
import { GUARD_ID, startOfGuard, type GuardPeople } from './workflows-port.js';

export interface ConsoleSources {
  readonly client: Client;
  readonly registry: Pick<SubjectRegistry, 'find' | 'allIds' | 'profiles'>;
  readonly database: Pool;
  /** Opens what the inbox holds. */
  readonly inboxKey: OpenKey;
  /** How delivery reads what a message names. */
  readonly sorting: SortDeps;
  readonly dossier: { readonly reader: EvidenceReader; readonly writer: EvidenceWriter };
  readonly audit: AuditLog;
  readonly reports: EvidenceReader;
  /** By the policy as it is now. */
  readonly retention: () => Promise<RetentionPolicy>;
  /** Whose resumption a guard obeys that is started by the stop button. */
  readonly guard: GuardPeople;
}

/** A page must not wait for workers that are not there: it shows what the index knows instead. */
const LOOK_WITHIN_MS = 5_000;
const DECIDE_WITHIN_MS = 20_000;
const DAY_MS = 86_400_000;

/** What the console reads and asks, from the stores and Temporal. */
export function consolePorts(sources: ConsoleSources): ConsolePorts {
  const { client, registry, database, inboxKey: key, sorting, audit, reports, guard, retention } = sources;
  const index = new CaseIndex(database);
  const { reader, writer } = sources.dossier;
  const look = <T>(read: () => Promise<T>): Promise<T | undefined> =>
    client.withDeadline(Date.now() + LOOK_WITHIN_MS, read).catch((error: unknown) => {
      if (isGrpc(error)) return undefined;
      throw error;
    });
  const ask = <T>(send: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + DECIDE_WITHIN_MS, send);
  const people = async (subjectIds: readonly string[]): Promise<ReadonlyMap<string, PersonView>> => {
    const profiles = await registry.profiles(subjectIds);
    return new Map(
      [...profiles].map(([id, { name, mails }]) => [id, { name: name ?? mails[0] ?? id, mails }] as const),
    );
  };
  const person = async (subjectId: string): Promise<PersonView | undefined> =>
    (await people([subjectId])).get(subjectId);
  return {
    cases: (filter, page) => listCases(database, filter, page),
    counts: (filter, person) => countCases(database, filter, person),
    entry: (caseId) => index.get(caseId),
    numbers: (days) => {
      const now = Date.now();
      return caseNumbers(database, new Date(now - days * DAY_MS).toISOString(), new Date(now).toISOString());
    },
    view: (caseId) => look(() => viewCase(client, caseId)),
    containment: (containmentId) => look(() => viewContainment(client, containmentId)),
    targets: planTargets(client, reader),
    guard: () => look(() => client.workflow.getHandle(GUARD_ID).query(guardViewQuery)).catch(() => undefined),
    dossier: async (state) => state.assessment && (await reader.readJson<Dossier>(state.caseId, state.assessment.file)),
    alerts: async (caseId, limit) => {
      const rows: AlertRow[] = [];
      for (const key of (await reader.list(caseId, DOSSIER_NAMES.alerts)).toReversed()) {
        for await (const row of reader.readRows<AlertRow>(caseId, { key })) rows.push(row);
        if (rows.length >= limit) break;
      }
      const once = new Map(rows.map((row) => [row.alert.alertId, row]));
      return [...once.values()].sort((a, b) => (a.alert.occurredAt < b.alert.occurredAt ? 1 : -1)).slice(0, limit);
    },
    ledger: async ({ caseId, exposure }, limit) => {
      const rows: LedgerEntry[] = [];
      if (!exposure) return rows;
      for await (const row of reader.readRows<LedgerEntry>(caseId, exposure.ledger))
        if (rows.length < limit) rows.push(row);
      return rows;
    },
    person,
    people,
    idsOf: (subjectId) => registry.allIds(subjectId),
    subjectWith: (mail) => registry.find({ mail }),
    account: async (platform, tenant, nativeId) => {
      const subjectId = await registry.find({ platform, tenant, nativeId });
      return subjectId === undefined ? undefined : person(subjectId);
    },
    keepNote: (caseId, text) => keepNote(writer, caseId, text),
    note: async (caseId, key) => (await reader.readJson<Note>(caseId, { key })).text,
    decide: (containmentId, signed) => ask(() => decide(client, containmentId, signed)),
    complete: (caseId, signed) => ask(() => completeTask(client, caseId, signed)),
    turn: (signed) => ask(() => turnSwitch(client, startOfGuard(guard), signed)),
    queue: () => queueOf(database),
    deadLetters: (page) => listDeadLetters(database, page),
    deadLetterCount: () => countDeadLetters(database),
    deadLetter: (seq) => findDeadLetter(database, seq),
    retention,
    due: async (page) => dueCases(database, await retention(), new Date().toISOString(), page),
    holds: (caseIds) => new CaseHolds(database).list(caseIds),
    standing: async (caseId) => {
      const [standing] = await standingOfCases(database, [caseId]);
      const closedAt = standing?.closedAt;
      if (!standing || closedAt === undefined) return standing;
      return dueOf({ ...standing, closedAt }, await retention(), new Date().toISOString());
    },
    forget: (signed) => decideForgetting(client, signed, DECIDE_WITHIN_MS),
    letter: (seq) => readDeadLetter(database, key, seq),
    whomItNames: async (seq) => whomItNames(sorting, await readDeadLetter(database, key, seq)),
    resend: (seq) => resendDeadLetter(database, seq),
    nameSubject: (seq, mail) => nameDeadLetter(database, key, seq, mail),
    report: async (caseId) => {
      const key = (await index.get(caseId))?.report?.html ?? (await look(() => viewCase(client, caseId)))?.report?.html;
      return key === undefined ? undefined : await reports.readText(caseId, { key });
    },
    audit: async ({ kind, by, caseId, data, once }) => {
      const at = new Date().toISOString();
      await audit.note({
        key: `console:${once ?? randomUUID()}`,
        at,
        kind,
        by,
        ...(caseId === undefined ? {} : { caseId }),
        ...(data === undefined ? {} : { data }),
      });
    },
  };
}

const isGrpc = (error: unknown): boolean =>
  isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause));
