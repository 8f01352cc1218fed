import { placeOf } from './address.js';
import { clientFamily, tellingFamily } from './client.js';
import { actingApp } from './episodes.js';
import { succeeded, type EvidenceEvent, type EventKind } from './evidence.js';
import type { Platform } from './platform.js';

const DAY_MS = 86_400_000;
/** A habit shows on so many days, or on half of them when the past is short. */
const HABIT_DAYS = 3;
/** Less past than this vouches for nothing. */
const COLD_DAYS = 4;
const YOUNG_DAYS = 8;
/** What was there from the beginning of the log is the person's: in the first third of it, at least in its first days. */
const BEGINNING = 1 / 3;
/** An address that came later may be the person's after so long, unless the first thing that happened there was worth noting. */
const GROWN_DAYS = 14;
const GROWN_ON_DAYS = 6;
/** Sign-ins before an hour can be called unusual, and how far it must be from all of theirs (that allows for summer time). */
const HOURS_NEEDED = 10;
const HOURS_APART = 2;

export const TRAITS = ['address', 'device', 'client', 'network', 'country', 'session'] as const;
export type Trait = (typeof TRAITS)[number];

/** What a row tells of the context it was done in. */
export function traitsOf(e: EvidenceEvent): Readonly<Partial<Record<Trait, string>>> {
  const client = tellingFamily(e.userAgent);
  return {
    ...(e.ip === undefined ? {} : { address: placeOf(e.ip) }),
    ...(e.deviceId === undefined ? {} : { device: e.deviceId }),
    ...(client === undefined ? {} : { client }),
    ...(e.asn === undefined ? {} : { network: String(e.asn) }),
    ...(e.country === undefined ? {} : { country: e.country }),
    ...(e.sessionId === undefined ? {} : { session: `${e.platform}:${e.sessionId}` }),
  };
}

/** What the person is known for. Nothing is known for what only the acts in question show. */
export interface History {
  /** Too short to vouch for anything, or to call anything new. */
  readonly cold: boolean;
  /** Long enough to vouch for what is there, too short for what is not. */
  readonly isYoung: boolean;
  readonly days: number;
  has(trait: Trait, value: string): boolean;
  /** An address that came later, and from which nothing worth noting was done for long. */
  hasGrown(address: string): boolean;
  /** Some value of the trait is known, so that another one is new. */
  knows(trait: Trait): boolean;
  /** A sign-in without a device, where those by this program on this platform name one. */
  namesDevice(e: EvidenceEvent): boolean;
  /** Sign-ins of the person on a platform have a second factor. */
  usesSecondFactor(platform: Platform): boolean;
  /** Sign-ins by device code are a habit of the person on a platform. */
  usesDeviceCodes(platform: Platform): boolean;
  isUnusualHour(e: EvidenceEvent): boolean;
}

const NOT_OWN_ACTS: readonly EventKind[] = [
  'sign_in_failed',
  'sign_in_stopped',
  'message_received',
  'team_message',
  'security_notice',
  'platform_alert',
  'mail_rule',
];
/** Acts that an intruder comes for: a context that began with them is not vouched for by what followed. */
const NOTABLE: readonly EventKind[] = [
  'export',
  'share',
  'app_grant',
  'config_change',
  'role_change',
  'credential_change',
  'mail_access',
];
const TAKES: readonly string[] = ['file_download', 'file_view', 'conversation_read', 'export'];
const NOTABLE_TAKES = 10;

interface Use {
  readonly days: Set<string>;
  first: number;
  firstNotable: number;
  readonly takes: Map<string, number>;
}

