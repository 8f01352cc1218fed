import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseSummary } from '../../../domain/case-summary.js';
import { AuditChain } from '../../../store/audit/chain.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { COMPARTMENTS } from '../../../store/compartment.js';
import { ActionLedger } from '../../../store/containment/ledger.js';
import type { KeyRing } from '../../../store/key-ring.js';
import { query } from '../../../store/postgres/connection.js';
import { ROLES } from '../../../store/role-keys.js';
import { SubjectKeys } from '../../../store/subjects/subject-keys.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import type { TestDatabase } from '../../support/database.js';
import { message, readerOf, taken, writerOf } from '../../support/inbox.js';

/** What must not be found any more. */
export const MARKS = ['marked-words-of-a-message', 'marked@example.com', 'Marked Person', 'marked-channel'] as const;
const [WORDS, MAIL, NAME, CHANNEL] = MARKS;
export const CLOSED = '2026-01-02T00:00:00.000Z';

/** A state folder and a database in which one closed case lies in every place where the product keeps something of one. */
export interface MarkedCase {
  readonly caseId: string;
  readonly subjectId: string;
}

export async function markedCase(root: string, ring: KeyRing, database: TestDatabase): Promise<MarkedCase> {
  const storage = folderStorage(root);
  const as = (role: (typeof ROLES)[number]): CaseVault => new CaseVault(storage, fileKeys(ring, role));
  const registry = await SubjectRegistry.open(
    database.as('evidence'),
    new SubjectKeys(storage.keys, ring.secret('registry')),
  );
  const aliases = [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }, { mail: MAIL }] as const;
  const { subjectId } = await registry.resolve(aliases);
  await registry.bind(subjectId, aliases);
  await registry.setProfile({
    ...{ subjectId, kind: 'person', name: NAME, mails: [MAIL], accounts: [aliases[0]], authority: 'slack' },
    ...{ vip: false, readAt: CLOSED },
  });
  const caseId = `case-${subjectId}`;
  const rows = [{ text: WORDS, channel: CHANNEL, who: NAME, mail: MAIL }];
  await as('evidence').writer('evidence').writeRows(caseId, 'slack.messages', rows);
  await as('evidence').writer('grounds').writeRows(caseId, 'grounds', rows);
  await as('console').writer('dossier').writeRows(caseId, 'alerts', rows);
  await as('records')
    .writer('reports')
    .writeBytes(caseId, 'report.html', Buffer.from(MARKS.join(' ')));

  const ledger = new ActionLedger(database.as('containment'), as('containment').notes());
  const turn = { key: randomUUID(), holder: randomUUID() };
  await ledger.takeTurn(turn);
  const resolved = { target: { type: 'account', accountId: 'U1' }, affects: ['U1'], reach: 'accounts' } as const;
  const begun = { at: CLOSED, resolved, before: { name: NAME, forwards: MAIL, channel: CHANNEL }, held: false };
  await ledger.note(
    turn,
    { caseId, planDigest: subjectId, step: 1 },
    { kind: 'begun', content: { ...begun, allowedBy: ['k'] } },
  );

  await writerOf(database, ring).append(message(1, { dedupeKey: subjectId, body: Buffer.from(MARKS.join(' ')) }));
  const reader = readerOf(database, ring);
  const [item] = await taken(reader);
  await reader.settle([{ seq: item?.seq ?? 0, status: 'delivered', caseIds: [caseId] }]);
  await reader.close();

  await new CaseWriter(database.as('records')).put(summaryOf(caseId, subjectId), CLOSED);
  await new AuditChain(database.as('records'), ring.signing('audit')).append([
    { key: `${caseId}:opened`, at: CLOSED, kind: 'case.opened', by: 'records', caseId, data: { subjectId } },
  ]);
  return { caseId, subjectId };
}

