import { remembered } from '../../../domain/remembered.js';

type Record_ = Readonly<Record<string, unknown>>;

/** One place that was read: where it lies in the body (`evidence[].userAccount.userPrincipalName`), and the text there, if any. */
export interface Look {
  readonly path: string;
  readonly text: string | undefined;
}

interface Place {
  /** Kept while somebody watches. */
  readonly path: string;
  /** Names are the same whatever their case and without `-`, `_` and spaces. */
  readonly loose: boolean;
  readonly looks: Look[] | undefined;
  /** A path that counts as absent, to see what comes of it. */
  readonly hidden?: string | undefined;
}
const MAX_WATCHED = 50;
const NONE: readonly unknown[] = [];
const EXACT: Place = { path: '', loose: false, looks: undefined };
const LOOSE: Place = { path: '', loose: true, looks: undefined };

/** A JSON value read leniently: what has another type than asked for counts as absent. */
export class Fields {
  constructor(
    readonly value: unknown,
    private readonly place: Place = EXACT,
  ) {}

  /** By dotted path; an object's keys may hold dots themselves (`{"user.email": …}`), the longest key wins. An empty path is the value itself. */
  at(path: string): Fields {
    return new Fields(this.find(path), this.under(path));
  }

  /** Another value that stands in this place, or at a path in it: what a text of JSON holds, for example. */
  holding(value: unknown, path = ''): Fields {
    return new Fields(value, this.under(path));
  }

  /** The same, with names taken as one however they are written: `UPNSuffix`, `upnSuffix`, `upn_suffix`, `upn-suffix`. */
  loose(): Fields {
    return new Fields(this.value, this.place.looks ? { ...this.place, loose: true } : LOOSE);
  }

  /** The same, and what is read of it is noted; of long lists the beginning. `hidden` is a path whose texts count as absent. */
  watched(looks: Look[], hidden?: string): Fields {
    return new Fields(this.value, { ...this.place, looks, hidden });
  }

  /** The same for reading what nobody looks for by itself: the type of a thing, its role. */
  aside(): Fields {
    return new Fields(this.value, this.place.loose ? LOOSE : EXACT);
  }

  has(path: string): boolean {
    const value = this.find(path);
    return value !== undefined && value !== null;
  }

  /** The first non-empty text (or number as text) among the paths; of a list its first element. */
  text(...paths: readonly string[]): string | undefined {
    for (const path of paths) {
      const found = this.hides(path) ? undefined : this.find(path);
      const text = textOf(Array.isArray(found) ? (found as readonly unknown[])[0] : found);
      this.note(path, text);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  number(path: string): number | undefined {
    const n = Number(this.text(path));
    return Number.isFinite(n) ? n : undefined;
  }

  /** The elements; something that is no list counts as a list of one. */
  list(path: string): readonly Fields[] {
    const value = this.find(path);
    const each = this.under(Array.isArray(value) ? `${path}[]` : path);
    return this.some(value).map((one) => new Fields(one, each));
  }

  texts(...paths: readonly string[]): readonly string[] {
    const texts: string[] = [];
    for (const path of paths) {
      const before = texts.length;
      for (const value of this.hides(path) ? [] : this.some(this.find(path))) {
        const text = textOf(value);
        if (text !== undefined) texts.push(text);
      }
      if (this.place.looks === undefined) continue;
      if (texts.length === before) this.note(path, undefined);
      for (const text of texts.slice(before)) this.note(path, text);
    }
    return texts;
  }

  /** Notes a look that went another way than by paths. */
  note(path: string, text: string | undefined): void {
    this.place.looks?.push({ path: joined(this.place.path, path), text });
  }

  /** Whether the texts of a path count as absent. */
  hides(path: string): boolean {
    return this.place.hidden !== undefined && joined(this.place.path, path) === this.place.hidden;
  }

  /** The values of a list, of a long one that is watched the beginning; what is no list is a list of one. */
  private some(value: unknown): readonly unknown[] {
    if (value === undefined || value === null) return NONE;
    if (!Array.isArray(value)) return [value];
    return this.place.looks ? (value.slice(0, MAX_WATCHED) as readonly unknown[]) : value;
  }

  private find(path: string): unknown {
    return path === '' ? this.value : find(this.value, waysOf(path), this.place.loose);
  }

  private under(path: string): Place {
    return this.place.looks ? { ...this.place, path: joined(this.place.path, path) } : this.place;
  }
}

const joined = (path: string, more: string): string =>
  path === '' || more === '' || more === '[]' ? path + more : `${path}.${more}`;

/** A whole number that JSON cannot hold exactly has become another one: it is no id any more. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))
      ? String(value)
      : undefined;
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** One way to read a dotted path: the key that it begins with, and the ways of what is left of it. */
interface Way {
  readonly key: string;
  readonly loose: string;
  readonly rest: readonly Way[] | undefined;
}

/** The ways of a path, the longest key first. Paths are the parsers' own words. */
const waysOf = remembered((path: string): readonly Way[] => {
  const keys = path.split('.');
  const from: (readonly Way[])[] = [];
  for (let start = keys.length - 1; start >= 0; start--)
    from[start] = keys.slice(start).map((_, n) => {
      const end = keys.length - n;
      const key = keys.slice(start, end).join('.');
      return { key, loose: loosened(key), rest: from[end] };
    });
  return from[0] ?? [];
});

function find(value: unknown, ways: readonly Way[], loose: boolean): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const keys = loose ? looseKeys(value) : undefined;
  for (const way of ways) {
    const key = keys ? keys.get(way.loose) : way.key;
    if (key === undefined || !Object.hasOwn(value, key)) continue;
    const inner = (value as Record_)[key];
    const found = way.rest === undefined ? inner : find(inner, way.rest, loose);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A name without case and separators. */
const loosened = remembered((key) => key.replace(/[-_\s]/g, '').toLowerCase());

/** Of an object its names by their loose form; the first of two that are one. */
const KEYS = new WeakMap<object, ReadonlyMap<string, string>>();
function looseKeys(value: object): ReadonlyMap<string, string> {
  const known = KEYS.get(value);
  if (known) return known;
  const keys = new Map<string, string>();
  for (const key of Object.keys(value)) {
    const loose = loosened(key);
    if (!keys.has(loose)) keys.set(loose, key);
  }
  KEYS.set(value, keys);
  return keys;
}

const MAX_DEPTH = 60;
const MAX_VALUES = 100_000;

/** Whether a value nests deeper, or holds more values, than any alert does: such a body is an attack on whoever walks it. */
export function isTooMuch(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return true;
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      const inner = Array.isArray(one) ? (one as readonly unknown[]) : Object.values(one);
      // What is counted already ends the walk: a level of millions is never built.
      if (values + next.length + inner.length > MAX_VALUES) return true;
      for (const each of inner) next.push(each);
    }
    level = next;
  }
  return false;
}
