import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Platform } from '../../domain/platform.js';
import { durationMs, type Row, type Situation } from './scenario.js';

/** One effect at a tenant, written by the vendor simulator when its state changes: the truth that reports are held against. */
export interface JournalEntry {
  readonly at: string;
  readonly platform: Platform;
  /** Same words as the adapter's `VendorWrite.operation`. */
  readonly operation: string;
  readonly targetId: string;
  /** What changed, e.g. `active: true -> false`. */
  readonly effect: string;
}

export const FAULT_KINDS = [
  'throttle',
  'error',
  'timeout',
  'reset',
  'reply_lost',
  'html',
  'broken_json',
  'missing_scope',
  'throttle_without_header',
  'slow_body',
  'cut_off',
] as const;
/** A fault on demand; `operation` may end in `*`. The first `skip` calls pass, then `times` of them fail; both count down. */
export interface Fault {
  readonly platform: Platform;
  readonly operation: string;
  readonly kind: (typeof FAULT_KINDS)[number];
  times: number;
  skip?: number;
  readonly retryAfterSeconds?: number;
  readonly scope?: string;
}

/** A call that was told to slow down, and whether it came although it had been told before to stay away. */
export interface ThrottledCall {
  readonly at: string;
  readonly platform: Platform;
  readonly operation: string;
  readonly early: boolean;
}

/** A row that may be read: references resolved, times absolute. */
export interface PlacedRow {
  readonly type: string;
  /** Unique and stable within the world. */
  readonly rowId: string;
  readonly at: Date;
  readonly visibleAt: Date;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The simulated organisation: people, apps, rows, journal and faults shared by the three vendor simulators. */
export class World {
  readonly journal: JournalEntry[] = [];
  readonly faults: Fault[] = [];
  /** Set to a list, it gets every call that reaches a route, faults included. Never set by itself: it would grow without bound. */
  calls: { readonly platform: Platform; readonly operation: string }[] | undefined;
  /** Calls that were told to slow down, and those that came although they were told to stay away. */
  readonly throttled: ThrottledCall[] = [];
  readonly startedAt: Date;
  readonly #instant = new AsyncLocalStorage<Date>();

  constructor(
    readonly scenario: Situation,
    readonly options: {
      readonly startedAt?: Date;
      readonly pace?: { readonly lag: number };
      readonly withoutDecisive?: boolean;
      readonly now?: () => Date;
      /** Holds the vendors' rate limits, each so many times as wide; without it there are none. */
      readonly rates?: number;
    } = {},
  ) {
    this.startedAt = options.startedAt ?? new Date();
  }

  now(): Date {
    return this.#instant.getStore() ?? this.options.now?.() ?? new Date();
  }

  /** Does work, and all that follows from it, at one instant: what a call leaves behind can be told again to the millisecond. */
  at<T>(instant: Date, work: () => T): T {
    return this.#instant.run(instant, work);
  }

  /** Vendor id of a person, stable for the same scenario: Slack `U…`, Entra GUID, Google 21 digits. */
  nativeId(platform: Platform, key: string): string {
    if (!(key in this.scenario.people)) throw new Error(`scenario has no person ${key}`);
    return nativeIdOf(platform, `person:${key}`);
  }

  appId(key: string): string {
    const app = this.scenario.apps[key];
    if (!app) throw new Error(`scenario has no app ${key}`);
    return nativeIdOf(app.platform, `app:${key}`, 'app');
  }

  ip(key: string): string {
    const ip = this.scenario.ips[key];
    if (ip === undefined) throw new Error(`scenario has no address ${key}`);
    return ip;
  }

  /** `@key`, `@key.email`, `app:key`, `ip:key` inside any string; everything else as it is. */
  resolve(platform: Platform, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((v) => this.resolve(platform, v));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.resolve(platform, v)]));
    if (typeof value !== 'string') return value;
    const ref = /^(@|app:|ip:)([a-z0-9_-]+)(\.email|\.name)?$/.exec(value);
    if (!ref) return value;
    const [, mark, key = '', part] = ref;
    if (mark === 'ip:') return this.ip(key);
    if (mark === 'app:') return part === '.name' ? this.scenario.apps[key]?.name : this.appId(key);
    const person = this.scenario.people[key];
    if (!person) throw new Error(`scenario has no person ${key}`);
    return part === '.email' ? person.email : part === '.name' ? person.name : this.nativeId(platform, key);
  }

  /** All rows of a tenant, repeated rows spread out, oldest first. */
  rows(platform: Platform): readonly PlacedRow[] {
    const placed: PlacedRow[] = [];
    for (const [index, row] of this.scenario.rows.entries()) {
      if (row.tenant !== platform || (this.options.withoutDecisive && row.decisive)) continue;
      for (let n = 0; n < row.repeat; n++) placed.push(this.place(platform, row, index, n));
    }
    return placed.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  private place(platform: Platform, row: Row, index: number, n: number): PlacedRow {
    const { tenant: _t, type, at, repeat: _r, every, visibleAfter, decisive: _d, ...fields } = row;
    const atMs = this.startedAt.getTime() + durationMs(at) + n * durationMs(every);
    const late =
      visibleAfter === undefined
        ? 0
        : this.startedAt.getTime() + durationMs(visibleAfter) / (this.options.pace ?? this.scenario.pace).lag;
    return {
      type,
      rowId: `${index}-${n}`,
      at: new Date(atMs),
      visibleAt: new Date(Math.max(atMs, late)),
      fields: this.resolve(platform, numbered(fields, n)) as Record<string, unknown>,
    };
  }

  record(entry: Omit<JournalEntry, 'at'>): void {
    this.journal.push({ at: this.now().toISOString(), ...entry });
  }

  /** The fault that this call runs into, used up by one. Those behind it, and those that let it pass, count it as passed. */
  takeFault(platform: Platform, operation: string): Fault | undefined {
    this.calls?.push({ platform, operation });
    let hit: Fault | undefined;
    for (const fault of this.faults) {
      if (fault.times === 0 || fault.platform !== platform || !covers(fault.operation, operation)) continue;
      if (fault.skip !== undefined && fault.skip > 0) fault.skip--;
      else if (!hit) {
        fault.times--;
        hit = fault;
      }
    }
    return hit;
  }
}

function covers(pattern: string, operation: string): boolean {
  return pattern.endsWith('*') ? operation.startsWith(pattern.slice(0, -1)) : operation === pattern;
}

/** `{n}` in a repeated row is its number, from 1 on: that many files, not one file that many times. */
function numbered<T>(value: T, n: number): T {
  return JSON.parse(JSON.stringify(value).replaceAll('{n}', String(n + 1))) as T;
}

/** Id in the vendor's shape from a seed text. */
export function nativeIdOf(platform: Platform, seed: string, what: 'person' | 'app' = 'person'): string {
  const hex = createHash('sha256').update(`${platform}:${seed}`).digest('hex');
  if (platform === 'slack')
    return (
      (what === 'app' ? 'A' : 'U') +
      BigInt(`0x${hex.slice(0, 14)}`)
        .toString(36)
        .toUpperCase()
        .padStart(10, '0')
        .slice(-10)
    );
  if (platform === 'microsoft')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const digits = BigInt(`0x${hex.slice(0, 20)}`)
    .toString()
    .padStart(20, '0')
    .slice(0, 20);
  return what === 'app' ? `${digits}.apps.googleusercontent.com` : `1${digits}`;
}