export const summaryOf = (caseId: string, subjectId: string, change: Partial<CaseSummary> = {}): CaseSummary => ({
  ...{ caseId, subjectId, openedAt: '2026-01-01T00:00:00.000Z', stage: 'closed', severity: 'high' },
  ...{ verdict: 'compromised', platforms: ['slack'], alertIds: ['al-1'], alertCount: 1, openTasks: 0, openPlans: 0 },
  links: ['0123456789abcdef'],
  ...change,
});

/** All that anybody with every key can read: tables as they are and opened, files, reports. What does not open is not there. */
export async function everything(root: string, ring: KeyRing, database: TestDatabase): Promise<string> {
  const found: string[] = [];
  const say = (value: unknown): void => void found.push(JSON.stringify(value));
  const { rows: tables } = await query<{ name: string }>(
    database.pool,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  for (const { name } of tables) say((await query(database.pool, `SELECT t::text AS row FROM ${name} t`)).rows);
  const storage = folderStorage(root);
  const subjectKeys = new SubjectKeys(storage.keys, ring.secret('registry'));
  await subjectKeys.begin(); // as whoever insists on opening a place that has none of them
  const registry = await SubjectRegistry.open(database.as('evidence'), subjectKeys);
  const { rows: ids } = await query<{ id: string }>(database.pool, 'SELECT subject_id AS id FROM subjects');
  for (const { id } of ids) {
    say(await registry.profile(id));
    say(await registry.aliases(id));
  }
  for (const role of ROLES)
    for (const compartment of COMPARTMENTS) {
      const vault = new CaseVault(storage, fileKeys(ring, role));
      const folder = `${compartment}/files/`;
      for await (const { key } of storage.files.list(folder)) {
        const [caseId = '', file = ''] = key.slice(folder.length).split('/');
        const bytes = await readable(async () => vault.reader(compartment).readBytes(caseId, { key: file }));
        if (bytes) found.push(Buffer.from(bytes).toString('utf8'));
      }
    }
  const vault = new CaseVault(storage, fileKeys(ring, 'containment'));
  const ledger = new ActionLedger(database.as('containment'), vault.notes());
  const { rows: plans } = await query<{ plan: string }>(
    database.pool,
    'SELECT plan_digest AS plan FROM containment_notes',
  );
  for (const { plan } of plans) say(await readable(() => ledger.step({ planDigest: plan, step: 1 })));
  for (const file of readdirSync(root, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()))
    found.push(readFileSync(join(file.parentPath, file.name), 'latin1'));
  return found.join('\n');
}

const UNREADABLE = ['STORE_GONE', 'CONFIG'];

/** Undefined for what is not there, or not for this role. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (UNREADABLE.includes((error as { code?: string }).code ?? '')) return undefined;
    throw error;
  }
}

/** Every row of every table, as a backup of the database has it. */
export async function dump(database: TestDatabase): Promise<ReadonlyMap<string, string>> {
  const { rows } = await query<{ name: string; columns: string }>(
    database.pool,
    `SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ') AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('members', 'schema_steps', 'schema_migrations') GROUP BY 1`,
  );
  const tables = new Map<string, string>();
  for (const { name, columns } of rows) {
    const kept = await query<{ rows: string | null }>(database.pool, `SELECT json_agg(t)::text AS rows FROM ${name} t`);
    tables.set(`${name} (${columns})`, kept.rows[0]?.rows ?? '[]');
  }
  return tables;
}

/** Into a database with the schema and no rows, past its triggers. */
export async function restore(database: TestDatabase, tables: ReadonlyMap<string, string>): Promise<void> {
  const on = await database.pool.connect();
  try {
    await query(on, `SET session_replication_role = replica`);
    for (const [table, rows] of tables) {
      const [name = '', columns = ''] = table.split(/ \(|\)$/);
      await query(
        on,
        `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT ${columns} FROM json_populate_recordset(NULL::${name}, $1::json)`,
        [rows],
      );
    }
    await query(on, `SET session_replication_role = DEFAULT`);
  } finally {
    on.release();
  }
}
