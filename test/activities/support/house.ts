import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { onTestFinished } from 'vitest';
import { AuditChain } from '../../../store/audit/chain.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { chainIn } from '../../../store/audit/kept.js';
import { AuditLog } from '../../../store/audit/log.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { PolicyStore } from '../../../store/policy-file.js';
import { query } from '../../../store/postgres/connection.js';
import type { Role } from '../../../store/role-keys.js';
import { statePaths, type StatePaths } from '../../../store/state-paths.js';
import type { SubjectProfile } from '../../../store/subjects/profile.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { subjectKeys, testKeys } from '../../store/support.js';
import { openDatabase, type TestDatabase } from '../../support/database.js';

const POLICY = new URL('../../../policy/default.yaml', import.meta.url).pathname;
const keys = testKeys();

/** A real state folder and database with real keys; only the vendors are missing. */
export class House {
  readonly keys = keys;
  readonly root = mkdtempSync(join(tmpdir(), 'quell-activities-'));
  readonly paths: StatePaths = statePaths(this.root);
  readonly policies = new PolicyStore(this.paths.policies, POLICY);
  readonly evidence = {
    writer: this.vault('evidence').writer('evidence'),
    reader: this.vault('analysis').reader('evidence'),
  };
  readonly grounds = {
    writer: this.vault('evidence').writer('grounds'),
    reader: this.vault('containment').reader('grounds'),
  };
  readonly dossier = {
    writer: this.vault('records').writer('dossier'),
    reader: this.vault('records').reader('dossier'),
  };
  readonly spool = {
    writer: this.vault('evidence').writer('spool'),
    reader: this.vault('evidence').reader('spool'),
  };
  readonly reports = {
    writer: this.vault('records').writer('reports'),
    reader: this.vault('console').reader('reports'),
  };

  private constructor(
    readonly database: TestDatabase,
    /** As the evidence role has it. */
    readonly registry: SubjectRegistry,
    /** As the evidence role has it. */
    readonly audit: AuditLog,
  ) {}

  static async build(): Promise<House> {
    const database = await openDatabase();
    onTestFinished(() => database.drop());
    const house = new House(database, await registryFor('evidence', database), new AuditLog(database.as('evidence')));
    onTestFinished(() => rmSync(house.root, { recursive: true, force: true }));
    return house;
  }

  /** Files of cases, as a role has them. */
  vault(role: Role): CaseVault {
    return new CaseVault(folderStorage(this.root), fileKeys(keys, role));
  }

  /** The registry with the rights of another role. */
  registryFor(role: Role): Promise<SubjectRegistry> {
    return registryFor(role, this.database);
  }

  /** What the roles noted, in the order in which it came; of one kind. */
  async audited(kind?: string): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    await new AuditChain(this.database.as('records'), keys.signing('audit')).takeIn();
    for await (const { entry = '' } of (await chainIn(this.database.as('console'))).lines)
      entries.push(JSON.parse(entry) as AuditEntry);
    return entries.filter((one) => kind === undefined || one.kind === kind);
  }

  /** A subject under an id of the test's choice, of whom nothing is known yet. */
  async subject(subjectId: string): Promise<void> {
    await people.begin();
    await people.make(subjectId);
    await query(this.database.as('evidence'), 'INSERT INTO subjects (subject_id, canonical) VALUES ($1, $1)', [
      subjectId,
    ]);
  }

  /** A person whom the registry knows. Returns the subject id. */
  async person(profile: Partial<SubjectProfile> & Pick<SubjectProfile, 'accounts' | 'mails'>): Promise<string> {
    const aliases = [...profile.accounts, ...profile.mails.map((mail) => ({ mail }))];
    const { subjectId } = await this.registry.resolve(aliases);
    await this.registry.bind(subjectId, aliases);
    await this.registry.setProfile({
      kind: 'person',
      authority: 'slack',
      vip: false,
      readAt: '2026-03-02T09:00:00.000Z',
      ...profile,
      subjectId,
    });
    return subjectId;
  }
}

const people = subjectKeys(keys.secret('registry'));
const registryFor = (role: Role, database: TestDatabase): Promise<SubjectRegistry> =>
  SubjectRegistry.open(database.as(role), people);

/** An activity environment that says nothing. */
export function quietly(attempt = 1): MockActivityEnvironment {
  return new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR', () => undefined) });
}

export type InputOf<F> = F extends (input: infer I) => unknown ? I : never;
export type ResultOf<F> = F extends (input: never) => Promise<infer R> ? R : never;

/** Runs one of the activities in an environment of its own. */
export function perform<A extends object, K extends keyof A & string>(
  activities: A,
  name: K,
  input: InputOf<A[K]>,
  environment = quietly(),
): Promise<ResultOf<A[K]>> {
  const run = activities[name] as (input: InputOf<A[K]>) => Promise<ResultOf<A[K]>>;
  return environment.run<[InputOf<A[K]>], ResultOf<A[K]>, typeof run>(run, input);
}
