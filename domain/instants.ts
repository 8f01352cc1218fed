import type { Instant } from './platform.js';

/**
 * Instants in their one form: UTC, ISO 8601 with milliseconds and `Z`. Everything that takes a time from outside takes it through here.
 * What is finer than a millisecond is cut, so that the order of texts is the order of time.
 */

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const EPOCH = /^-?\d{9,19}(?:\.\d{1,9})?$/;
/** `/Date(1773136800000)/`, with an offset that only says where it was written (Microsoft's JSON of .NET). */
const DOT_NET = /^\\?\/Date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?\/$/;
/** `Tue, 10 Mar 2026 10:00:00 GMT`, `10 Mar 2026 10:00:00 +0100`, `3/10/2026 10:00:00 AM` (month first, as Microsoft's exports write it). */
const MAIL =
  /^(?:[A-Z][a-z]{2},? )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/;
/** `Mar 10 2026 10:00:00 UTC` (syslog, CEF). */
const MONTH_FIRST =
  /^([A-Z][a-z]{2}) {1,2}(\d{1,2}),? (\d{4}) (\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/;
const SLASHED =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?([AP])M)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const FIRST_MS = Date.UTC(1980, 0);
const LAST_MS = Date.UTC(2200, 0);

/**
 * An instant of what a vendor or a detector wrote: epoch seconds, milliseconds, microseconds or nanoseconds (told apart by their size), as
 * a number or a text; ISO 8601 with or without zone and with up to nine digits of fraction; `/Date(…)/` of .NET; the date of a mail, and
 * with the month first; a date with slashes, month first. A time without a zone is in `zone`, an offset or an IANA name, by default UTC. Undefined for what is
 * none, or lies before 1980 or after 2199: a zero or a minimum date means "not set".
 */
export function instantOf(value: unknown, zone?: string): Instant | undefined {
  const ms =
    typeof value === 'number' ? epoch(value) : typeof value === 'string' ? msOf(value.trim(), zone) : Number.NaN;
  return ms >= FIRST_MS && ms < LAST_MS ? new Date(Math.floor(ms)).toISOString() : undefined;
}

/** Seconds, milliseconds, microseconds or nanoseconds: the ranges do not meet between 1980 and 2200. */
function epoch(n: number): number {
  const size = Math.abs(n);
  // Over microseconds: the last bits of such a number are none of the sender's.
  const micros = size >= 1e17 ? n / 1e3 : size >= 1e14 ? n : size >= 1e11 ? n * 1e3 : n * 1e6;
  return Math.floor(Math.round(micros) / 1e3);
}

/** The same of a text, which holds more digits than a number can. */
function epochText(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const finer = whole.length >= 18 ? 6 : whole.length >= 15 ? 3 : 0;
  const ms = whole.length >= 12 ? whole.slice(0, whole.length - finer) : `${whole}${millis(fraction)}`;
  return text.startsWith('-') ? -Number(ms) : Number(ms);
}

/** The first three digits of a fraction: what is finer is cut, never rounded into the next second. */
const millis = (fraction: string): string => fraction.slice(0, 3).padEnd(3, '0');

/** As most rows write it. */
const PLAIN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;

function msOf(text: string, zone: string | undefined): number {
  if (text.length > 60) return Number.NaN;
  const plain = PLAIN.test(text) ? Date.parse(text) : Number.NaN;
  // 30 February is no date, though the engine reads one.
  if (new Date(plain).getUTCDate() === Number(text.slice(8, 10))) return plain;
  if (EPOCH.test(text)) return epochText(text);
  const dotNet = DOT_NET.exec(text)?.[1];
  if (dotNet !== undefined) return Number(dotNet);
  const iso = ISO.exec(text);
  if (iso) {
    const [, y, mo, d, h = '0', mi = '0', s = '0', fraction = '', offset] = iso;
    return utc([y, mo, d, h, mi, s], fraction, offset ?? zone);
  }
  const mail = MAIL.exec(text);
  if (mail) {
    const [, d, month = '', y, h, mi, s = '0', fraction = '', offset] = mail;
    return utc([y, String(MONTHS.indexOf(month) + 1), d, h, mi, s], fraction, offset ?? zone);
  }
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst) {
    const [, month = '', d, y, h, mi, s = '0', fraction = '', offset] = monthFirst;
    return utc([y, String(MONTHS.indexOf(month) + 1), d, h, mi, s], fraction, offset ?? zone);
  }
  const slashed = SLASHED.exec(text);
  if (!slashed) return Number.NaN;
  const [, mo, d, y, hour, mi, s = '0', fraction = '', half, offset] = slashed;
  const h = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  return utc([y, mo, d, String(h), mi, s], fraction, offset ?? zone);
}

/** NaN for a date that there is not (30 February), or in a zone that nobody knows. */
function utc(parts: readonly (string | undefined)[], fraction: string, zone: string | undefined): number {
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts.map(Number);
  const wall = Date.UTC(y, mo - 1, d, h, mi, s);
  const date = new Date(wall);
  // A leap second is the next one; 24:00 is the next day.
  const isReal = date.getUTCMonth() + 1 === mo || (h === 24 && mi === 0) || s === 60;
  if (Number.isNaN(wall) || !isReal || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || s > 60)
    return Number.NaN;
  return wall + Number(millis(fraction)) - offsetMs(zone, wall);
}

function offsetMs(zone: string | undefined, wall: number): number {
  if (zone === undefined || /^(?:Z|UTC|GMT)$/i.test(zone)) return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  try {
    // Twice: the offset is that of the instant, which is known only with the offset.
    const first = wall - zoneMs(zone, wall);
    return zoneMs(zone, first);
  } catch {
    return Number.NaN;
  }
}

function zoneMs(zone: string, ms: number): number {
  const fields = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}
