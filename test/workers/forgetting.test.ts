import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createForgettingActivities } from '../../activities/records/forgetting.js';
import type { ForgetDecision } from '../../domain/decision.js';
import { decideForgetting } from '../../gateway/case-client.js';
import { AuditChain } from '../../store/audit/chain.js';
import { folderStorage } from '../../store/case-vault.js';
import { query } from '../../store/postgres/connection.js';
import { signBody } from '../../store/signing.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { verifyState } from '../../store/verify.js';
import { executionsPort } from '../../workers/executions-port.js';
import { scheduleForgetting } from '../../workers/forgetting-schedule.js';
import { containmentViewQuery, joinAlertsSignal } from '../../workflows/messages.js';
import { caseWorkflow } from '../../workflows/index.js';
import { QUEUES } from '../../workflows/queues.js';
import { perform } from '../activities/support/house.js';
import { testKeys } from '../store/support.js';
import { openDatabase, useDatabase } from '../support/database.js';
import { playbookBundle, useDevServer } from '../support/temporal.js';
import { alertRef, assessmentOf, HOME, planOf, TAKEOVER } from '../workflows/support/facts.js';
import { authored } from '../workflows/support/people.js';
import { PlayedWorld, workersFor } from '../workflows/support/world.js';
import { dump, everything, markedCase, MARKS, restore } from './support/marked-case.js';

const temporal = useDevServer();
const database = useDatabase();
const ring = testKeys();
const PEOPLE = [
  { personId: 'p-lead', roles: ['lead'] },
  { personId: 'p-responder', roles: ['responder'] },
];
const POLICY = { policy: { retention: undefined }, digest: 'd' };

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'quell-forgetting-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const activitiesOf = (root: string) =>
  createForgettingActivities({
    pool: database.as('records'),
    storage: folderStorage(root),
    subjectKeys: new SubjectKeys(folderStorage(root).keys, ring.secret('registry')),
    executions: executionsPort(temporal.client),
    chain: new AuditChain(database.as('records'), ring.signing('audit')),
    policies: { current: () => Promise.resolve(POLICY as never) },
    keys: [{ ...ring.verifying('decision'), holder: { kind: 'console' } }],
    deciders: () => Promise.resolve(PEOPLE),
  });

/** Which of the marks are in a text. */
const marksIn = (text: string): readonly string[] => MARKS.filter((mark) => text.includes(mark));

const filesOf = (dir: string): string =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .map((f) => readFileSync(join(f.parentPath, f.name), 'latin1'))
    .join('\n');

