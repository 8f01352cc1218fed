import { QuellError } from '../../../domain/errors.js';
import { mailOf } from '../../../domain/account-names.js';
import type { Unidentified } from './accounts.js';
import type { Fields, Look } from './fields.js';
import type { AlertParts } from './parser.js';

/*
 * Why an alert names nobody. A reason is kept in the clear: it holds paths that the parser looked at, and of the sender's words no more than
 * names of fields that are plain identifiers.
 */

const MAX_NODES = 20_000;
const MAX_SHOWN = 20;
const MAX_FOUND = 8;

const WHY: Readonly<Record<Unidentified, string>> = {
  domain_name:
    'an account is given as DOMAIN\\name alone, which identifies nobody outside its domain: send the principal name, or its mail suffix beside it',
  sid: 'an account is given by an on-premises SID alone, which no directory of the platforms looks up: send the principal name or the object id',
  service: 'an account that is named is a service of the vendor, and nobody',
};

/** ALERT_NO_SUBJECT with what was looked for, where, and which fields of the body hold an address. */
export function namesNobody(
  format: string,
  { noSubject, lookedFor }: Pick<AlertParts, 'noSubject' | 'lookedFor'>,
  whys: ReadonlySet<Unidentified>,
  body: Fields | undefined,
): QuellError {
  const holding = body && addressFields(body.value);
  return new QuellError(
    'ALERT_NO_SUBJECT',
    [
      noSubject ?? `${format}: no mail address, and no account id with its platform, was found`,
      ...[...whys].map((why) => WHY[why]),
      body === undefined ? '' : lookedIn(lookedFor?.() ?? []),
      holding === undefined
        ? ''
        : holding.length === 0
          ? 'no field of it holds a mail address'
          : `fields that hold a mail address: ${holding.join(', ')}`,
    ]
      .filter((part) => part !== '')
      .join('; '),
  );
}

function lookedIn(looks: readonly Look[]): string {
  const found = new Map<string, string>();
  for (const { path, text } of looks)
    if (text !== undefined) found.set(path, mailOf(text) === undefined ? ' (there, and no address)' : ' (there)');
    else if (!found.has(path)) found.set(path, '');
  if (found.size === 0) return '';
  // What is there and is none comes first.
  const ordered = [...found].sort(([, a], [, b]) => b.length - a.length);
  const shown = ordered.slice(0, MAX_SHOWN).map(([path, what]) => path + what);
  const rest = found.size - shown.length;
  return `looked in ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Paths of a body whose values are mail addresses, each once, lists as `[]`; at most eight. */
const addressFields = (body: unknown): readonly string[] =>
  pathsOf(body, (text) => text.includes('@') && mailOf(text) !== undefined);

/** Paths of the texts of a body that are such, each once, lists as `[]`; at most eight. */
export function pathsOf(body: unknown, isSuch: (text: string) => boolean): readonly string[] {
  const found = new Set<string>();
  const todo: { readonly value: unknown; readonly path: string }[] = [{ value: body, path: '' }];
  for (let n = 0; n < todo.length && n < MAX_NODES && found.size < MAX_FOUND; n++) {
    const { value, path } = todo[n] ?? { value: undefined, path: '' };
    if (typeof value === 'string') {
      if (path !== '' && isSuch(value)) found.add(path);
    } else if (Array.isArray(value)) {
      for (const one of (value as readonly unknown[]).slice(0, MAX_NODES)) todo.push({ value: one, path: `${path}[]` });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value))
        todo.push({ value: inner, path: `${path === '' ? '' : `${path}.`}${shownKey(key, inner)}` });
    }
  }
  return [...found];
}

/** A name of a field that is an identifier; anything else could be a person's name, or words to whoever reads it. */
function shownKey(key: string, value: unknown): string {
  const isName = /^[@$]?[A-Za-z_][\w.{}-]{0,40}$/.test(key);
  const person = typeof value === 'string' ? (value.split('@')[0]?.toLowerCase() ?? '') : '';
  return isName && !(person.length > 2 && key.toLowerCase().includes(person)) ? key : '…';
}
