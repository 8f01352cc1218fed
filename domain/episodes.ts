import { placeOf } from './address.js';
import { AppPlaces } from './app-places.js';
import { digest } from './canonical.js';
import { clientFamily, tellingFamily } from './client.js';
import { DeviceCodes } from './device-codes.js';
import { succeeded, type EvidenceEvent, type EventKind } from './evidence.js';
import type { Instant, Platform } from './platform.js';
import { latestBefore } from './sorted-rows.js';

/** How an actor context is told from another. */
export interface Context {
  readonly kind: 'place' | 'session' | 'app' | 'nowhere';
  /** Address, or /64 of an IPv6 address. */
  readonly place?: string;
  /** Device id, else the family of the program. */
  readonly client?: string;
  readonly app?: string;
  /** It began with a device code: the log tells where the code was typed, not where the token went. */
  readonly by?: 'device_code';
}

/** What one actor context did, on all platforms: the unit that is attributed. */
export interface ContextRows {
  /** `ep-` and a digest of the context: the same for the same context, whatever else is read. */
  readonly id: string;
  readonly context: Context;
  readonly from: Instant;
  readonly to: Instant;
  /** Acts that took place, by time. */
  readonly acts: readonly EvidenceEvent[];
  /** Attempts that did not. */
  readonly attempts: readonly EvidenceEvent[];
  /** What the vendor says about it: its alerts, which are no acts. */
  readonly said: readonly EvidenceEvent[];
}

const ACCESS_KINDS: readonly EventKind[] = ['sign_in', 'session', 'api_activity'];
const ATTEMPTS: readonly EventKind[] = ['sign_in_failed', 'sign_in_stopped'];
/** What others do to the subject, or the platform says of them: never an act of the subject's session. */
const NOT_ACTS: readonly EventKind[] = [
  ...ATTEMPTS,
  'message_received',
  'team_message',
  'security_notice',
  'platform_alert',
];
/** Nothing of the subject's happens in them. */
const OF_OTHERS: readonly EventKind[] = ['message_received', 'team_message', 'security_notice'];
/** What the person does to let an app in is done by the person. */
const OF_PERSON: readonly EventKind[] = ['app_grant', 'sign_in', ...ATTEMPTS, 'session', 'platform_alert'];

export const isAccess = (e: EvidenceEvent): boolean => ACCESS_KINDS.includes(e.kind) && succeeded(e);
export const isAct = (e: EvidenceEvent): boolean => !NOT_ACTS.includes(e.kind);
/** Only seen to be there when it was read: it has no time of its own, and nobody's session made it. */
export const isState = ({ kind, target, labels = [], ip }: EvidenceEvent): boolean =>
  labels.includes('state') || (kind === 'mail_rule' && target?.type === 'setting' && ip === undefined);
/** The app in whose name a row was done; not the client that a person signs in with. */
export const actingApp = ({ kind, app }: EvidenceEvent): string | undefined =>
  OF_PERSON.includes(kind) ? undefined : app?.id;

/** A row that tells neither address nor session (Google Chat logs none) belongs to the access before it, for so long. */
const REACH_MS = 24 * 3_600_000;

/** Each row's context by the row's id, and the contexts with their rows. Rows must be sorted by time. */
export interface Grouped {
  readonly contexts: readonly ContextRows[];
  contextOf(event: EvidenceEvent): ContextRows | undefined;
}

interface Draft {
  readonly context: Context;
  readonly rows: EvidenceEvent[];
}

/** All rows of the window in actor contexts: a place together with a client, a session that tells no place, or an app. */
export function groupContexts(sorted: readonly EvidenceEvent[]): Grouped {
  const drafts = new Map<string, Draft>();
  const keyById = new Map<string, string>();
  const index = new Index(sorted);
  for (const e of sorted) {
    const context = contextFor(e, index);
    if (!context) continue;
    const by = context.by === undefined ? '' : ` ${context.by}`;
    const key = `${context.kind} ${context.app ?? ''} ${context.place ?? ''} ${context.client ?? ''}${by}`;
    keyById.set(e.id, key);
    const draft = drafts.get(key);
    if (draft) draft.rows.push(e);
    else drafts.set(key, { context, rows: [e] });
  }
  const byKey = new Map([...drafts].map(([key, draft]) => [key, built(key, draft)]));
  return {
    contexts: [...byKey.values()].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.id < b.id ? -1 : 1)),
    contextOf: (event) => byKey.get(keyById.get(event.id) ?? ''),
  };
}

function built(key: string, { context, rows }: Draft): ContextRows {
  const acts = rows.filter((e) => isAct(e) && succeeded(e));
  const said = rows.filter((e) => e.kind === 'platform_alert');
  return {
    id: `ep-${digest(key).slice(0, 16)}`,
    context,
    from: rows[0]?.at ?? '',
    to: rows.at(-1)?.at ?? '',
    acts,
    attempts: rows.filter((e) => ATTEMPTS.includes(e.kind) || (isAct(e) && !succeeded(e))),
    said,
  };
}

