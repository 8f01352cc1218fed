import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Pool } from 'pg';
import {
  createContainmentActivities,
  peopleAt,
  type ContainmentConfig,
  type ContainmentMemory,
} from '../../../activities/containment/index.js';
import { neverBack } from '../../../workers/never-back.js';
import type { ContainmentActivities } from '../../../activities/contract.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { ActionResult, ContainmentPlan, Readback, SignedPlan } from '../../../domain/plan.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { ActionLedger } from '../../../store/containment/ledger.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { GRANTS } from '../../../store/postgres/grants.js';
import { query } from '../../../store/postgres/connection.js';
import { tempFolder, testKeys } from '../../store/support.js';
import { useDatabase } from '../../support/database.js';
import { authored, config, NOW, PEOPLE, resultKey } from './plans.js';
import { perform, quietly } from './house.js';
import { takeover } from './takeover.js';
import { RecordingTenant } from './tenant.js';

const boxes = new CaseVault(folderStorage(tempFolder()), fileKeys(testKeys(), 'containment')).notes();
const TABLES = Object.keys(GRANTS).filter((table) => table.startsWith('containment_'));

/** Of the test file that imports this. */
export const database = useDatabase();

/** A containment worker over a recording tenant; `restart` is a new process that finds what the old one kept. */
export class Worker {
  readonly folder = mkdtempSync(join(tmpdir(), 'quell-containment-'));
  readonly stopFile = join(this.folder, 'stop');
  readonly audit: AuditEntry[] = [];
  /** What the role wrote into the dossier. */
  readonly dossier: object[] = [];
  /** The rows that manifests' grounds rest on. */
  rows: readonly EvidenceEvent[] = takeover();
  people = PEOPLE;
  now = NOW;
  attempt = 1;
  activities!: ContainmentActivities;
  config: ContainmentConfig;

  memory!: ContainmentMemory;
  /** Hears that a step has asked for its turn. */
  onTurn: () => void = () => undefined;

  private constructor(
    readonly tenant: RecordingTenant,
    change: Partial<ContainmentConfig>,
    private readonly pool: Pool,
  ) {
    this.config = config(this.stopFile, change);
  }

  static async start(change: Partial<ContainmentConfig> = {}, tenant = new RecordingTenant()): Promise<Worker> {
    await query(database.pool, `TRUNCATE ${TABLES.join(', ')}`);
    return Worker.of(tenant, change, database.as('containment'));
  }

  /** Another process beside this one, at the same tenant and with the same memory, by connections of its own. */
  beside(pool: Pool): Worker {
    return Worker.of(this.tenant, this.config, pool);
  }

  private static of(tenant: RecordingTenant, change: Partial<ContainmentConfig>, pool: Pool): Worker {
    const worker = new Worker(tenant, change, pool);
    worker.restart();
    onTestFinished(() => rmSync(worker.folder, { recursive: true, force: true }));
    return worker;
  }

  restart(wrap: (memory: ContainmentMemory) => ContainmentMemory = (m) => m, turnMs?: number, pool = this.pool): void {
    const kept: ContainmentMemory = new ActionLedger(pool, boxes, turnMs);
    const takeTurn: typeof kept.takeTurn = (turn) => kept.takeTurn(turn).finally(() => this.onTurn());
    this.memory = wrap(Object.assign(Object.create(kept) as ContainmentMemory, { takeTurn }));
    const port = this.tenant.port();
    this.activities = createContainmentActivities({
      port,
      config: this.config,
      memory: this.memory,
      people: () => peopleAt(port, this.people),
      grounds: () => Promise.resolve(this.rows),
      resultKey,
      clock: neverBack(() => this.now),
      giveUpAfter: 5,
      audit: { note: (e) => Promise.resolve(void this.audit.push(e)) },
      dossier: {
        writeJson: (_case, name, value) => {
          this.dossier.push(value);
          return Promise.resolve({ key: `${name}.1`, sha256: '00', bytes: 1, rows: 1 });
        },
      },
    });
  }

  async act(input: StepInput): Promise<ActionResult> {
    return (await perform(this.activities, 'actOnStep', asSigned(input), quietly(this.attempt))).body.result;
  }

  async revert(input: StepInput): Promise<ActionResult> {
    return (await perform(this.activities, 'revertStep', asSigned(input), quietly(this.attempt))).body.result;
  }

  /** What approvers are shown. */
  look(plan: ContainmentPlan): ReturnType<ContainmentActivities['resolveSteps']> {
    return perform(this.activities, 'resolveSteps', { plan: authored(plan) }, quietly(this.attempt));
  }

  verify({ plan, ...rest }: Omit<StepInput, 'decisions'> & { readonly since: string }): Promise<Readback> {
    return perform(this.activities, 'verifyStep', { plan: withAuthor(plan), ...rest }, quietly(this.attempt));
  }
}

/** A plan without an author is signed by the analysis role, as the product does. */
export interface StepInput {
  readonly plan: ContainmentPlan | SignedPlan;
  readonly step: number;
  readonly decisions: readonly Signed<ApprovalDecision>[];
}

const withAuthor = (plan: ContainmentPlan | SignedPlan): SignedPlan => ('body' in plan ? plan : authored(plan));
const asSigned = ({ plan, ...rest }: StepInput) => ({ ...rest, plan: withAuthor(plan) });
