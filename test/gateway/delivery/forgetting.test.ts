import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RETENTION } from '../../../domain/retention.js';
import { Delivery } from '../../../gateway/delivery.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { listEvidence } from '../../../store/evidence-store.js';
import { CaseJoins } from '../../../store/inbox/case-joins.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { query } from '../../../store/postgres/connection.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { subjectKeys, testKeys } from '../../store/support.js';
import { useDatabase } from '../../support/database.js';
import { emptyInbox, message, readerOf, writerOf } from '../../support/inbox.js';
import { playedClient, type Told } from '../support/played-client.js';

const database = useDatabase();
const keys = testKeys();

it('keeps an alert in the inbox, and nothing of it in the dossier, until the case of that id is forgotten', async () => {
  await emptyInbox(database);
  const folder = mkdtempSync(join(tmpdir(), 'quell-held-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const told: Told = { answers: [], forms: [], joins: [], refuse: undefined };
  const registry = await SubjectRegistry.open(database.as('console'), subjectKeys(keys.secret('registry')));
  const delivery = new Delivery({
    retention: async () => RETENTION,
    ...{ client: playedClient(told), inbox: readerOf(database, keys), registry },
    index: new CaseIndex(database.as('console')),
    joins: new CaseJoins(database.as('console')),
    dossier: new CaseVault(folderStorage(folder), fileKeys(keys, 'console')).writer('dossier'),
    sources: [{ name: 'siem', format: 'quell', newCasesPerMinute: 1_000 }],
    ...{ tenants: [{ platform: 'slack', tenant: 'main', vendorIds: [] }], mailDomains: {} },
    maxCasesPerAlert: async () => 25,
    ...{ answerKey: keys.secret('answer'), decisionKey: keys.signing('decision') },
    log: () => undefined,
  });
  const { subjectId } = await registry.resolve([{ mail: 'kim@example.com' }]);
  const caseId = `case-${subjectId}`;
  await query(
    database.pool,
    `INSERT INTO case_forgettings (organisation, case_id, because, closed_at) VALUES ('test', $1, 'n-1', now())`,
    [caseId],
  );
  const alert = { id: 'al-1', title: 'Bulk reads', subjects: [{ email: 'kim@example.com' }] };
  const { seq } = await writerOf(database, keys).append(message(1, { body: Buffer.from(JSON.stringify(alert)) }));
  const dossier = () => listEvidence({ ...folderStorage(folder), compartment: 'dossier' }, caseId);
  await delivery.deliverOnce();
  expect([told.joins.length, await dossier()]).toEqual([0, []]);
  await query(database.pool, 'DELETE FROM case_forgettings');
  await query(database.pool, 'UPDATE inbox SET free_at = now()');
  await delivery.deliverOnce();
  expect(told.joins).toHaveLength(1);
  expect(await dossier()).toHaveLength(1);
  expect(await outcomeOf(database.as('intake'), seq)).toMatchObject({ status: 'delivered' });
});
