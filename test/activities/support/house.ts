import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { onTestFinished } from 'vitest';
import { AuditSpool } from '../../../store/audit-spool.js';
import { EvidenceReader, EvidenceWriter } from '../../../store/evidence-store.js';
import { PolicyStore } from '../../../store/policy-file.js';
import { DOSSIER_RECIPIENTS, EVIDENCE_RECIPIENTS, GROUNDS_RECIPIENTS } from '../../../store/role-keys.js';
import { statePaths, type StatePaths } from '../../../store/state-paths.js';
import { SubjectRegistry, type SubjectProfile } from '../../../store/subject-registry.js';
import { testKeys } from '../../store/support.js';
import { openDatabase, type TestDatabase } from '../../support/database.js';

const POLICY = new URL('../../../policy/default.yaml', import.meta.url).pathname;
const keys = testKeys();

/** A real state folder and database with real keys; only the vendors are missing. */
export class House {
  readonly keys = keys;
  readonly root = mkdtempSync(join(tmpdir(), 'quell-activities-'));
  readonly paths: StatePaths = statePaths(this.root);
  readonly policies = new PolicyStore(this.paths.policies, POLICY);
  readonly spool = new AuditSpool(this.paths.auditSpool);
  readonly evidence = {
    writer: new EvidenceWriter(
      this.paths.evidence,
      EVIDENCE_RECIPIENTS.map((n) => keys.sealing(n)),
    ),
    reader: new EvidenceReader(this.paths.evidence, keys.opening('seal-analysis')),
  };
  readonly grounds = {
    writer: new EvidenceWriter(
      this.paths.grounds,
      GROUNDS_RECIPIENTS.map((n) => keys.sealing(n)),
    ),
    reader: new EvidenceReader(this.paths.grounds, keys.opening('seal-containment')),
  };
  readonly dossier = {
    writer: new EvidenceWriter(
      this.paths.dossier,
      DOSSIER_RECIPIENTS.map((n) => keys.sealing(n)),
    ),
    reader: new EvidenceReader(this.paths.dossier, keys.opening('seal-records')),
  };

  private constructor(
    readonly database: TestDatabase,
    readonly registry: SubjectRegistry,
  ) {}

  static async build(): Promise<House> {
    const database = await openDatabase();
    onTestFinished(() => database.drop());
    const folder = mkdtempSync(join(tmpdir(), 'quell-registry-'));
    const house = new House(database, await SubjectRegistry.open(folder, keys.secret('registry')));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
      rmSync(house.root, { recursive: true, force: true });
    });
    return house;
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