/** Rows of the subject's account, in any order. */
export function historyOf(rows: readonly EvidenceEvent[]): History {
  const acts = rows.filter((e) => succeeded(e) && !NOT_OWN_ACTS.includes(e.kind) && actingApp(e) === undefined);
  const placed = acts.filter((e) => Object.keys(traitsOf(e)).length > 0);
  const times = placed.map((e) => Date.parse(e.at)).sort((a, b) => a - b);
  const begin = times[0] ?? 0;
  const end = times.at(-1) ?? 0;
  const span = (end - begin) / DAY_MS;
  const days = new Set(placed.map(dayOf)).size;
  const needed = Math.min(HABIT_DAYS, Math.max(1, Math.ceil(days / 2)));
  const uses = new Map<string, Use>();
  for (const e of placed) for (const [trait, value] of Object.entries(traitsOf(e))) note(uses, `${trait} ${value}`, e);
  for (const e of placed) if (e.authentication === 'device_code') note(uses, codesOn(e.platform), e);
  const beginning = begin + Math.max(3, span * BEGINNING) * DAY_MS;
  const cold = span < COLD_DAYS || days < 3;
  const usualTakes = Math.max(
    1,
    median([
      ...countBy(
        placed.filter((e) => TAKES.includes(e.kind)),
        dayOf,
      ).values(),
    ]),
  );
  const isKnown = (use: Use): boolean => !cold && use.days.size >= needed && use.first <= beginning;
  const isGrown = (use: Use): boolean => {
    const notable = Math.min(use.firstNotable, firstBusy(use.takes, usualTakes));
    return !cold && Math.min(end, notable) - use.first >= GROWN_DAYS * DAY_MS && use.days.size >= GROWN_ON_DAYS;
  };
  const known = new Set([...uses].filter(([, use]) => isKnown(use)).map(([key]) => key));
  const grown = new Set(
    [...uses].filter(([key, use]) => key.startsWith('address ') && isGrown(use)).map(([key]) => key),
  );
  const knownTraits = new Set([...known].map((key) => key.split(' ')[0]));
  const signIns = placed.filter((e) => isSignIn(e) && e.ip !== undefined && known.has(`address ${placeOf(e.ip)}`));
  const hours = signIns.map(hourOf);
  const byProgram = new Map<string, EvidenceEvent[]>();
  for (const e of signIns) {
    const known = byProgram.get(programOf(e));
    if (known) known.push(e);
    else byProgram.set(programOf(e), [e]);
  }
  const withDevice = new Set([...byProgram].flatMap(([key, rows]) => (isUsual(rows, hasDevice) ? [key] : [])));
  return {
    cold,
    isYoung: span < YOUNG_DAYS,
    days,
    has: (trait, value) => known.has(`${trait} ${value}`),
    hasGrown: (address) => grown.has(`address ${address}`),
    knows: (trait) => knownTraits.has(trait),
    namesDevice: (e) =>
      (isSignIn(e) || e.kind === 'sign_in_stopped') &&
      e.deviceId === undefined &&
      (e.userAgent ?? '') !== '' &&
      withDevice.has(programOf(e)),
    usesSecondFactor: (platform) =>
      isUsual(
        signIns.filter((e) => e.platform === platform && e.authentication !== undefined),
        (e) => e.authentication === 'mfa' || e.authentication === 'phishing_resistant',
      ),
    usesDeviceCodes: (platform) => known.has(codesOn(platform)),
    isUnusualHour: (e) => hours.length >= HOURS_NEEDED && hours.every((h) => hoursBetween(h, hourOf(e)) > HOURS_APART),
  };
}

const codesOn = (platform: Platform): string => `codes ${platform}`;

/** What holds of so many sign-ins, and of so great a part of them, is usual. */
const USUAL = { count: 4, part: 0.8 } as const;
const isUsual = (rows: readonly EvidenceEvent[], holds: (e: EvidenceEvent) => boolean): boolean =>
  rows.length >= USUAL.count && rows.filter(holds).length >= USUAL.part * rows.length;
const isSignIn = (e: EvidenceEvent): boolean => e.kind === 'sign_in';
const hasDevice = (e: EvidenceEvent): boolean => e.deviceId !== undefined;
const programOf = ({ platform, userAgent = '' }: EvidenceEvent): string => `${platform} ${clientFamily(userAgent)}`;

function note(uses: Map<string, Use>, key: string, e: EvidenceEvent): void {
  const at = Date.parse(e.at);
  const use: Use = uses.get(key) ?? {
    days: new Set<string>(),
    first: Infinity,
    firstNotable: Infinity,
    takes: new Map<string, number>(),
  };
  uses.set(key, use);
  use.days.add(dayOf(e));
  use.first = Math.min(use.first, at);
  if (NOTABLE.includes(e.kind)) use.firstNotable = Math.min(use.firstNotable, at);
  if (TAKES.includes(e.kind)) use.takes.set(dayOf(e), (use.takes.get(dayOf(e)) ?? 0) + 1);
}

/** First day with far more taken than the person usually takes in a day. */
function firstBusy(takes: ReadonlyMap<string, number>, usual: number): number {
  const busy = [...takes].filter(([, n]) => n >= Math.max(NOTABLE_TAKES, 3 * usual)).map(([day]) => Date.parse(day));
  return Math.min(Infinity, ...busy);
}

function countBy(rows: readonly EvidenceEvent[], of: (e: EvidenceEvent) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const e of rows) counts.set(of(e), (counts.get(of(e)) ?? 0) + 1);
  return counts;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const dayOf = (e: EvidenceEvent): string => e.at.slice(0, 10);
const hourOf = (e: EvidenceEvent): number => Number(e.at.slice(11, 13));
const hoursBetween = (a: number, b: number): number => Math.min(Math.abs(a - b), 24 - Math.abs(a - b));