it('leaves nothing of an erased person to read, in no place, and not in what a backup brings back', async () => {
  const root = folder();
  const { caseId, subjectId } = await markedCase(root, ring, database);
  expect(marksIn(await everything(root, ring, database))).toEqual(MARKS);

  const plan = planOf(caseId, [{ kind: 'disable_account', rule: 'automatic' }], { planId: `plan-${caseId}` });
  const world = new PlayedWorld({
    contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [...MARKS], sentAt: deadline }),
    assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }),
    planContainment: async () => authored(plan),
  });
  const forgetting = activitiesOf(root);
  const workers = workersFor(await playbookBundle(), () => world).map((worker) =>
    worker.taskQueue === QUEUES.records
      ? { ...worker, activities: { ...worker.activities, ...(forgetting as object) } }
      : worker,
  );
  const { workflow } = temporal.client;
  const decide = (verb: ForgetDecision['verb'], personId = 'p-lead', change: Partial<ForgetDecision> = {}) => {
    const body: ForgetDecision = {
      ...{ type: 'forget', verb, caseId, personId, role: 'lead', nonce: randomUUID() },
      ...(verb === 'hold' || verb === 'lift' ? { note: 'note.0' } : {}),
      at: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      ...change,
    };
    return decideForgetting(temporal.client, signBody(body, ring.signing('decision')), 60_000);
  };
  const histories = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { workflowId } of workflow.list({
      query: `WorkflowId = '${caseId}' OR RootWorkflowId = '${caseId}'`,
    }))
      found.push(workflowId);
    return found.sort();
  };

  await temporal.withWorkers(workers, async () => {
    const handle = await workflow.signalWithStart(caseWorkflow, {
      ...{ taskQueue: QUEUES.playbook, workflowId: caseId, args: [{ caseId, subjectId, home: HOME }] },
      ...{ signal: joinAlertsSignal, signalArgs: [{ alerts: [alertRef()] }] },
    });
    const containment = workflow.getHandle(`containment-${plan.planId}`);
    await vi.waitFor(
      async () => expect((await containment.query(containmentViewQuery)).status).toBe('holding'),
      30_000,
    );
    await handle.terminate();
    await vi.waitFor(async () => expect((await histories()).length).toBeGreaterThanOrEqual(3), 30_000);

    // A plan that holds could not be undone any more.
    await expect(decide('erase_person')).rejects.toMatchObject({ code: 'CASE_OPEN' });
    await containment.terminate();
    await vi.waitFor(async () => expect(await executionsPort(temporal.client).running(caseId)).toBe(0), 30_000);

    await decide('hold', 'p-responder', { role: 'responder' });
    await expect(decide('erase_person')).rejects.toMatchObject({ code: 'CASE_HELD' });
    expect(await perform(forgetting, 'forgetDue', { caseId })).toEqual([]);
    await expect(decide('lift', 'p-responder')).rejects.toMatchObject({ code: 'NOT_AUTHORISED' });
    expect(marksIn(await everything(root, ring, database))).toEqual(MARKS);
    await decide('lift');

    const backup = await dump(database);
    const files = join(folder(), 'files');
    cpSync(root, files, {
      recursive: true,
      filter: (path) => !/\/(keys|subjects)$/.test(path.slice(root.length)),
    });

    const withKeys = join(folder(), 'all');
    cpSync(root, withKeys, { recursive: true });

    expect(await decide('erase_person')).toBe('done');
    await vi.waitFor(async () => expect(await histories()).toEqual([]), 60_000);
    await expect(handle.describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);

    expect(marksIn(await everything(root, ring, database))).toEqual([]);
    expect(marksIn(filesOf(temporal.folder))).toEqual([]);
    const { rows } = await query(database.pool, `SELECT FROM subjects UNION ALL SELECT FROM subject_aliases`);
    expect(rows).toEqual([]);
    const checks = await verifyState(root, folderStorage(root), database.as('console'), {
      audit: [ring.verifying('audit')],
      manifest: [],
    });
    expect(checks.flatMap(({ problems }) => problems.map(({ code }) => code))).toEqual([]);

    const elsewhere = await openDatabase();
    try {
      await restore(elsewhere, backup);
      expect((await query(elsewhere.pool, 'SELECT FROM subject_aliases')).rowCount).toBe(2);
      // With the keys it would all be there again.
      expect(marksIn(await everything(withKeys, ring, elsewhere))).toEqual(MARKS);
      expect(marksIn(await everything(files, ring, elsewhere))).toEqual([]);
      expect(marksIn(await everything(folder(), ring, elsewhere))).toEqual([]);
    } finally {
      await elsewhere.drop();
    }
  });
});

it('is scheduled once, and goes through what is due until nothing is', async () => {
  const root = folder();
  const { caseId } = await markedCase(root, ring, database);
  await scheduleForgetting(temporal.client);
  await scheduleForgetting(temporal.client);
  const activities = activitiesOf(root);
  const handle = temporal.client.schedule.getHandle('forgetting');
  expect((await handle.describe()).spec.calendars).toHaveLength(1);
  // Far in the future all of it is due.
  await query(database.pool, `UPDATE cases SET closed_at = now() - interval '2000 days'`);
  await query(database.pool, `UPDATE subjects SET known_at = now() - interval '2000 days'`);
  const workers = [
    { taskQueue: QUEUES.playbook, workflowBundle: await playbookBundle() },
    { taskQueue: QUEUES.records, activities: activities as object },
  ];
  await temporal.withWorkers(workers, async () => {
    await handle.trigger();
    await vi.waitFor(async () => {
      const { info } = await handle.describe();
      const [run] = info.recentActions;
      expect(run).toBeDefined();
      const workflowId = run?.action.workflow.workflowId ?? '';
      expect((await temporal.client.workflow.getHandle(workflowId).describe()).status.name).toBe('COMPLETED');
    }, 60_000);
  });
  expect((await query(database.pool, 'SELECT FROM cases WHERE case_id = $1', [caseId])).rowCount).toBe(0);
  expect((await query(database.pool, 'SELECT FROM subjects')).rowCount).toBe(0);
  expect(marksIn(await everything(root, ring, database))).toEqual([]);
});