function contextFor(e: EvidenceEvent, index: Index): Context | undefined {
  if (OF_OTHERS.includes(e.kind) || isState(e)) return undefined;
  const by = index.appOf(e);
  if (by !== undefined) {
    const elsewhere = index.elsewhere(e, by);
    return { kind: 'app', app: `${by.platform}:${by.app}`, ...(elsewhere === undefined ? {} : { place: elsewhere }) };
  }
  if (e.ip !== undefined) return placed(placeOf(e.ip), e, index);
  const before = index.inSession(e) ?? index.latest(e);
  if (before?.ip !== undefined) return placed(placeOf(before.ip), before, index);
  const client = clientOfRow(e);
  if (e.sessionId !== undefined)
    return { kind: 'session', place: `${e.platform}:${e.sessionId}`, ...(client === undefined ? {} : { client }) };
  if (client !== undefined) return { kind: 'session', client };
  return before === undefined ? undefined : { kind: 'nowhere', place: e.platform };
}

/** A row that tells no client is of the one that its session has there, or of the nearest one before it at that place. */
function placed(place: string, e: EvidenceEvent, index: Index): Context {
  const client = e.deviceId ?? index.deviceAt(place, e) ?? clientOfRow(e) ?? index.clientAt(place, e);
  const code = index.codes.let(place, e) ? ({ by: 'device_code' } as const) : {};
  return { kind: 'place', place, ...(client === undefined ? {} : { client }), ...code };
}

/** A person's way in: a sign-in, a session, or calls that tell their own program. */
const isEntry = (e: EvidenceEvent): boolean =>
  isAccess(e) && (e.kind !== 'api_activity' || e.sessionId !== undefined || clientOfRow(e) !== undefined);
const clientOfRow = (e: EvidenceEvent): string | undefined => e.deviceId ?? tellingFamily(e.userAgent);
const sessionOf = (e: EvidenceEvent): string => `${e.platform}:${e.sessionId ?? ''}`;

interface ActingApp {
  readonly platform: Platform;
  readonly app: string;
}

/** Where rows of a session, of a place or without either are looked for. */
class Index {
  readonly #sessions = new Map<string, EvidenceEvent[]>();
  readonly #clients = new Map<string, EvidenceEvent[]>();
  readonly #devices = new Map<string, EvidenceEvent[]>();
  readonly #access: readonly EvidenceEvent[];
  readonly #usualOfApps: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #machines: ReadonlyMap<string, string>;
  readonly #appPlaces = new AppPlaces();
  readonly codes: DeviceCodes;

