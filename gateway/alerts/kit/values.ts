import { isIP } from 'node:net';
import { z } from 'zod';
import type { Instant, Platform, Severity } from '../../../domain/platform.js';
import { PLATFORMS } from '../../../platforms/registry.js';

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const EPOCH = /^\d{9,16}(\.\d+)?$/;
const FIRST_MS = Date.UTC(1980, 0);
const LAST_MS = Date.UTC(2200, 0);

/** An instant of ISO text (UTC when it names no zone) or of epoch seconds, milliseconds or microseconds; undefined when it is none. */
export function instantOf(text: string | undefined): Instant | undefined {
  const ms = text === undefined ? Number.NaN : EPOCH.test(text) ? epoch(Number(text)) : iso(text);
  return ms >= FIRST_MS && ms < LAST_MS ? new Date(ms).toISOString() : undefined;
}

const epoch = (n: number): number => (n > 1e14 ? n / 1_000 : n > 1e11 ? n : n * 1_000);

function iso(text: string): number {
  const match = ISO.exec(text);
  if (!match) return Number.NaN;
  const zone = match[4];
  const [local = ''] = text.split(/\s*(?:Z|[+-]\d{2}:?\d{2})$/i);
  const full = match[1] === undefined ? `${text.slice(0, 10)}T00:00` : local.replace(' ', 'T');
  return Date.parse(`${full}${zone === undefined ? 'Z' : zone.toUpperCase()}`);
}

const WORDS: Readonly<Record<string, Severity>> = {
  informational: 'info',
  information: 'info',
  info: 'info',
  low: 'low',
  medium: 'medium',
  moderate: 'medium',
  high: 'high',
  critical: 'critical',
  fatal: 'critical',
};

/** The detector's word; what is not known is `low`, never more. */
export const severityOf = (word: string | undefined): Severity => WORDS[word?.toLowerCase() ?? ''] ?? 'low';

const mail = z.email().max(254);

/** A mail address in lower case, when the text is one. */
export function mailOf(text: string | undefined): string | undefined {
  const parsed = mail.safeParse(text?.trim().toLowerCase());
  return parsed.success ? parsed.data : undefined;
}

/** A vendor's id as vendors make them: nothing that could be a path, a header or markup. */
export function nativeIdOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9][A-Za-z0-9._:|@-]{0,127}$/.test(text) ? text : undefined;
}

/** An IP address without port, brackets or the IPv4-mapped prefix; undefined when it is none (vendors' own samples hold such). */
export function addressOf(text: string): string | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
  return isIP(address) === 0 ? undefined : address;
}

/** A web address to show; never followed. */
export function linkOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 2_000 && /^https?:\/\//i.test(text) && URL.canParse(text)
    ? text
    : undefined;
}

/** Text for people: control and direction characters would let it pose as something else. */
export function plain(text: string, length: number): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, length)
    .replace(/\p{Cs}/gu, '');
}

const ATTACK = /\bT\d{4}(?:\.\d{3})?\b/;

/** ATT&CK technique ids in texts such as `T1213.005`, `TA0009:T1213`. */
export const techniques = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => ATTACK.exec(text)?.[0] ?? []);

/** The platform that product, data set or log type names speak of; undefined when they name none or several. */
export function platformOf(...names: readonly (string | undefined)[]): Platform | undefined {
  const text = names
    .filter((name) => name !== undefined)
    .join(' ')
    .replaceAll('_', ' ');
  return PLATFORMS.named(text);
}
