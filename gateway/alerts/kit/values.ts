import { mailOf } from '../../../domain/account-names.js';
import type { Platform, Severity } from '../../../domain/platform.js';
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
 * between, bare or with display names, or as a list of JSON. Words between addresses are no values. A text that is one value stays one.
 */
export function severalOf(texts: readonly string[]): readonly string[] {
  return texts
    .flatMap((text) => text.split(/\r\n|[\r\n]/))
    .flatMap((line) => (line.includes('@') && mailOf(line) === undefined ? addressesOf(line) : [line]))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function addressesOf(line: string): readonly string[] {
  const named = line.split('@').length - 1;
  for (const between of [/[,;|[\]]/, /[\s,;|[\]]+/]) {
    const found = line.split(between).filter((part) => mailOf(part) !== undefined);
    if (found.length === named && named > 1) return found;
  }
  const listed = line.split(/[,;|[\]]/).filter((part) => mailOf(part) !== undefined);
  return listed.length > 0 ? listed : [line];
}

/** What stands in a field that was left empty: `unknown`, `-`, `N/A`, `<MISSING_EMAIL>`. */
export const isPlaceholder = (text: string): boolean =>
  /^(?:-|n\/?a|none|null|unknown|not available|system|<[^@]*>?)$/i.test(text);

/** The platform that product, data set or log type names speak of; undefined when they name none or several. */
export function platformOf(...names: readonly (string | undefined)[]): Platform | undefined {
  const text = names
    .filter((name) => name !== undefined)
    .join(' ')
    .replaceAll('_', ' ');
  return PLATFORMS.named(text);
}
