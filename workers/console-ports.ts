import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Dossier } from '../activities/dossier.js';
import { completeTask, decide, viewCase, viewContainment } from '../gateway/case-client.js';
import type { ConsolePorts, PersonView } from '../gateway/console/ports.js';
import type { AuditSpool } from '../store/audit-spool.js';
import type { CaseIndex } from '../store/case-index.js';
import type { EvidenceReader } from '../store/evidence-store.js';
import type { InboxReader } from '../store/inbox.js';
import type { SubjectRegistry } from '../store/subject-registry.js';
import { guardViewQuery, resumeUpdate, stopUpdate } from '../workflows/messages.js';
import type { containmentGuardWorkflow } from '../workflows/index.js';
import { QUEUES } from '../workflows/queues.js';
import { GUARD_ID } from './workflows-port.js';

export interface ConsoleSources {
  readonly client: Client;
  readonly registry: SubjectRegistry;
  readonly index: CaseIndex;
  readonly inbox: InboxReader;
  readonly dossier: EvidenceReader;
  readonly spool: AuditSpool;
  readonly reports: string;
}

const CASES_SHOWN = 200;
let entries = 0;

/** What the console reads and asks, from the stores and Temporal. */
export function consolePorts({
  client,
  registry,
  index,
  inbox,
  dossier,
  spool,
  reports,
}: ConsoleSources): ConsolePorts {
  const person = async (subjectId: string): Promise<PersonView | undefined> => {
    const profile = await registry.profile(await registry.canonical(subjectId));
    return profile && { name: profile.name ?? subjectId, mails: profile.mails };
  };
  return {
    cases: async () => (await index.list({ limit: CASES_SHOWN })).map((c) => ({ ...c, alertIds: [], links: [] })),
    view: (caseId) => viewCase(client, caseId),
    containment: (containmentId) => viewContainment(client, containmentId),
    guard: () =>
      client.workflow
        .getHandle(GUARD_ID)
        .query(guardViewQuery)
        .catch(() => undefined),
    findings: async (state) =>
      state.assessment ? (await dossier.readJson<Dossier>(state.caseId, state.assessment.file)).findings : [],
    person,
    account: async (platform, tenant, nativeId) => {
      const subjectId = await registry.find({ platform: platform as 'slack', tenant, nativeId });
      return subjectId === undefined ? undefined : person(subjectId);
    },
    decide: (containmentId, signed) => decide(client, containmentId, signed),
    complete: (caseId, signed) => completeTask(client, caseId, signed),
    stop: async (by) => {
      await client.workflow.executeUpdateWithStart(stopUpdate, {
        startWorkflowOperation: new WithStartWorkflowOperation<typeof containmentGuardWorkflow>(
          'containmentGuardWorkflow',
          {
            workflowId: GUARD_ID,
            taskQueue: QUEUES.playbook,
            workflowIdConflictPolicy: 'USE_EXISTING',
            args: [{ keys: [], deciders: [] }],
          },
        ),
        args: [{ by }],
      });
    },
    resume: (signed) => client.workflow.getHandle(GUARD_ID).executeUpdate(resumeUpdate, { args: [signed] }),
    deadLetters: () => inbox.deadLetters(),
    resend: (seq) => inbox.resend(seq),
    report: (state) => (state.report ? readReport(reports, state.report.html) : Promise.resolve(undefined)),
    audit: async ({ kind, by, caseId, data }) => {
      const at = new Date().toISOString();
      entries += 1;
      await spool.drop({
        key: `console:${process.pid}:${at}:${entries}`,
        at,
        kind,
        by,
        ...(caseId === undefined ? {} : { caseId }),
        ...(data === undefined ? {} : { data }),
      });
    },
  };
}

/** Reports lie in one folder; a path that points elsewhere is not read. */
async function readReport(folder: string, path: string): Promise<string | undefined> {
  const file = resolve(folder, path);
  return file.startsWith(resolve(folder) + sep) ? await readFile(file, 'utf8').catch(() => undefined) : undefined;
}
