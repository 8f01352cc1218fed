import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { ConsolePorts } from '../../../gateway/console/ports.js';
import { AuditSpool } from '../../../store/audit-spool.js';
import { CaseIndex, CaseIndexWriter } from '../../../store/case-index.js';
import { EvidenceReader, EvidenceWriter } from '../../../store/evidence-store.js';
import type { InboxReader } from '../../../store/inbox/reader.js';
import type { InboxWriter } from '../../../store/inbox/writer.js';
import type { KeyRing } from '../../../store/key-ring.js';
import { DOSSIER_RECIPIENTS } from '../../../store/role-keys.js';
import { statePaths, type StatePaths } from '../../../store/state-paths.js';
import { SubjectRegistry } from '../../../store/subject-registry.js';
import { consolePorts } from '../../../workers/console-ports.js';
import { testKeys } from '../../store/support.js';
import type { TestDatabase } from '../../support/database.js';
import { emptyInbox, readerOf, writerOf } from '../../support/inbox.js';

/** A state folder and a database with the stores of intake and console as their processes hold them; Temporal is whatever `client` does. */
export interface Standing {
  readonly paths: StatePaths;
  readonly keys: KeyRing;
  readonly inbox: InboxWriter;
  readonly reader: InboxReader;
  readonly index: CaseIndexWriter;
  readonly ports: ConsolePorts;
  close(): Promise<void>;
}

export async function standing(client: Client, database: TestDatabase): Promise<Standing> {
  await emptyInbox(database);
  const paths = statePaths(mkdtempSync(join(tmpdir(), 'quell-standing-')));
  const keys = testKeys();
  const inbox = writerOf(database, keys);
  const reader = readerOf(database, keys);
  const registry = await SubjectRegistry.open(paths.registry, keys.secret('registry'), {});
  const index = await CaseIndexWriter.open(paths.cases);
  const dossier = {
    reader: new EvidenceReader(paths.dossier, keys.opening('seal-console')),
    writer: new EvidenceWriter(
      paths.dossier,
      DOSSIER_RECIPIENTS.map((name) => keys.sealing(name)),
    ),
  };
  const read = await CaseIndex.open(paths.cases);
  const sorting = {
    registry,
    index: read,
    sources: [],
    tenants: [],
    mailDomains: {},
    maxCasesPerAlert: async () => 25,
  };
  return {
    ...{ paths, keys, inbox, reader, index },
    ports: consolePorts({
      ...{ client, registry, index: read, inbox: reader, sorting, dossier },
      ...{ spool: new AuditSpool(paths.auditSpool), reports: paths.reports },
      guard: { keys: [], deciders: [] },
    }),
    close: async () => {
      await reader.close();
      await index.close();
      rmSync(paths.root, { recursive: true, force: true });
    },
  };
}
