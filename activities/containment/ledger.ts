import { livingLeases, type Lease } from '../../domain/budget.js';
import type { Signed, Stop, SwitchDecision } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { ActionResult, VendorWrite } from '../../domain/plan.js';
import { jsonOf } from '../../domain/json.js';
import type { Instant } from '../../domain/platform.js';
import { AppendFile } from '../../store/append-file.js';
import { readLog } from '../../store/lines.js';
import { Lock } from '../../store/lock.js';
import type { ContainmentMemory, StepRecord } from './ports.js';

type Entry =
  | { readonly type: 'used'; readonly token: string; readonly plan: string }
  | { readonly type: 'burnt'; readonly token: string }
  | { readonly type: 'leased'; readonly lease: Lease }
  | { readonly type: 'lease_ended'; readonly owner: string; readonly at: Instant }
  | { readonly type: 'switched'; readonly signed: Signed<SwitchDecision>; readonly stopped?: Stop }
  | { readonly type: 'begun'; readonly key: string; readonly begun: NonNullable<StepRecord['begun']> }
  | { readonly type: 'intended' | 'refuted'; readonly key: string; readonly undo: boolean; readonly write: VendorWrite }
  | { readonly type: 'result' | 'released'; readonly key: string; readonly result: ActionResult }
  | { readonly type: 'reverting'; readonly key: string; readonly reverting: NonNullable<StepRecord['reverting']> };

/**
 * The containment worker's own memory on its own disk: which decision was used for which plan, what was begun, announced and done, what of
 * the blast radius is leased, and whether the organisation has stopped.
 * Append-only, each line on disk (fdatasync) before the next act. One worker process owns the file. Errors: STORE, STORE_TAMPERED.
 */
export class ActionLedger implements ContainmentMemory {
  readonly seen = new Set<string>();
  stopped: Stop | undefined;
  readonly #leases = new Map<string, Lease>();
  readonly #steps = new Map<string, StepRecord>();
  readonly #used = new Map<string, string>();
  readonly #burnt = new Set<string>();

  private constructor(
    private readonly lock: Lock,
    private readonly file: AppendFile,
  ) {}

