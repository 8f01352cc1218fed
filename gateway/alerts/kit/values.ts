import { mailOf } from '../../../domain/account-names.js';
import type { Platform, Severity } from '../../../domain/platform.js';
import { remembered } from '../../../domain/remembered.js';
import { PLATFORMS } from '../../../platforms/registry.js';

export { instantOf } from '../../../domain/instants.js';
export { mailOf };

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
export function severityOf(word: string | undefined): Severity {
  const key = word?.toLowerCase() ?? '';
  return Object.hasOwn(WORDS, key) ? (WORDS[key] ?? 'low') : 'low';
}

/** A vendor's id as vendors make them: nothing that could be a path, a header or markup. */
export function nativeIdOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9][A-Za-z0-9._:|@-]{0,127}$/.test(text) ? text : undefined;
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

/**
 * The values of a field of several: a list, or one text with a value on each line, or of addresses with commas, semicolons, bars or spaces
 * between, bare or with display names, or as a list of JSON. Words between addresses are no values. Ids without an address among them have
 * commas, semicolons or bars between. A text that is one value stays one: a display name may hold a comma.
 */
export function severalOf(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(LINE_ENDS).flatMap(valuesIn));
}
const LINE_ENDS = /[\r\n]+/;

function valuesIn(text: string): readonly string[] {
  const line = text.trim();
  if (line === '') return [];
  if (line.includes('@')) return mailOf(line) === undefined ? addressesOf(line) : [line];
  if (!BETWEEN.test(line)) return [line];
  const parts = partsOf(line, BETWEEN);
  return parts.every((part) => ID.test(part)) ? parts : [line];
}

const BETWEEN = /[,;|[\]]/;
const BETWEEN_WORDS = /[\s,;|[\]]+/;
/** A word with a digit. */
const ID = /^(?=\D{0,127}\d)[\w{}():.-]{5,128}$/;

const partsOf = (line: string, between: RegExp): readonly string[] =>
  line
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function addressesOf(line: string): readonly string[] {
  const named = line.split('@').length - 1;
  const isAddress = (part: string): boolean => mailOf(part) !== undefined;
  const listed = partsOf(line, BETWEEN).filter(isAddress);
  if (listed.length < named || named < 2) {
    const words = partsOf(line, BETWEEN_WORDS).filter(isAddress);
    if (words.length === named && named > 1) return words;
  }
  return listed.length > 0 ? listed : [line];
}

/** What stands in a field that was left empty: `unknown`, `-`, `N/A`, `<MISSING_EMAIL>`. */
export const isPlaceholder = (text: string): boolean =>
  /^(?:-|n\/?a|none|null|unknown|not available|system|<[^@]*>?)$/i.test(text);

/** The platform that product, data set or log type names speak of; undefined when they name none or several. */
export function platformOf(...names: readonly (string | undefined)[]): Platform | undefined {
  return named(names.filter((name) => name !== undefined).join(' '));
}
/** Many rows are of one product. */
const named = remembered((text) => PLATFORMS.named(text.replaceAll('_', ' ')), 1_000);
