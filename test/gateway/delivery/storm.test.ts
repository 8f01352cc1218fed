import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RETENTION } from '../../../domain/retention.js';
import { connect, viewCase } from '../../../gateway/case-client.js';
import { Delivery, type DeliveryDeps } from '../../../gateway/delivery.js';
import { whomItNames } from '../../../gateway/delivery/whom-it-names.js';
import { createIntake } from '../../../gateway/intake.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { dataConverter } from '../../../store/data-converter.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { CaseJoins } from '../../../store/inbox/case-joins.js';
import {
  listDeadLetters,
  nameDeadLetter,
  readDeadLetter,
  resendDeadLetter,
} from '../../../store/inbox/dead-letters.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { queueOf } from '../../../store/inbox/queue.js';
import type { InboxReader } from '../../../store/inbox/reader.js';
import { payloadKeys } from '../../../store/payload-codec.js';
import { query } from '../../../store/postgres/connection.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { QUEUES } from '../../../workflows/queues.js';
import { SEARCH_ATTRIBUTES } from '../../../workflows/search-attributes.js';
import { subjectKeys, testKeys } from '../../store/support.js';
import { useDatabase } from '../../support/database.js';
import { afterMs, emptyInbox, readerOf, writerOf } from '../../support/inbox.js';

const SECRET = 'a secret that the detector shares';
const database = useDatabase();
const keys = testKeys();
let env: TestWorkflowEnvironment;
let client: Client;
let worker: Worker;
let working: Promise<void>;

beforeAll(async () => {
  const cli = process.env['QUELL_TEMPORAL_CLI'];
  env = await TestWorkflowEnvironment.createLocal({
    server: {
      ...(cli === undefined ? {} : { executable: { type: 'existing-path', path: cli } }),
      searchAttributes: [...SEARCH_ATTRIBUTES],
    },
  });
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: QUEUES.playbook,
    workflowsPath: fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url)),
    dataConverter: dataConverter(payloadKeys(keys), { plain: 'mark' }),
  });
  working = worker.run();
  client = await connect({ address: env.address, namespace: 'default', keys: payloadKeys(keys) });
}, 60_000);

afterAll(async () => {
  worker.shutdown();
  await working;
  await client.connection.close();
  await env.teardown();
});

