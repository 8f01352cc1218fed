import { readFile, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { isGrpcServiceError } from '@temporalio/client';
import { DOSSIER_NAMES, type Dossier, type LedgerEntry, type Note } from '../activities/dossier.js';
import { completeTask, decide, turnSwitch, viewCase, viewContainment } from '../gateway/case-client.js';
import type { ConsolePorts, PersonView } from '../gateway/console/ports.js';
import type { AlertRow } from '../gateway/delivery.js';
import type { SortDeps } from '../gateway/delivery/sort.js';
import { whomItNames } from '../gateway/delivery/whom-it-names.js';
import { keepNote } from '../gateway/task-form.js';
import type { AuditSpool } from '../store/audit-spool.js';
import type { CaseIndex } from '../store/case-index.js';
import type { EvidenceReader, EvidenceWriter } from '../store/evidence-store.js';
import { listDeadLetters, nameDeadLetter, readDeadLetter, resendDeadLetter } from '../store/inbox/dead-letters.js';
import { queueOf } from '../store/inbox/queue.js';
import type { OpenKey } from '../store/key-ring.js';
import type { SubjectRegistry } from '../store/subject-registry.js';
import { guardViewQuery } from '../workflows/messages.js';
import { planTargets } from './plan-targets.js';
import { GUARD_ID, startOfGuard, type GuardPeople } from './workflows-port.js';

export interface ConsoleSources {
  readonly client: Client;
  readonly registry: SubjectRegistry;
  readonly index: CaseIndex;
  readonly inbox: { readonly pool: Pool; readonly key: OpenKey };
  /** How delivery reads what a message names. */
  readonly sorting: SortDeps;
  readonly dossier: { readonly reader: EvidenceReader; readonly writer: EvidenceWriter };
  readonly spool: AuditSpool;
  readonly reports: string;
  /** Whose resumption a guard obeys that is started by the stop button. */
  readonly guard: GuardPeople;
}

/** A page must not wait for workers that are not there: it shows what the index knows instead. */
const LOOK_WITHIN_MS = 5_000;
const DECIDE_WITHIN_MS = 20_000;
let entries = 0;

/** What the console reads and asks, from the stores and Temporal. */
export function consolePorts(sources: ConsoleSources): ConsolePorts {
  const { client, registry, index, inbox, sorting, spool, reports, guard } = sources;
  const { pool, key } = inbox;
  const { reader, writer } = sources.dossier;
  const look = <T>(read: () => Promise<T>): Promise<T | undefined> =>
    client.withDeadline(Date.now() + LOOK_WITHIN_MS, read).catch((error: unknown) => {
      if (isGrpc(error)) return undefined;
      throw error;
    });
  const ask = <T>(send: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + DECIDE_WITHIN_MS, send);
  const person = async (subjectId: string): Promise<PersonView | undefined> => {
    const profile = await registry.profile(await registry.canonical(subjectId));
    return profile && { name: profile.name ?? profile.mails[0] ?? subjectId, mails: profile.mails };
  };
  return {
    cases: () => index.list(),
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
    isSame: async (a, b) => a === b || (await registry.canonical(a)) === (await registry.canonical(b)),
    account: async (platform, tenant, nativeId) => {
      const subjectId = await registry.find({ platform, tenant, nativeId });
      return subjectId === undefined ? undefined : person(subjectId);
    },
    keepNote: (caseId, text) => keepNote(writer, caseId, text),
    note: async (caseId, key) => (await reader.readJson<Note>(caseId, { key })).text,
    decide: (containmentId, signed) => ask(() => decide(client, containmentId, signed)),
    complete: (caseId, signed) => ask(() => completeTask(client, caseId, signed)),
    turn: (signed) => ask(() => turnSwitch(client, startOfGuard(guard), signed)),
    queue: () => queueOf(pool),
    deadLetters: () => listDeadLetters(pool),
    letter: (seq) => readDeadLetter(pool, key, seq),
    whomItNames: async (seq) => whomItNames(sorting, await readDeadLetter(pool, key, seq)),
    resend: (seq) => resendDeadLetter(pool, seq),
    nameSubject: (seq, mail) => nameDeadLetter(pool, key, seq, mail),
    report: async (caseId) => {
      const path =
        (await index.get(caseId))?.report?.html ?? (await look(() => viewCase(client, caseId)))?.report?.html;
      return path === undefined ? undefined : await readReport(reports, path);
    },
    audit: async ({ kind, by, caseId, data, once }) => {
      const at = new Date().toISOString();
      entries += 1;
      await spool.drop({
        key: once === undefined ? `console:${process.pid}:${at}:${entries}` : `console:${once}`,
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

/** Reports lie in one folder; a path that leads elsewhere, by itself or by a link, is not read. */
async function readReport(folder: string, path: string): Promise<string | undefined> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(resolve(folder, path))]);
    return file.startsWith(root + sep) ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
