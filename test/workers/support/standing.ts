import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { ConsolePorts } from '../../../gateway/console/ports.js';
import { RETENTION } from '../../../domain/retention.js';
import { AuditLog } from '../../../store/audit/log.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import type { InboxReader } from '../../../store/inbox/reader.js';
import type { InboxWriter } from '../../../store/inbox/writer.js';
import type { KeyRing } from '../../../store/key-ring.js';
import { statePaths, type StatePaths } from '../../../store/state-paths.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { SubjectKeys } from '../../../store/subjects/subject-keys.js';
import { consolePorts } from '../../../workers/console-ports.js';
import { testKeys } from '../../store/support.js';
import { openDatabase, type TestDatabase } from '../../support/database.js';
import { readerOf, writerOf } from '../../support/inbox.js';

/** A state folder and a database with the stores of intake and console as their processes hold them; Temporal is whatever `client` does. */
export interface Standing {
  readonly paths: StatePaths;
  readonly keys: KeyRing;
  readonly inbox: InboxWriter;
  readonly reader: InboxReader;
  readonly database: TestDatabase;
  readonly index: CaseWriter;
  readonly ports: ConsolePorts;
  close(): Promise<void>;
}

export async function standing(client: Client): Promise<Standing> {
  const database = await openDatabase();
  const paths = statePaths(mkdtempSync(join(tmpdir(), 'quell-standing-')));
  const keys = testKeys();
  const inbox = writerOf(database, keys);
  const reader = readerOf(database, keys);
  const registry = await SubjectRegistry.open(
    database.as('console'),
    new SubjectKeys(folderStorage(paths.root).keys, keys.secret('registry')),
  );
  const index = new CaseWriter(database.as('records'));
  const vault = new CaseVault(folderStorage(paths.root), fileKeys(keys, 'console'));
  const dossier = { reader: vault.reader('dossier'), writer: vault.writer('dossier') };
  const sorting = {
    registry,
    index: new CaseIndex(database.as('console')),
    sources: [],
    tenants: [],
    mailDomains: {},
    maxCasesPerAlert: async () => 25,
  };
  return {
    ...{ paths, keys, inbox, reader, database, index },
    ports: consolePorts({
      ...{ client, registry, database: database.as('console'), inboxKey: keys.opening('inbox'), sorting, dossier },
      ...{
        audit: new AuditLog(database.as('console')),
        reports: vault.reader('reports'),
      },
      guard: { keys: [], deciders: [] },
      retention: async () => RETENTION,
    }),
    close: async () => {
      await reader.close();
      await database.drop();
      rmSync(paths.root, { recursive: true, force: true });
    },
  };
}
