import { digest } from './canonical.js';
import type { AccountRef, Instant, Platform } from './platform.js';

/** What an attacker leaves behind that others may have too, the surest first. */
export const TRACE_KINDS = ['session', 'app', 'forward', 'device', 'address', 'file'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** An id that one vendor gave: the same text on another platform is another thing. */
export interface TraceId {
  readonly platform: Platform;
  readonly id: string;
}

/** What somebody else than the subject was seen with. Addresses and forwarding targets mean the same everywhere. */
export interface Traces {
  readonly addresses: readonly string[];
  readonly sessions: readonly TraceId[];
  /** Apps that were given access. */
  readonly apps: readonly TraceId[];
  readonly devices: readonly TraceId[];
  /** Files that were put there or shared. */
  readonly files: readonly TraceId[];
  /** Mail addresses that mail was sent on to. */
  readonly forwards: readonly string[];
  /** When the attacker was first seen. What used an address before is settled there. */
  readonly since?: Instant;
}

export const NO_TRACES: Traces = { addresses: [], sessions: [], apps: [], devices: [], files: [], forwards: [] };

export const hasTraces = (t: Traces): boolean =>
  [t.addresses, t.sessions, t.apps, t.devices, t.files, t.forwards].some((list) => list.length > 0);

/** One account with one trace. What succeeded and what failed are two sightings. */
export interface Sighting extends AccountRef {
  readonly by: TraceKind;
  readonly value: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Log rows that show it. */
  readonly rows: number;
  readonly succeeded: boolean;
}

/** A sighting whose account was looked up in the subject registry; without a subject nobody knows whose it is. */
export type OwnedSighting = Sighting & { readonly subjectId?: string };

/** One log row that shows an account with a trace. */
export interface SeenRow extends AccountRef {
  /** Of the row: one that is read twice counts once. */
  readonly id: string;
  readonly by: TraceKind;
  readonly value: string;
  readonly at: Instant;
  readonly succeeded: boolean;
}

/** Rows by account, trace and outcome; sorted, so that the same rows in any order give the same. */
export function sightingsOf(rows: readonly SeenRow[]): readonly Sighting[] {
  const once = new Map(rows.map((row) => [`${row.id} ${keyOf(row)}`, row]));
  const found = new Map<string, Sighting>();
  for (const { id: _id, at, ...row } of once.values()) {
    const known = found.get(keyOf(row));
    found.set(
      keyOf(row),
      known
        ? { ...known, firstAt: min(known.firstAt, at), lastAt: max(known.lastAt, at), rows: known.rows + 1 }
        : { ...row, firstAt: at, lastAt: at, rows: 1 },
    );
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sighting]) => sighting);
}

/** How far a case looks beyond its subject. */
export interface PivotPolicy {
  /** Accounts that used an address, app or device before the attacker was seen: from so many on it is shared, and points at nobody. */
  readonly sharedBy: number;
  /** From so many accounts on it is shared, whenever they began. */
  readonly crowd: number;
  /** Accounts that an address tried in vain: from so many on it is a spray. */
  readonly sprayed: number;
  /** Cases that one case starts or joins at most. */
  readonly cases: number;
}

/** Of a policy that says nothing of it. */
export const PIVOT: PivotPolicy = { sharedBy: 5, crowd: 25, sprayed: 5, cases: 10 };

/** Whom the case is about, and what is the organisation's own. */
export interface Self {
  readonly subjectId: string;
  readonly accounts: readonly AccountRef[];
  /** When the attacker was first seen. */
  readonly since?: Instant | undefined;
  /** Ids of the organisation's own apps. */
  readonly ownApps?: readonly string[];
}

/** Somebody else who is worth a case: what ties them to it, the surest trace first. */
export interface Other extends Omit<Sighting, 'succeeded'> {
  readonly subjectId?: string;
  /** Every way they were seen. */
  readonly seenBy: readonly TraceKind[];
}

