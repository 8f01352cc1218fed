import { remembered } from '../../../../domain/remembered.js';
import type { Fields } from '../fields.js';
import { objectIn } from './json-text.js';

/** Fields whose text is the row itself, or a part of it, as JSON. */
const NESTED_TEXT = new Set(['auditdata', 'data', 'raw', 'message', 'eventoriginal', 'rawlog', 'logmessage']);

interface Found {
  readonly path: string;
  readonly text: string;
}

/**
 * The texts of a row by the names of their paths, in lower case and without separators: `actor.email`, `actor_email` and `actorEmail` are
 * one; the elements of a list under one name. Linear in the size of the row.
 */
export class Table {
  readonly #row: Fields;
  readonly #found = new Map<string, Found[]>();

  constructor(row: Fields) {
    this.#row = row;
    this.#add('', '', row.value);
  }

  /** Whether there is such a path with a text. */
  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#found.has(name));
  }

  /** The texts of names, in the order of the names. */
  texts(names: readonly string[]): readonly string[] {
    const texts: string[] = [];
    for (const name of names) {
      const found = this.#found.get(name);
      if (found === undefined) continue;
      for (const { path, text } of found) {
        this.#row.note(path, text);
        texts.push(text);
      }
    }
    return texts;
  }

  /** Notes where somebody looks who found nothing. */
  missed(paths: readonly string[]): void {
    for (const path of paths) this.#row.note(path, undefined);
  }

  #add(name: string, path: string, value: unknown): void {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      for (const one of value as readonly unknown[]) this.#add(name, `${path}[]`, one);
    } else if (typeof value === 'object') this.#addFields(name, path, value);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value).trim();
      const inner = NESTED_TEXT.has(name) ? objectIn(text) : undefined;
      // What is inside a text of the row is the row; inside `Data` of an Office alert it is the alert's own.
      if (inner) this.#addFields(name === 'data' ? name : '', path, inner);
      else if (text !== '' && !this.#row.hides(path)) this.#put(name, { path, text });
    }
  }

  #addFields(name: string, path: string, value: object): void {
    const at = path === '' ? '' : `${path}.`;
    // Lists of names and values (`parameters` of Google, `ExtendedProperties` of Microsoft) are fields too.
    const { name: key, value: of } = value as { readonly name?: unknown; readonly value?: unknown };
    if (name !== '' && typeof key === 'string' && of !== undefined) this.#add(name + plainName(key), `${at}value`, of);
    for (const [k, inner] of Object.entries(value)) this.#add(name + plainName(k), at + k, inner);
  }

  #put(name: string, found: Found): void {
    const list = this.#found.get(name);
    if (list) list.push(found);
    else this.#found.set(name, [found]);
  }
}

const plainName = remembered((key) => key.toLowerCase().replace(/[^a-z0-9]/g, ''));