  /** Takes the lock and reads what is there. A last line that a kill cut short was never acted on and is taken off; a broken line before it is tampering. */
  static async open(path: string): Promise<ActionLedger> {
    const lock = await Lock.take(`${path}.lock`);
    try {
      const { entries, end } = await readLog(path, entryOf);
      const ledger = new ActionLedger(lock, await AppendFile.open(path, end));
      for (const entry of entries) ledger.#take(entry);
      return ledger;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  step(planDigest: string, step: number): Readonly<StepRecord> {
    return this.#record(`${planDigest}:${String(step)}`);
  }

  /** Binds single-use tokens (a decision's nonce) to a plan. Throws DECISION_REPLAYED when one was used for another plan. Decided before the first wait, so that two plans cannot race. */
  async use(tokens: readonly string[], planDigest: string): Promise<void> {
    if (tokens.some((t) => this.usedElsewhere(t, planDigest))) throw new QuellError('DECISION_REPLAYED');
    const fresh = tokens.filter((t) => !this.#used.has(t));
    for (const token of fresh) this.#used.set(token, planDigest);
    try {
      for (const token of fresh) await this.#append({ type: 'used', token, plan: planDigest });
    } catch (error) {
      for (const token of fresh) this.#used.delete(token);
      throw error;
    }
  }

  usedElsewhere(token: string, planDigest: string): boolean {
    const plan = this.#used.get(token);
    return plan !== undefined && plan !== planDigest;
  }

  /** A token that may never be used again, by any plan: the ground of an automatic step that people released. */
  isBurnt(token: string): boolean {
    return this.#burnt.has(token);
  }
  async burn(token: string): Promise<void> {
    this.#burnt.add(token);
    await this.#append({ type: 'burnt', token });
  }

  leases(): Iterable<Lease> {
    return this.#leases.values();
  }

  async lease(lease: Lease, refuse: (leases: Iterable<Lease>) => string | undefined): Promise<void> {
    const known = this.#leases.get(lease.owner);
    const refusal = refuse(this.leases());
    if (refusal !== undefined) throw new QuellError('BUDGET', refusal);
    if (known && known.releasedAt === undefined) return;
    const living = new Set(livingLeases(this.leases(), lease.at));
    for (const [owner, old] of this.#leases) if (!living.has(old)) this.#leases.delete(owner);
    this.#leases.set(lease.owner, lease); // before the first wait: the next one sees it
    try {
      await this.#append({ type: 'leased', lease });
    } catch (error) {
      if (known) this.#leases.set(lease.owner, known);
      else this.#leases.delete(lease.owner);
      throw error;
    }
  }

  endLease(owner: string, at: Instant): Promise<void> {
    return this.#leases.has(owner) ? this.#note({ type: 'lease_ended', owner, at }) : Promise.resolve();
  }

  async obey(signed: Signed<SwitchDecision>, stopped: Stop | undefined): Promise<void> {
    const before = this.stopped;
    if (stopped) this.stopped = stopped; // a stop counts at once, on disk or not
    try {
      await this.#append({ type: 'switched', signed, ...(stopped ? { stopped } : {}) });
    } catch (error) {
      this.stopped = stopped ?? before;
      throw error;
    }
    this.stopped = stopped;
    this.seen.add(signed.body.nonce);
  }

  begin(planDigest: string, step: number, begun: NonNullable<StepRecord['begun']>): Promise<void> {
    return this.#note({ type: 'begun', key: `${planDigest}:${String(step)}`, begun });
  }
  intend(planDigest: string, step: number, write: VendorWrite, undo = false): Promise<void> {
    return this.#note({ type: 'intended', key: `${planDigest}:${String(step)}`, undo, write });
  }
  /** The vendor said that the announced write had no effect. */
  refute(planDigest: string, step: number, write: VendorWrite, undo = false): Promise<void> {
    return this.#note({ type: 'refuted', key: `${planDigest}:${String(step)}`, undo, write });
  }
  finish(planDigest: string, step: number, result: ActionResult): Promise<void> {
    return this.#note({ type: 'result', key: `${planDigest}:${String(step)}`, result });
  }
  beginRevert(planDigest: string, step: number, reverting: NonNullable<StepRecord['reverting']>): Promise<void> {
    return this.#note({ type: 'reverting', key: `${planDigest}:${String(step)}`, reverting });
  }
  release(planDigest: string, step: number, result: ActionResult): Promise<void> {
    return this.#note({ type: 'released', key: `${planDigest}:${String(step)}`, result });
  }

  async close(): Promise<void> {
    await this.file.close();
    await this.lock.release();
  }

  async #note(entry: Entry): Promise<void> {
    await this.#append(entry);
    this.#take(entry);
  }

  #append(entry: Entry): Promise<void> {
    return this.file.append(`${JSON.stringify(entry)}\n`);
  }

  #record(key: string): StepRecord {
    let record = this.#steps.get(key);
    if (!record) this.#steps.set(key, (record = { intended: [], revertIntended: [] }));
    return record;
  }

  #take(entry: Entry): void {
    if (entry.type === 'used') return void this.#used.set(entry.token, entry.plan);
    if (entry.type === 'burnt') return void this.#burnt.add(entry.token);
    if (entry.type === 'leased') return void this.#leases.set(entry.lease.owner, entry.lease);
    if (entry.type === 'lease_ended') {
      const lease = this.#leases.get(entry.owner);
      if (lease) this.#leases.set(entry.owner, { ...lease, releasedAt: entry.at });
      return;
    }
    if (entry.type === 'switched') {
      this.stopped = entry.stopped;
      this.seen.add(entry.signed.body.nonce);
      return;
    }
    const record = this.#record(entry.key);
    switch (entry.type) {
      case 'begun':
        record.begun ??= entry.begun;
        return;
      case 'intended':
        (entry.undo ? record.revertIntended : record.intended).push(entry.write);
        return;
      case 'refuted': {
        const list = entry.undo ? record.revertIntended : record.intended;
        const at = list.findLastIndex((w) => sameWrite(w, entry.write));
        if (at >= 0) list.splice(at, 1);
        return;
      }
      case 'result':
        record.result = entry.result;
        return;
      case 'reverting':
        record.reverting ??= entry.reverting;
        return;
      case 'released':
        record.released = entry.result;
        return;
    }
  }
}

export function sameWrite(a: VendorWrite, b: VendorWrite): boolean {
  return a.platform === b.platform && a.operation === b.operation && a.targetId === b.targetId;
}

function entryOf(text: string): Entry {
  const entry = jsonOf(text);
  if (entry === undefined) throw new QuellError('STORE_TAMPERED', 'action ledger');
  return entry as Entry;
}