export interface Beyond {
  /** Worth a case of their own, the surest first, at most so many as the policy says. */
  readonly others: readonly Other[];
  /** Others beyond that number. */
  readonly more: number;
  /** Traces that many use, which point at nobody. */
  readonly shared: readonly Counted[];
  /** Addresses that tried many accounts in vain. */
  readonly sprays: readonly Counted[];
}
export interface Counted {
  readonly by: TraceKind;
  readonly value: string;
  readonly accounts: number;
}

const OPENS_A_CASE: readonly TraceKind[] = ['session', 'app', 'forward', 'device', 'address'];
/** What people may have in common without anything being wrong. A session is one person's, a forwarding target one thief's. */
const CAN_BE_SHARED: readonly TraceKind[] = ['address', 'app', 'device'];

/**
 * Who else the attacker's traces lead to. A failed attempt opens no case, nor does a file that somebody touched, nor what
 * many use, nor an app of the organisation; the subject is nobody else. Order and repetition of sightings change nothing.
 */
export function others(sightings: readonly OwnedSighting[], self: Self, policy: PivotPolicy): Beyond {
  const all = distinct(sightings);
  const own = new Set(self.accounts.map(accountKey));
  const isSelf = (s: OwnedSighting): boolean => s.subjectId === self.subjectId || own.has(accountKey(s));
  const isOwnApp = (s: OwnedSighting): boolean =>
    (self.ownApps ?? []).some((id) => id === s.nativeId || (s.by === 'app' && id === s.value));
  const foreign = all.filter((s) => !isSelf(s) && !isOwnApp(s));
  const got = foreign.filter((s) => s.succeeded);

  const shared = counted(got, CAN_BE_SHARED).filter(({ accounts, trace }) => {
    const settled = self.since;
    const before = trace.filter((s) => settled === undefined || s.firstAt < settled);
    return people(before) >= policy.sharedBy || accounts >= policy.crowd;
  });
  const pointless = new Set(shared.flatMap(({ trace }) => trace.map(traceKey)));
  const worth = got.filter((s) => OPENS_A_CASE.includes(s.by) && !pointless.has(traceKey(s)));
  const found = grouped(worth, personKey).map(asOther).sort(surestFirst);
  return {
    others: found.slice(0, policy.cases),
    more: Math.max(0, found.length - policy.cases),
    shared: shared.map(withoutRows),
    sprays: counted(
      foreign.filter((s) => !s.succeeded),
      ['address'],
    )
      .filter(({ accounts }) => accounts >= policy.sprayed)
      .map(withoutRows),
  };
}

/** Of the alert that tells a case that somebody else's case led to it: the same whoever tells it. */
export const pivotAlertId = ({ by, value, platform }: Other, subjectId: string): string =>
  `pivot-${digest([by, scoped(by, value, platform), subjectId]).slice(0, 32)}`;

/** Hashes of traces: cases that share one belong to one incident. A file is no tie: everybody may have read it. */
export function traceLinks(traces: Traces): readonly string[] {
  const ids = (kind: TraceKind, list: readonly TraceId[]): readonly string[] =>
    list.map(({ platform, id }) => link(kind, id, platform));
  const links = [
    ...traces.addresses.map((a) => link('address', a)),
    ...ids('session', traces.sessions),
    ...ids('app', traces.apps),
    ...ids('device', traces.devices),
    ...traces.forwards.map((f) => link('forward', f)),
  ];
  return [...new Set(links)].sort();
}

/** The link of what one sighting was seen by; undefined when it is no tie. */
export const linkOf = ({ by, value, platform }: Pick<Sighting, 'by' | 'value' | 'platform'>): string | undefined =>
  by === 'file' ? undefined : link(by, value, platform);