describe('from the intake to the cases', () => {
  let dir: string;
  let app: FastifyInstance;
  let reader: InboxReader;
  let registry: SubjectRegistry;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'quell-delivery-'));
    await emptyInbox(database);
    reader = readerOf(database, keys);
    await query(database.pool, 'TRUNCATE subjects, subject_aliases');
    registry = await SubjectRegistry.open(database.as('console'), subjectKeys(keys.secret('registry')));
    app = createIntake({
      inbox: writerOf(database, keys),
      sources: [{ name: 'siem', format: 'quell', auth: 'hmac' }],
      secret: () => SECRET,
      callbacks: [],
      outcome: (seq) => outcomeOf(database.as('intake'), seq),
      answerKey: keys.secret('answer'),
      publicUrl: '',
    });
  });

  afterEach(async () => {
    await app.close();
    await reader.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function delivery(more: Partial<DeliveryDeps> = {}): Promise<Delivery> {
    return new Delivery({
      retention: async () => RETENTION,
      client,
      inbox: reader,
      joins: new CaseJoins(database.as('console')),
      registry,
      index: new CaseIndex(database.as('console')),
      dossier: new CaseVault(folderStorage(dir), fileKeys(keys, 'console')).writer('dossier'),
      sources: [{ name: 'siem', format: 'quell', newCasesPerMinute: 1_000 }],
      tenants: [{ platform: 'slack', tenant: 'main', vendorIds: ['T0EXAMPLE'] }],
      mailDomains: {},
      maxCasesPerAlert: async () => 25,
      answerKey: keys.secret('answer'),
      decisionKey: keys.signing('decision'),
      log: () => undefined,
      ...more,
    });
  }

  async function post(alert: object): Promise<{ readonly repeat: boolean; readonly status: () => Promise<unknown> }> {
    const body = JSON.stringify(alert);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
    const reply = await app.inject({
      method: 'POST',
      url: '/alerts/siem',
      headers: {
        'content-type': 'application/json',
        'x-quell-timestamp': timestamp,
        'x-quell-signature': `v1=${signature}`,
      },
      payload: body,
    });
    expect(reply.statusCode).toBe(202);
    const { repeat, status } = JSON.parse(reply.body) as { repeat: boolean; status: string };
    return { repeat, status: async () => JSON.parse((await app.inject({ url: status })).body) as unknown };
  }

  const waiting = async (): Promise<number> => (await queueOf(database.as('console'))).waiting;
  const letters = () => listDeadLetters(database.as('console'));
  const about = (id: string, ...mails: string[]) => ({
    id,
    subjects: mails.map((email) => ({ email })),
    title: 'Bulk reads',
    severity: 'medium',
  });
  /** A client whose joins fail when `error` gives one. */
  const failing = (error: () => Error | undefined): Client =>
    new Proxy(client, {
      get: (of, name) =>
        name === 'workflow'
          ? new Proxy(of.workflow, {
              get: (workflow, call, self) => {
                const thrown = call === 'executeUpdateWithStart' ? error() : undefined;
                return thrown ? () => Promise.reject(thrown) : (Reflect.get(workflow, call, self) as unknown);
              },
            })
          : (Reflect.get(of, name, of) as unknown),
    });

  const caseOf = async (mail: string): Promise<string> => `case-${(await registry.find({ mail })) ?? 'nobody'}`;
  const joinsOf = async (caseId: string): Promise<number> =>
    ((await client.workflow.getHandle(caseId).fetchHistory()).events ?? []).filter(
      (e) => e.workflowExecutionUpdateAcceptedEventAttributes,
    ).length;

  it('folds 500 alerts on five people into five cases by few joins, and loses none', async () => {
    const mails = Array.from({ length: 5 }, (_, n) => `person-${n}@example.com`);
    await Promise.all(Array.from({ length: 500 }, (_, n) => post(about(`storm-${n}`, mails[n % 5] ?? ''))));
    await (await delivery()).deliverOnce();

    expect(await waiting()).toBe(0);
    const started = new Set<string>();
    for (const mail of mails) {
      const caseId = await caseOf(mail);
      started.add(caseId);
      const state = await viewCase(client, caseId);
      expect((state?.alerts.length ?? 0) + (state?.alertsFolded ?? 0)).toBe(100);
      expect(new Set(state?.alerts.map((a) => a.alertId)).size).toBe(100);
      expect(await joinsOf(caseId)).toBeLessThanOrEqual(3);
    }
    expect(started.size).toBe(5);
  });

  it('is delivered by two at once as by one: a case for each person, each alert once, and the pace of a case is one', async () => {
    const mails = Array.from({ length: 5 }, (_, n) => `both-${n}@example.com`);
    await Promise.all(Array.from({ length: 500 }, (_, n) => post(about(`both-${n}`, mails[n % 5] ?? ''))));
    const other = readerOf(database, keys);
    const both = [await delivery(), await delivery({ inbox: other })];
    while ((await waiting()) > 0) {
      await Promise.all(both.map((one) => one.deliverOnce()));
      await afterMs(database, 2_000);
    }
    await other.close();
    for (const mail of mails) {
      const state = await viewCase(client, await caseOf(mail));
      expect((state?.alerts.length ?? 0) + (state?.alertsFolded ?? 0)).toBe(100);
      expect(new Set(state?.alerts.map((a) => a.alertId)).size).toBe(100);
      const told = await new CaseJoins(database.as('console')).told(await caseOf(mail));
      expect(told?.joins).toBe(await joinsOf(await caseOf(mail)));
    }
  });

  it('takes an alert once, however often it is sent', async () => {
    const alert = about('once', 'once@example.com');
    const first = await post(alert);
    expect(first.repeat).toBe(false);
    expect((await post(alert)).repeat).toBe(true);
    const later = await delivery();
    await later.deliverOnce();
    // Other words about the same alert are another message, and no other alert.
    const reworded = await post({ ...alert, title: 'Bulk reads again' });
    await later.deliverOnce();
    expect(await reworded.status()).toMatchObject({ status: 'duplicate' });
    expect((await viewCase(client, await caseOf('once@example.com')))?.alerts).toHaveLength(1);
  });

  it('keeps the case of a second person when it was killed between the two', async () => {
    await post(about('pair', 'one@example.com', 'two@example.com'));
    let joins = 0;
    const dying = await delivery({
      client: failing(() => (++joins > 1 ? new Error('killed') : undefined)),
    });
    await dying.deliverOnce().catch(() => undefined);
    await afterMs(database, 1_000);
    expect(await waiting()).toBe(1);
    await (await delivery()).deliverOnce();
    expect(await waiting()).toBe(0);
    for (const mail of ['one@example.com', 'two@example.com'])
      expect((await viewCase(client, await caseOf(mail)))?.alerts).toHaveLength(1);
  });

  it('counts an alert once that came in other words behind more than one update takes', async () => {
    const some = Array.from({ length: 510 }, (_, n) => about(`many-${n}`, 'many@example.com'));
    await Promise.all(some.map((alert) => post(alert)));
    await Promise.all(some.slice(490).map((alert) => post({ ...alert, title: 'Said again' })));
    await (await delivery()).deliverOnce();
    const state = await viewCase(client, await caseOf('many@example.com'));
    expect((state?.alerts.length ?? 0) + (state?.alertsFolded ?? 0)).toBe(510);
  });

  it('keeps what a case refuses for good as a dead letter with its reason, and tries again while a case is closing', async () => {
    const answering = (code: string) =>
      failing(
        () =>
          new WorkflowUpdateFailedError('refused', ApplicationFailure.create({ type: code, message: 'secret words' })),
      );
    const sent = await post(about('refused', 'refused@example.com'));
    await (await delivery({ client: answering('ALERT_FORMAT') })).deliverOnce();
    const outcome = await sent.status();
    expect(outcome).toMatchObject({ status: 'dead_letter', text: expect.stringContaining('ALERT_FORMAT') as string });
    expect(JSON.stringify(outcome)).not.toContain('secret words');
    const unknown = await post(about('unknown', 'refused@example.com'));
    await (await delivery({ client: answering('SomethingElse') })).deliverOnce();
    expect(await unknown.status()).toMatchObject({ status: 'dead_letter', text: 'the case refused it' });
    const early = await post(about('early', 'refused@example.com'));
    await (await delivery({ client: answering('CASE_CLOSED') })).deliverOnce();
    expect(await early.status()).toMatchObject({ status: 'waiting' });
    expect(await queueOf(database.as('console'))).toMatchObject({ waiting: 1, retried: 1 });
    await afterMs(database, 1_000);
    await (await delivery()).deliverOnce();
    expect(await early.status()).toMatchObject({ status: 'delivered' });
  });

  it('keeps no word of the sender in the reason of a dead letter', async () => {
    const bodies = [
      { ...about('planted-1', 'a@example.com'), 'planted field': 1 },
      { ...about('planted-2', 'a@example.com'), severity: 'planted' },
      {
        ...about('planted-3'),
        subjects: [{ nativeId: 'U1', platform: 'slack', vendorTenantId: 'TPLANTED' }],
      },
    ];
    for (const body of bodies) await post(body);
    await (await delivery()).deliverOnce();
    const reasons = (await letters()).map((letter) => letter.reason);
    expect(reasons).toHaveLength(bodies.length);
    for (const reason of reasons) expect(reason.toLowerCase()).not.toContain('planted');
    expect(reasons[0]).toContain('the body has unknown fields');
    expect(reasons[1]).toContain('severity');
  });

  it('keeps what names nobody as a dead letter with its reason, and delivers it when it is sent again to somebody', async () => {
    const sent = await post({ id: 'nobody', subjects: [], title: 'Bulk reads' });
    const once = await delivery();
    await once.deliverOnce();
    expect(await sent.status()).toMatchObject({
      status: 'dead_letter',
      text: expect.stringContaining('ALERT_NO_SUBJECT') as string,
    });
    const [letter] = await letters();
    expect(letter?.source).toBe('siem');
    await nameDeadLetter(database.as('console'), keys.opening('inbox'), letter?.seq ?? 0, 'found@example.com');
    await once.deliverOnce();
    expect(await sent.status()).toMatchObject({ status: 'delivered', caseIds: [await caseOf('found@example.com')] });
    expect(await letters()).toHaveLength(0);
  });

  it('leaves new cases over the bound of their source waiting, in sight, and goes on with those that run', async () => {
    const sources = [{ name: 'siem', format: 'quell', newCasesPerMinute: 2 }] as const;
    const capped = await delivery({ sources });
    for (let n = 0; n < 5; n++) await post(about(`cap-${n}`, `cap-${n}@example.com`));
    await capped.deliverOnce();
    expect(await waiting()).toBe(3);
    expect((await queueOf(database.as('console'))).capped).toEqual([{ source: 'siem', messages: 3 }]);
    await post(about('cap-more', 'cap-0@example.com'));
    await capped.deliverOnce();
    expect((await viewCase(client, await caseOf('cap-0@example.com')))?.alerts).toHaveLength(2);
    for (let minute = 0; minute < 2; minute++) {
      await afterMs(database, 61_000);
      await capped.deliverOnce();
    }
    expect(await waiting()).toBe(0);
  });

  it('opens no more cases for one alert than the policy allows, tells how many are left and whom, and goes on when it is sent again', async () => {
    const mails = Array.from({ length: 7 }, (_, n) => `crowd-${n}@example.com`);
    await post(about('runs-before', 'crowd-6@example.com'));
    const once = await delivery({ maxCasesPerAlert: async () => 3 });
    await once.deliverOnce();
    // The index, which the records worker writes, knows of the case that runs.
    const running = new Set([await caseOf('crowd-6@example.com')]);
    const index = { running: async () => running, get: async () => undefined, holds: async () => false };
    const bounded = await delivery({
      maxCasesPerAlert: async () => 3,
      index,
    });
    const sent = await post(about('crowd', ...mails));
    await bounded.deliverOnce();
    const [letter] = await letters();
    expect(letter?.reason).toContain('delivered in part; 3 of the 7');
    expect(letter?.reason).toContain('maxCasesPerAlert');
    expect(letter?.reason).not.toContain('crowd-');
    for (const mail of ['crowd-0', 'crowd-1', 'crowd-2', 'crowd-6'])
      expect((await viewCase(client, await caseOf(`${mail}@example.com`)))?.alerts.length).toBeGreaterThan(0);
    // Nobody who is left was even registered.
    for (const mail of ['crowd-3', 'crowd-4', 'crowd-5'])
      expect(await registry.find({ mail: `${mail}@example.com` })).toBeUndefined();
    const item = await readDeadLetter(database.as('console'), keys.opening('inbox'), letter?.seq ?? 0);
    expect(await whomItNames(bounded.deps, item)).toContainEqual({ who: 'crowd-4@example.com' });
    await resendDeadLetter(database.as('console'), letter?.seq ?? 0);
    await bounded.deliverOnce();
    expect(await sent.status()).toMatchObject({ status: 'delivered' });
    expect(await letters()).toHaveLength(0);
    for (const mail of mails) expect((await viewCase(client, await caseOf(mail)))?.alerts.length).toBeGreaterThan(0);
  });
});
