import { isIP } from 'node:net';
import { z } from 'zod';
import type { Alert, AlertSubject } from '../../domain/alert.js';
import type { Instant, Platform, Severity } from '../../domain/platform.js';

const MAX_DATE_MS = 8.64e15;

/** An instant of ISO text (UTC when it names no zone), or of epoch seconds, milliseconds or microseconds; undefined when it is none. */
export function instantOf(value: string | number | undefined): Instant | undefined {
  if (value === undefined) return undefined;
  const text = String(value).trim();
  const ms = /^\d{9,16}(\.\d+)?$/.test(text) ? epochMs(Number(text)) : isoMs(text);
  return Number.isNaN(ms) || Math.abs(ms) > MAX_DATE_MS ? undefined : new Date(ms).toISOString();
}

function epochMs(n: number): number {
  return n > 1e14 ? n / 1_000 : n > 1e11 ? n : n * 1_000;
}

function isoMs(text: string): number {
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text) ?? [];
  return day === undefined ? NaN : Date.parse(`${day}T${time ?? '00:00'}${zone ?? 'Z'}`);
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

/** The detector's word; what is not known is `low`: seen, and never invented upward. */
export function severityOf(word: string | undefined): Severity {
  const known = word?.toLowerCase() ?? '';
  return Object.hasOwn(WORDS, known) ? (WORDS[known] ?? 'low') : 'low';
}

const mail = z.email();

/** A mail address, lower case, when the text is one. */
export function mailOf(text: string | undefined): string | undefined {
  const parsed = mail.safeParse(text?.trim().toLowerCase());
  return parsed.success && parsed.data.length <= 254 ? parsed.data : undefined;
}

/** An IP address without port or brackets; undefined for what is none (documentation samples hold such). */
export function ipOf(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : bare.toLowerCase();
}

const PRODUCTS: Readonly<Record<Platform, RegExp>> = {
  slack: /\bslack\b/,
  microsoft: /\b(microsoft|azure|entra|office ?365|o365|m365|sharepoint|onedrive)\b/,
  google: /\b(google|gsuite|workspace)\b/,
};

/** The platform that product names, data sets or tags speak of, when they speak of exactly one. */
export function platformOf(texts: readonly (string | undefined)[]): Platform | undefined {
  const words = texts
    .filter((t) => t !== undefined)
    .join(' ')
    .toLowerCase()
    .replace(/[_.:-]/g, ' ');
  const found = (Object.keys(PRODUCTS) as Platform[]).filter((p) => PRODUCTS[p].test(words));
  return found.length === 1 ? found[0] : undefined;
}

const SHAPES: Readonly<Record<Platform, Readonly<Record<AlertSubject['kind'], RegExp>>>> = {
  slack: { person: /^[UW][A-Z0-9]{5,20}$/, app: /^A[A-Z0-9]{5,20}$/ },
  microsoft: {
    person: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    app: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  },
  google: { person: /^\d{15,25}$/, app: /^\d{6,25}(-[a-z0-9]+)?(\.apps\.googleusercontent\.com)?$/ },
};

/**
 * An id of unknown origin as the platform's own, only when the platform is known and the id has its shape: generic formats put
 * user names, event ids and SIDs into the same fields.
 */
export function nativeIdOf(
  platform: Platform | undefined,
  id: string | undefined,
  kind: AlertSubject['kind'] = 'person',
): string | undefined {
  return platform !== undefined && id !== undefined && SHAPES[platform][kind].test(id) ? id : undefined;
}

const TECHNIQUE = /\bT\d{4}(?:\.\d{3})?\b/g;

/** ATT&CK technique ids anywhere in the texts, each once. */
export function techniquesOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap((t) => t.slice(0, 2_000).match(TECHNIQUE) ?? []))];
}

/** Evidence entries of the values that are there. */
export function evidenceOf(
  type: Alert['evidence'][number]['type'],
  values: readonly (string | undefined)[],
): Alert['evidence'] {
  return values.filter((v) => v !== undefined).map((value) => ({ type, value }));
}