/** Their names in the links that are kept, which outlive a version. */
const LINK_NAMES: Readonly<Partial<Record<TraceKind, string>>> = { address: 'ip' };
const link = (by: TraceKind, value: string, platform?: Platform): string =>
  digest(`${LINK_NAMES[by] ?? by}:${scoped(by, value, platform)}`).slice(0, 32);

/** Ids are the vendor's own, addresses everybody's. */
const scoped = (by: TraceKind, value: string, platform?: Platform): string =>
  by === 'address' || by === 'forward' || platform === undefined ? value : `${platform}:${value}`;

const traceKey = (s: Pick<Sighting, 'by' | 'value' | 'platform'>): string =>
  `${s.by} ${scoped(s.by, s.value, s.platform)}`;
const accountKey = ({ platform, tenant, nativeId }: AccountRef): string => JSON.stringify([platform, tenant, nativeId]);
const personKey = (s: OwnedSighting): string => s.subjectId ?? accountKey(s);
const people = (sightings: readonly OwnedSighting[]): number => new Set(sightings.map(personKey)).size;
const keyOf = (s: AccountRef & Pick<Sighting, 'by' | 'value' | 'succeeded'>): string =>
  JSON.stringify([s.platform, s.tenant, s.nativeId, s.by, s.value, s.succeeded]);
const min = (a: Instant, b: Instant): Instant => (a < b ? a : b);
const max = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** Of tellings of one sighting, the widest. Whose an account is holds for all of its sightings. */
function distinct(sightings: readonly OwnedSighting[]): readonly OwnedSighting[] {
  const owners = new Map<string, string>();
  for (const s of sightings) {
    const owner = owners.get(accountKey(s));
    if (s.subjectId !== undefined && (owner === undefined || s.subjectId < owner))
      owners.set(accountKey(s), s.subjectId);
  }
  const found = new Map<string, OwnedSighting>();
  for (const s of sightings) {
    const known = found.get(keyOf(s));
    const subjectId = owners.get(accountKey(s));
    found.set(keyOf(s), {
      ...s,
      ...(subjectId === undefined ? {} : { subjectId }),
      firstAt: min(known?.firstAt ?? s.firstAt, s.firstAt),
      lastAt: max(known?.lastAt ?? s.lastAt, s.lastAt),
      rows: Math.max(known?.rows ?? 0, s.rows),
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, s]) => s);
}

function grouped<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}

/** Traces of some kinds, each with its sightings and how many accounts they are. */
function counted(sightings: readonly OwnedSighting[], kinds: readonly TraceKind[]) {
  return grouped(
    sightings.filter((s) => kinds.includes(s.by)),
    traceKey,
  ).map((trace) => ({ trace, accounts: people(trace) }));
}

function withoutRows({
  trace,
  accounts,
}: {
  readonly trace: readonly OwnedSighting[];
  readonly accounts: number;
}): Counted {
  const [{ by, value }] = trace as readonly [OwnedSighting];
  return { by, value, accounts };
}

/** By the surest of the traces, and by the earliest of those. */
function asOther(sightings: readonly OwnedSighting[]): Other {
  const [surest] = [...sightings].sort(surestFirst) as [OwnedSighting];
  const { succeeded: _succeeded, ...told } = surest;
  const seen = new Set(sightings.map((s) => s.by));
  return {
    ...told,
    firstAt: sightings.map((s) => s.firstAt).reduce(min),
    lastAt: sightings.map((s) => s.lastAt).reduce(max),
    rows: sightings.reduce((sum, s) => sum + s.rows, 0),
    seenBy: TRACE_KINDS.filter((kind) => seen.has(kind)),
  };
}

function surestFirst(a: Omit<OwnedSighting, 'succeeded'>, b: Omit<OwnedSighting, 'succeeded'>): number {
  const kind = TRACE_KINDS.indexOf(a.by) - TRACE_KINDS.indexOf(b.by);
  if (kind !== 0) return kind;
  const [left, right] = [a, b].map((s) => `${s.firstAt} ${accountKey(s)} ${s.value}`) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}
