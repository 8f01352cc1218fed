import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { RETENTION } from '../../../domain/retention.js';
import { Delivery } from '../../../gateway/delivery.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { CaseJoins } from '../../../store/inbox/case-joins.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { queueOf } from '../../../store/inbox/queue.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { subjectKeys, testKeys } from '../../store/support.js';
import { useDatabase } from '../../support/database.js';
import { emptyInbox, message, readerOf, writerOf } from '../../support/inbox.js';
import { playedClient, type Told } from '../support/played-client.js';

const database = useDatabase();
const keys = testKeys();
const ALERTS = 120;

it('loses nothing and settles each once when the connections of two deliverers break again and again', async () => {
  await emptyInbox(database);
  const folder = mkdtempSync(join(tmpdir(), 'quell-cut-'));
  const told: Told = { answers: [], forms: [], joins: [], refuse: undefined };
  const failures: unknown[] = [];
  const registry = await SubjectRegistry.open(database.as('console'), subjectKeys(keys.secret('registry')));
  const index = new CaseIndex(database.as('console'));
  const deliveryOf = () =>
    new Delivery({
      retention: async () => RETENTION,
      ...{ client: playedClient(told), inbox: readerOf(database, keys), registry, index },
      joins: new CaseJoins(database.as('console')),
      dossier: new CaseVault(folderStorage(folder), fileKeys(keys, 'console')).writer('dossier'),
      sources: [{ name: 'siem', format: 'quell', newCasesPerMinute: 1_000 }],
      ...{ tenants: [{ platform: 'slack', tenant: 'main', vendorIds: [] }], mailDomains: {} },
      maxCasesPerAlert: async () => 25,
      ...{ answerKey: keys.secret('answer'), decisionKey: keys.signing('decision') },
      log: (what, { failure }) => failures.push(`${what}: ${String(failure)}`),
    });
  const stopping = new AbortController();
  const running = [deliveryOf(), deliveryOf()].map((one) => one.run(stopping.signal));
  onTestFinished(async () => {
    stopping.abort();
    await Promise.all(running);
    rmSync(folder, { recursive: true, force: true });
  });

  const cut = () =>
    database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'test_console' AND datname = current_database()",
    );
  const writer = writerOf(database, keys);
  for (let i = 0; i < ALERTS; i++) {
    const alert = { id: `cut-${i}`, title: 'Bulk reads', subjects: [{ email: `person-${i % 30}@example.com` }] };
    await writer.append(message(i, { body: Buffer.from(JSON.stringify(alert)) }));
    if (i % 10 === 0) await cut();
  }
  // At least one broke in the middle of its work, not between.
  for (; !failures.includes('delivery waits: DATABASE_UNAVAILABLE'); await sleep(1)) await cut();
  // What one of them could not give back is free when its lease ends.
  await expect
    .poll(
      async () => {
        await database.pool.query("UPDATE inbox SET free_at = now() WHERE status = 'waiting'");
        return (await queueOf(database.pool)).waiting;
      },
      { timeout: 50_000 },
    )
    .toBe(0);
  for (let seq = 1; seq <= ALERTS; seq++) {
    const outcome = await outcomeOf(database.as('intake'), seq);
    expect(outcome).toMatchObject({ status: expect.stringMatching(/^(delivered|duplicate)$/) as string });
  }
  expect(new Set(told.joins.flatMap(({ alerts }) => alerts.map(({ alertId }) => alertId))).size).toBe(ALERTS);
});
