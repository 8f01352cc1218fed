import { placeOf } from './address.js';
import { clientOf } from './client.js';
import type { EvidenceEvent, EventKind } from './evidence.js';
import { around } from './sorted-rows.js';

/** What a log may tell of an app without naming it, so near in time to what names it at the same address. */
const OF_APPS: readonly EventKind[] = [
  'api_activity',
  'message',
  'conversation_read',
  'file_upload',
  'file_download',
  'file_view',
  'share',
  'export',
];
const REACH_MS = 2 * 3_600_000;

/**
 * Where apps are at work, so that a row that names no app is told to be of one: at an address where the app acted within two hours and from
 * which no person came in. The row says nothing of who did it (Google Chat) and is of the app's platform, or its client calls itself
 * by a word of the app's name (a tool that moves files from one vendor to another is an app at the one alone).
 */
export class AppPlaces {
  /** Rows by place, then by app (`platform:id`). Sorted by time. */
  readonly #rows = new Map<string, Map<string, EvidenceEvent[]>>();
  readonly #entered = new Set<string>();

  /** In the order of time. */
  acted(app: string, row: EvidenceEvent): void {
    if (row.ip === undefined) return;
    const apps = this.#rows.get(placeOf(row.ip)) ?? new Map<string, EvidenceEvent[]>();
    this.#rows.set(placeOf(row.ip), apps);
    const key = `${row.platform}:${app}`;
    const rows = apps.get(key);
    if (rows) rows.push(row);
    else apps.set(key, [row]);
  }

  /** A person came in there. */
  entered(ip: string): void {
    this.#entered.add(placeOf(ip));
  }

  /** The nearest row of an app that the row may be of. Of two as near, the app's id decides. */
  nearest(e: EvidenceEvent): EvidenceEvent | undefined {
    if (e.ip === undefined || !OF_APPS.includes(e.kind) || e.sessionId !== undefined || e.deviceId !== undefined)
      return undefined;
    const apps = this.#rows.get(placeOf(e.ip));
    if (!apps || this.#entered.has(placeOf(e.ip))) return undefined;
    const near = [...apps]
      .flatMap(([app, rows]) => around(rows, e.at).map((row) => ({ app, row, ms: far(row, e) })))
      .filter(({ ms, row }) => ms <= REACH_MS && fits(row, e))
      .sort((x, y) => x.ms - y.ms || (x.app < y.app ? -1 : x.app > y.app ? 1 : 0));
    return near[0]?.row;
  }
}

const far = (a: EvidenceEvent, b: EvidenceEvent): number => Math.abs(Date.parse(a.at) - Date.parse(b.at));

const fits = (ofApp: EvidenceEvent, e: EvidenceEvent): boolean =>
  e.userAgent === undefined ? ofApp.platform === e.platform : isNamed(e.userAgent, ofApp.app?.name);

/** `CloudLift/7.2` is a word of `CloudLift Mover`. Browsers, vendors' own programs and libraries are nobody's name. */
function isNamed(userAgent: string, name = ''): boolean {
  const own = /^([a-z][\w-]{3,})\//i.exec(userAgent.trim())?.[1]?.toLowerCase();
  const { program, scripted } = clientOf(userAgent);
  return own !== undefined && own !== 'mozilla' && program === 'unknown' && !scripted && words(name).includes(own);
}
const words = (name: string): readonly string[] => name.toLowerCase().split(/[^\w-]+/);
