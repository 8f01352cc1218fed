import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  ActionLedger,
  createContainmentActivities,
  type ContainmentConfig,
} from '../../../activities/containment/index.js';
import { neverBack } from '../../../workers/never-back.js';
import type { ContainmentActivities } from '../../../activities/contract.js';
import type { ActionResult, Readback } from '../../../domain/plan.js';
import type { AuditEntry } from '../../../store/audit-entry.js';
import { config, NOW } from './plans.js';
import { perform, quietly } from './house.js';
import { RecordingTenant } from './tenant.js';

/** A containment worker over a recording tenant; `restart` is a new process that finds the old one's disk. */
export class Worker {
  readonly folder = mkdtempSync(join(tmpdir(), 'quell-containment-'));
  readonly stopFile = join(this.folder, 'stop');
  readonly audit: AuditEntry[] = [];
  now = NOW;
  attempt = 1;
  activities!: ContainmentActivities;
  config: ContainmentConfig;

  private ledger: ActionLedger | undefined;

  private constructor(
    readonly tenant: RecordingTenant,
    change: Partial<ContainmentConfig>,
  ) {
    this.config = config(this.stopFile, change);
  }

  static async start(change: Partial<ContainmentConfig> = {}, tenant = new RecordingTenant()): Promise<Worker> {
    const worker = new Worker(tenant, change);
    await worker.restart();
    onTestFinished(async () => {
      await worker.ledger?.close();
      rmSync(worker.folder, { recursive: true, force: true });
    });
    return worker;
  }

  async restart(wrap: (ledger: ActionLedger) => ActionLedger = (l) => l): Promise<void> {
    await this.ledger?.close();
    this.ledger = await ActionLedger.open(join(this.folder, 'ledger.jsonl'));
    const ledger = wrap(this.ledger);
    this.activities = createContainmentActivities({
      port: this.tenant.port(),
      config: this.config,
      ledger,
      clock: neverBack(() => this.now),
      giveUpAfter: 5,
      audit: { drop: (e) => Promise.resolve(void this.audit.push(e)) },
    });
  }

  act(input: Parameters<ContainmentActivities['actOnStep']>[0]): Promise<ActionResult> {
    return perform(this.activities, 'actOnStep', input, quietly(this.attempt));
  }

  revert(input: Parameters<ContainmentActivities['revertStep']>[0]): Promise<ActionResult> {
    return perform(this.activities, 'revertStep', input, quietly(this.attempt));
  }

  verify(input: Parameters<ContainmentActivities['verifyStep']>[0]): Promise<Readback> {
    return perform(this.activities, 'verifyStep', input, quietly(this.attempt));
  }
}