  constructor(sorted: readonly EvidenceEvent[]) {
    for (const e of sorted) {
      if (e.ip === undefined || !isAct(e) || !succeeded(e)) continue;
      const app = actingApp(e);
      if (app !== undefined) {
        this.#appPlaces.acted(app, e);
        continue;
      }
      if (isEntry(e)) this.#appPlaces.entered(e.ip);
      if (e.sessionId !== undefined) add(this.#sessions, sessionOf(e), e);
      if (clientOfRow(e) !== undefined) add(this.#clients, placeOf(e.ip), e);
      if (e.deviceId !== undefined) add(this.#devices, placeOf(e.ip), e);
    }
    this.codes = new DeviceCodes(sorted);
    this.#usualOfApps = usualNetworks(sorted);
    this.#machines = machinesOfApps(sorted);
    this.#access = sorted.filter((e) => isAccess(e) && e.ip !== undefined && actingApp(e) === undefined);
  }

  /** The row of the same session nearest before, else the first after. */
  inSession(e: EvidenceEvent): EvidenceEvent | undefined {
    if (e.sessionId === undefined) return undefined;
    const rows = this.#sessions.get(sessionOf(e)) ?? [];
    return latestBefore(rows, e.at) ?? rows[0];
  }

  latest(e: EvidenceEvent): EvidenceEvent | undefined {
    if (!isAct(e) || e.kind === 'mail_rule' || e.sessionId !== undefined || clientOfRow(e) !== undefined)
      return undefined;
    const here =
      latestBefore(this.#access, e.at, (row) => row.platform === e.platform) ?? latestBefore(this.#access, e.at);
    return here && Date.parse(e.at) - Date.parse(here.at) <= REACH_MS ? here : undefined;
  }

  /** A log of files names no device: its row is of the device that the sign-ins of its session, or of its program, name at that place. */
  deviceAt(place: string, e: EvidenceEvent): string | undefined {
    const rows = this.#devices.get(place);
    if (!rows) return undefined;
    const family = tellingFamily(e.userAgent);
    const fits = (row: EvidenceEvent): boolean => {
      const other = tellingFamily(row.userAgent);
      const isClient = family === undefined || other === undefined || family === other;
      const isSession = e.sessionId !== undefined && row.platform === e.platform && row.sessionId === e.sessionId;
      return isClient && (isSession || (e.sessionId === undefined && family !== undefined && family === other));
    };
    const near = latestBefore(rows, e.at, fits) ?? rows.find(fits);
    return near?.deviceId;
  }

  /** The network of an app's row, where the app usually comes from another: its token may be in other hands. */
  elsewhere(e: EvidenceEvent, { platform, app }: ActingApp): string | undefined {
    const usual = this.#usualOfApps.get(`${platform}:${app}`);
    const network = networkOf(e);
    return usual === undefined || network === undefined || usual.has(network) ? undefined : network;
  }

  /**
   * The app that a row is of: the one it names, else the one on whose machine it was made (an access log has the person whose token it
   * holds), or at whose address.
   */
  appOf(e: EvidenceEvent): ActingApp | undefined {
    const app = actingApp(e) ?? this.#machines.get(machineOf(e) ?? '');
    if (app !== undefined) return { platform: e.platform, app };
    const near = this.#appPlaces.nearest(e);
    const there = near && actingApp(near);
    return there === undefined ? undefined : { platform: near?.platform ?? e.platform, app: there };
  }

  clientAt(place: string, e: EvidenceEvent): string | undefined {
    const rows = this.#clients.get(place) ?? [];
    const own =
      e.sessionId === undefined
        ? undefined
        : latestBefore(rows, e.at, (row) => row.platform === e.platform && row.sessionId === e.sessionId);
    const near = own ?? latestBefore(rows, e.at) ?? rows[0];
    return near && clientOfRow(near);
  }
}

const networkOf = (e: EvidenceEvent): string | undefined =>
  e.asn === undefined ? (e.ip === undefined ? undefined : placeOf(e.ip)) : String(e.asn);

/** An app that has worked for so long has networks of its own: those of the first half of its time. */
const APP_KNOWN_DAYS = 7;

function usualNetworks(sorted: readonly EvidenceEvent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = new Map<string, EvidenceEvent[]>();
  for (const e of sorted) {
    const app = actingApp(e);
    if (app !== undefined && networkOf(e) !== undefined) add(rows, `${e.platform}:${app}`, e);
  }
  const usual = new Map<string, ReadonlySet<string>>();
  for (const [app, list] of rows) {
    const begin = Date.parse(list[0]?.at ?? '');
    const span = Date.parse(list.at(-1)?.at ?? '') - begin;
    if (span < APP_KNOWN_DAYS * 24 * 3_600_000) continue;
    const early = list.filter((e) => Date.parse(e.at) - begin <= span / 2);
    usual.set(app, new Set(early.flatMap((e) => networkOf(e) ?? [])));
  }
  return usual;
}

/** Where with which program; undefined where a row does not tell both. */
const machineOf = ({ platform, ip, userAgent, deviceId }: EvidenceEvent): string | undefined =>
  ip === undefined || userAgent === undefined || deviceId !== undefined
    ? undefined
    : `${platform} ${placeOf(ip)} ${clientFamily(userAgent)}`;

/** What a token leaves where a log names the person alone, and what the vendor says of it. */
const OF_TOKEN: readonly EventKind[] = ['api_activity', 'session', 'platform_alert'];

/** A row that an app's token makes by itself. Whoever signs in, holds a session or acts without an app is a person. */
function isOfToken({ kind, sessionId, authentication, app: named }: EvidenceEvent, app: string): boolean {
  if (kind === 'sign_in') return authentication === 'token' && named?.id === app;
  if (kind === 'app_grant') return sessionId === undefined && named?.id === app;
  return sessionId === undefined && OF_TOKEN.includes(kind);
}

/** Machines at which one app acts and no person does, each with its app. */
function machinesOfApps(sorted: readonly EvidenceEvent[]): ReadonlyMap<string, string> {
  const apps = new Map<string, Set<string>>();
  for (const e of sorted) {
    const [machine, app] = [machineOf(e), actingApp(e)];
    if (machine !== undefined && app !== undefined) apps.set(machine, (apps.get(machine) ?? new Set()).add(app));
  }
  const found = new Map(
    [...apps].flatMap(([m, [app, other]]) => (app && other === undefined ? [[m, app] as const] : [])),
  );
  for (const e of sorted) {
    const machine = machineOf(e) ?? '';
    const app = found.get(machine);
    if (app !== undefined && actingApp(e) === undefined && !isOfToken(e, app)) found.delete(machine);
  }
  return found;
}

function add(map: Map<string, EvidenceEvent[]>, key: string, e: EvidenceEvent): void {
  const rows = map.get(key);
  if (rows) rows.push(e);
  else map.set(key, [e]);
}
