import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createForgettingActivities, type ExecutionsPort } from '../../../activities/records/forgetting.js';
import type { Decider, ForgetDecision, Signed } from '../../../domain/decision.js';
import { RETENTION } from '../../../domain/retention.js';
import { AuditChain } from '../../../store/audit/chain.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import type { CaseStorage } from '../../../store/compartment.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { IncidentLinks } from '../../../store/cases/incident-links.js';
import { query } from '../../../store/postgres/connection.js';
import { signBody } from '../../../store/signing.js';
import { SubjectKeys } from '../../../store/subjects/subject-keys.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { testKeys } from '../../store/support.js';
import { openDatabase, type TestDatabase } from '../../support/database.js';
import { perform } from './house.js';

const ring = testKeys();
const keys = [{ ...ring.verifying('decision'), holder: { kind: 'console' as const } }];
export const CLOSED = '2026-01-01T00:00:00.000Z';
const WRITTEN = ['evidence', 'grounds', 'dossier'] as const;
const DAY = 86_400_000;
export const after = (days: number): Date => new Date(Date.parse(CLOSED) + days * DAY);

/** The activities that forget, on a database and a folder of their own. */
export class Forgetting {
  readonly root = mkdtempSync(join(tmpdir(), 'quell-forget-'));
  now = after(1);
  running = 0;
  /** What happens meanwhile, when it was said what goes. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();
  readonly removed: string[] = [];
  deciders: Decider[] = [{ personId: 'p-lead', roles: ['lead'] }];

  private constructor(
    readonly database: TestDatabase,
    public storage: CaseStorage = { files: undefined as never, keys: undefined as never },
  ) {
    this.storage = folderStorage(this.root);
  }

  static async begin(): Promise<Forgetting> {
    const database = await openDatabase();
    const self = new Forgetting(database);
    onTestFinished(async () => {
      await database.drop();
      rmSync(self.root, { recursive: true, force: true });
    });
    return self;
  }

  get subjectKeys(): SubjectKeys {
    return new SubjectKeys(this.storage.keys, ring.secret('registry'));
  }

  async person(mail: string): Promise<string> {
    const registry = await SubjectRegistry.open(this.database.as('evidence'), this.subjectKeys);
    return (await registry.resolve([{ mail }])).subjectId;
  }

  /** A case with a file in each compartment; open without `closedAt`. */
  async case(subjectId: string, closedAt: string | undefined = CLOSED, links: readonly string[] = []): Promise<string> {
    const caseId = `case-${subjectId}`;
    const vault = new CaseVault(folderStorage(this.root), fileKeys(ring, 'evidence'));
    for (const compartment of WRITTEN) await vault.writer(compartment).writeJson(caseId, 'file', { caseId });
    const records = this.database.as('records');
    await new CaseWriter(records).put(
      {
        ...{ caseId, subjectId, openedAt: '2025-12-01T00:00:00.000Z', severity: 'high', verdict: 'insider' },
        ...{ stage: closedAt === undefined ? 'containment' : 'closed', platforms: [], alertIds: ['al-1'] },
        ...{ alertCount: 1, openTasks: 0, openPlans: 0, links },
      },
      closedAt ?? CLOSED,
    );
    if (links.length > 0) await new IncidentLinks(records).join(caseId, links);
    return caseId;
  }

  activities() {
    const executions: ExecutionsPort = {
      running: () => Promise.resolve(this.running),
      remove: (caseId) => Promise.resolve(void this.removed.push(caseId)),
    };
    return createForgettingActivities({
      pool: this.database.as('records'),
      storage: this.storage,
      ...{ subjectKeys: this.subjectKeys, executions, keys },
      chain: {
        append: async (entries) => {
          await new AuditChain(this.database.as('records'), ring.signing('audit')).append(entries);
          await this.meanwhile();
        },
      },
      policies: { current: () => Promise.resolve({ policy: { retention: RETENTION }, digest: 'd' } as never) },
      deciders: () => Promise.resolve(this.deciders),
      clock: () => this.now,
    });
  }

  due = (caseId: string) => perform(this.activities(), 'forgetDue', { caseId });

  decide(verb: ForgetDecision['verb'], caseId: string, change: Partial<ForgetDecision> = {}): Promise<void> {
    return this.obey(this.signed(verb, caseId, change));
  }
  signed(verb: ForgetDecision['verb'], caseId: string, change: Partial<ForgetDecision> = {}): Signed<ForgetDecision> {
    const body: ForgetDecision = {
      ...{ type: 'forget', verb, caseId, personId: 'p-lead', role: 'lead', nonce: randomUUID() },
      ...(verb === 'hold' || verb === 'lift' ? { note: 'note.1' } : {}),
      ...{ at: this.now.toISOString(), expiresAt: new Date(this.now.getTime() + 60_000).toISOString() },
      ...change,
    };
    return signBody(body, ring.signing('decision'));
  }
  obey = (signed: Signed<ForgetDecision>): Promise<void> => perform(this.activities(), 'obeyForgetting', { signed });

  /** Compartments of which the case has files, and those of which it has keys. */
  async left(caseId: string): Promise<readonly string[]> {
    const found = new Set<string>();
    const storage = folderStorage(this.root);
    for (const compartment of WRITTEN)
      for (const kind of ['files', 'keys'] as const)
        for await (const { key } of storage[kind].list(`${compartment}/${kind}/${caseId}/`))
          found.add(key.split('/').slice(0, 2).join('/'));
    return [...found];
  }
  async kinds(): Promise<readonly string[]> {
    const { rows } = await query<{ kind: string }>(
      this.database.pool,
      `SELECT entry ->> 'kind' AS kind FROM audit_entries ORDER BY entry ->> 'at', key`,
    );
    return rows.map(({ kind }) => kind);
  }
  async count(table: string): Promise<number> {
    return (await query(this.database.pool, `SELECT FROM ${table}`)).rowCount ?? 0;
  }
}

/** What is there of a case before anything is forgotten. */
export const ALL = WRITTEN.flatMap((one) => [`${one}/files`, `${one}/keys`]);
