import type { Fields } from '../fields.js';
import { objectIn } from './json-text.js';

/** The texts of a row by the names of their paths, in lower case and without separators: `actor.email`, `actor_email` and `actorEmail` are one. */
export interface Table {
  /** Whether there is such a path with a text. */
  readonly has: (...names: readonly string[]) => boolean;
  /** The texts of names, in the order of the names. */
  readonly texts: (names: readonly string[]) => readonly string[];
  /** Notes where somebody looks who found nothing. */
  readonly missed: (paths: readonly string[]) => void;
}

/** Fields whose text is the row itself, or a part of it, as JSON. */
const NESTED_TEXT = new Set(['auditdata', 'data', 'raw', 'message', 'eventoriginal', 'rawlog', 'logmessage']);

/** Every text of a row; the elements of a list under one name. Linear in the size of the row. */
export function tableOf(row: Fields): Table {
  const table = new Map<string, { readonly path: string; readonly text: string }[]>();
  const add = (name: string, path: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) for (const one of value as readonly unknown[]) add(name, `${path}[]`, one);
    else if (typeof value === 'object') addFields(name, path, value);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value).trim();
      const inner = NESTED_TEXT.has(name) ? objectIn(text) : undefined;
      // What is inside a text of the row is the row; inside `Data` of an Office alert it is the alert's own.
      if (inner) addFields(name === 'data' ? name : '', path, inner);
      else if (text !== '' && !row.hides(path)) put(name, { path, text });
    }
  };
  const addFields = (name: string, path: string, value: object): void => {
    const under = (key: string): string => (path === '' ? key : `${path}.${key}`);
    // Lists of names and values (`parameters` of Google, `ExtendedProperties` of Microsoft) are fields too.
    const { name: key, value: of } = value as { readonly name?: unknown; readonly value?: unknown };
    if (name !== '' && typeof key === 'string' && of !== undefined) add(name + plainName(key), under('value'), of);
    for (const [k, inner] of Object.entries(value)) add(name + plainName(k), under(k), inner);
  };
  const put = (name: string, found: { readonly path: string; readonly text: string }): void => {
    const list = table.get(name);
    if (list) list.push(found);
    else table.set(name, [found]);
  };
  add('', '', row.value);
  return {
    has: (...names) => names.every((name) => table.has(name)),
    texts: (names) =>
      names.flatMap((name) =>
        (table.get(name) ?? []).map(({ path, text }) => {
          row.note(path, text);
          return text;
        }),
      ),
    missed: (paths) => {
      for (const path of paths) row.note(path, undefined);
    },
  };
}

const plainName = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');
