import { QuellError } from '../../../domain/errors.js';
import type { ActionKind, ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { ContainmentAct, ContainmentPort, VendorState, WriteOptions } from '../../../platforms/ports.js';

/** Raised by a planned kill: what happens to a process that gets SIGKILL, as far as the code under test can tell. */
export class Killed extends Error {}

/** A tenant behind the port: accounts that are active or not, sessions, and a journal of every effect. */
export class RecordingTenant {
  readonly journal: VendorWrite[] = [];
  readonly active = new Map<string, boolean>();
  readonly sessions = new Map<string, number>();
  readonly blocked = new Set<string>();
  reads = 0;
  protectedBecause: readonly ProtectedBecause[] = [];
  /** Fails the next calls of an operation before or after its effect. */
  faults: { readonly operation: string; readonly when: 'before' | 'after'; readonly error: Error; times: number }[] =
    [];
  /** The effect shows only after this many reads. */
  lagReads = 0;

  constructor(readonly announce = true) {}

  port(): ContainmentPort {
    return {
      platform: 'slack',
      tenant: 'main',
      limitations: [],
      order: [],
      protection: () => {
        this.reads++;
        return Promise.resolve(this.protectedBecause);
      },
      acts: { disable_account: this.disable(), end_sessions: this.endSessions(), block_ip: this.block() },
    };
  }

  private disable(): ContainmentAct {
    const isActive = (t: ActionTarget): boolean => this.active.get(t.id) ?? true;
    return {
      ...common('disable_account'),
      capture: (t) => this.state({ active: isActive(t) }),
      apply: async (t, _context, options) => {
        if (!isActive(t)) return [];
        return [await this.write('users.deactivate', t.id, options, () => this.active.set(t.id, false))];
      },
      verify: async (t) => ({ holds: this.seen(!isActive(t)), state: await this.state({ active: isActive(t) }) }),
      revert: async (t, before, options) => {
        if (before['active'] !== true || isActive(t)) return [];
        return [await this.write('users.activate', t.id, options, () => this.active.set(t.id, true))];
      },
    };
  }

  /** Two writes for one act. */
  private endSessions(): ContainmentAct {
    const left = (t: ActionTarget): number => this.sessions.get(t.id) ?? 2;
    return {
      ...common('end_sessions'),
      capture: (t) => this.state({ sessions: left(t) }),
      apply: async (t, _context, options) => {
        const done: VendorWrite[] = [];
        while (left(t) > 0) {
          const n = left(t);
          done.push(
            await this.write('sessions.end', `${t.id}/${String(n)}`, options, () => this.sessions.set(t.id, n - 1)),
          );
        }
        return done;
      },
      verify: async (t) => ({ holds: this.seen(left(t) === 0), state: await this.state({ sessions: left(t) }) }),
    };
  }

  /** As vendors do: the list is read and replaced as a whole. */
  private block(): ContainmentAct {
    const list = (ip: string): (() => void) => {
      const next = [...this.blocked, ip];
      return () => {
        this.blocked.clear();
        for (const address of next) this.blocked.add(address);
      };
    };
    return {
      ...common('block_ip'),
      capture: (t) => this.state({ blocked: this.blocked.has(t.id) }),
      apply: async (t, _context, options) =>
        this.blocked.has(t.id) ? [] : [await this.write('ip.block', t.id, options, list(t.id))],
      verify: async (t) => ({
        holds: this.blocked.has(t.id),
        state: await this.state({ blocked: this.blocked.has(t.id) }),
      }),
    };
  }

  private state(state: VendorState): Promise<VendorState> {
    this.reads++;
    return Promise.resolve(state);
  }

  private seen(holds: boolean): boolean {
    if (!holds || this.lagReads === 0) return holds;
    this.lagReads--;
    return false;
  }

  private async write(
    operation: string,
    targetId: string,
    options: WriteOptions | undefined,
    effect: () => void,
  ): Promise<VendorWrite> {
    const write: VendorWrite = { platform: 'slack', operation, targetId };
    const send = (): Promise<void> => {
      this.fail(operation, 'before');
      effect();
      this.journal.push(write);
      this.fail(operation, 'after');
      return Promise.resolve();
    };
    await (this.announce && options?.record ? options.record(write, send) : send());
    return write;
  }

  private fail(operation: string, when: 'before' | 'after'): void {
    const fault = this.faults.find((f) => f.times > 0 && f.operation === operation && f.when === when);
    if (!fault) return;
    fault.times--;
    throw fault.error;
  }
}

function common(
  kind: ActionKind,
): Pick<
  ContainmentAct,
  'kind' | 'reversible' | 'd3fend' | 'undo' | 'losses' | 'recognised' | 'proof' | 'effectWithinSeconds'
> {
  const words = { d3fend: 'D3-AL', undo: 'put back', losses: '', recognised: 'read first', proof: 'read back' };
  return { kind, reversible: true, ...words, effectWithinSeconds: 1 };
}

export const vendorDown = (): QuellError => new QuellError('VENDOR_DOWN', 'reply lost');
