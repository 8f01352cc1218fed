import { QuellError } from '../../../domain/errors.js';
import type { ActionKind } from '../../../domain/acts/index.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type {
  ContainmentAct,
  ContainmentPort,
  Resolvers,
  TargetReading,
  VendorState,
  WriteOptions,
} from '../../../platforms/ports.js';
import { readingOf, wideReadingOf, type ReadAccount } from '../../../platforms/kit/reading.js';

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

  /** Other spellings of an account, by what the vendor would answer: its own id. */
  readonly spellings = new Map<string, string>([['dana@example.com', 'U1']]);
  /** Ids that are nobody here. */
  readonly nobody = new Set<string>();
  /** Accounts that the vendor knows two of. */
  readonly twice = new Set<string>();
  /** More accounts that are affected by a thing, by the thing's id. */
  readonly alsoAffects = new Map<string, readonly string[]>();
  /** As the vendor's directory names them. */
  readonly departments = new Map<string, string>();
  /** Asked of the vendor and not answered. */
  unreadable: QuellError | undefined;

  port(): ContainmentPort {
    return {
      platform: 'slack',
      tenant: 'main',
      limitations: [],
      order: [],
      resolvers: this.resolvers(),
      acts: {
        disable_account: this.disable(),
        end_sessions: this.endSessions(),
        block_ip: this.block(),
        remove_app: this.nothingBut('remove_app', 'apps.remove', (t) => t.appId),
        remove_mail_rule: this.nothingBut('remove_mail_rule', 'rules.remove', (t) => t.ruleId),
      },
    };
  }

  private account(id: string): readonly ReadAccount[] {
    this.reads++;
    if (this.unreadable) throw this.unreadable;
    const accountId = this.spellings.get(id) ?? id;
    if (this.nobody.has(accountId)) return [];
    const protectedBecause = this.protectedBecause;
    const department = this.departments.get(accountId);
    const name = `Name of ${accountId}`;
    const found: ReadAccount = { accountId, kind: 'person', homeTenant: 'T1', department, protectedBecause, name };
    return this.twice.has(accountId) ? [found, { ...found, accountId: `${accountId}-2` }] : [found];
  }

  private resolvers(): Resolvers {
    const also = (id: string): readonly ReadAccount[] =>
      (this.alsoAffects.get(id) ?? []).flatMap((other) => this.account(other));
    const of = async <R extends TargetReading>(accountId: string, make: (a: ReadAccount) => R): Promise<readonly R[]> =>
      this.account(accountId).map(make);
    return {
      account: (t) => of(t.accountId, (a) => readingOf({ type: 'account', accountId: a.accountId }, [a])),
      sessions: (t) => of(t.accountId, (a) => readingOf({ ...t, accountId: a.accountId }, [a])),
      app: (t) => of(t.accountId, (a) => wideReadingOf({ ...t, accountId: a.accountId }, also(t.appId))),
      mail_rule: (t) => of(t.accountId, (a) => readingOf({ ...t, accountId: a.accountId }, [a, ...also(t.ruleId)])),
      address: (t) => Promise.resolve([wideReadingOf(t, [])]),
    };
  }

  /** One write, recognised by its own effect. */
  private nothingBut<K extends 'remove_app' | 'remove_mail_rule'>(
    kind: K,
    operation: string,
    idOf: (target: Parameters<ContainmentAct<K>['capture']>[0]) => string,
  ): ContainmentAct<K> {
    const gone = new Set<string>();
    return {
      ...common(kind),
      capture: (t) => this.state({ gone: gone.has(idOf(t)) }),
      apply: async (t, _context, options) =>
        gone.has(idOf(t)) ? [] : [await this.write(operation, idOf(t), options, () => gone.add(idOf(t)))],
      verify: async (t) => ({ holds: gone.has(idOf(t)), state: await this.state({ gone: gone.has(idOf(t)) }) }),
    };
  }

  private disable(): ContainmentAct<'disable_account'> {
    const isActive = (t: { readonly accountId: string }): boolean => this.active.get(t.accountId) ?? true;
    return {
      ...common('disable_account'),
      capture: (t) => this.state({ active: isActive(t) }),
      apply: async (t, _context, options) => {
        if (!isActive(t)) return [];
        return [await this.write('users.deactivate', t.accountId, options, () => this.active.set(t.accountId, false))];
      },
      verify: async (t) => ({ holds: this.seen(!isActive(t)), state: await this.state({ active: isActive(t) }) }),
      revert: async (t, before, options) => {
        if (before['active'] !== true || isActive(t)) return [];
        return [await this.write('users.activate', t.accountId, options, () => this.active.set(t.accountId, true))];
      },
    };
  }

  /** Two writes for one act. */
  private endSessions(): ContainmentAct<'end_sessions'> {
    const left = (t: { readonly accountId: string }): number => this.sessions.get(t.accountId) ?? 2;
    return {
      ...common('end_sessions'),
      capture: (t) => this.state({ sessions: left(t) }),
      apply: async (t, _context, options) => {
        const done: VendorWrite[] = [];
        while (left(t) > 0) {
          const n = left(t);
          done.push(
            await this.write('sessions.end', `${t.accountId}/${String(n)}`, options, () =>
              this.sessions.set(t.accountId, n - 1),
            ),
          );
        }
        return done;
      },
      verify: async (t) => ({ holds: this.seen(left(t) === 0), state: await this.state({ sessions: left(t) }) }),
    };
  }

  /** As vendors do: the list is read and replaced as a whole. */
  private block(): ContainmentAct<'block_ip'> {
    const list = (ip: string): (() => void) => {
      const next = [...this.blocked, ip];
      return () => {
        this.blocked.clear();
        for (const address of next) this.blocked.add(address);
      };
    };
    return {
      ...common('block_ip'),
      oneAtATime: 'addresses',
      capture: (t) => this.state({ blocked: this.blocked.has(t.address) }),
      apply: async (t, _context, options) =>
        this.blocked.has(t.address) ? [] : [await this.write('ip.block', t.address, options, list(t.address))],
      verify: async (t) => ({
        holds: this.blocked.has(t.address),
        state: await this.state({ blocked: this.blocked.has(t.address) }),
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

function common<K extends ActionKind>(kind: K) {
  const words = { undo: 'put back', losses: '', recognised: 'read first', proof: 'read back' };
  return { kind, reversible: true, ...words, effectWithinSeconds: 1 } as const;
}

export const vendorDown = (): QuellError => new QuellError('VENDOR_DOWN', 'reply lost');
