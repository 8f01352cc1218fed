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

  /** Another value that stands in this place: what a text of JSON holds, for example. */
  holding(value: unknown): Fields {
    return new Fields(value, this.place);
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
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return [new Fields(value, this.under(path))];
    const each = this.under(`${path}[]`);
    const some = this.place.looks ? value.slice(0, MAX_WATCHED) : value;
    return (some as readonly unknown[]).map((v) => new Fields(v, each));
  }

  texts(...paths: readonly string[]): readonly string[] {
    return paths.flatMap((path) => {
      const texts = this.hides(path) ? [] : this.list(path).flatMap(({ value }) => textOf(value) ?? []);
      if (texts.length === 0) this.note(path, undefined);
      for (const text of texts) this.note(path, text);
      return texts;
    });
  }

  /** Notes a look that went another way than by paths. */
  note(path: string, text: string | undefined): void {
    this.place.looks?.push({ path: joined(this.place.path, path), text });
  }

  /** Whether the texts of a path count as absent. */
  hides(path: string): boolean {
    return this.place.hidden !== undefined && joined(this.place.path, path) === this.place.hidden;
  }

  private find(path: string): unknown {
    return path === '' ? this.value : find(this.value, keysOf(path), this.place.loose);
  }

  private under(path: string): Place {
    return this.place.looks ? { ...this.place, path: joined(this.place.path, path) } : this.place;
  }
}

/** Paths are the parsers' own words, and few. */
const SPLIT = new Map<string, readonly string[]>();
function keysOf(path: string): readonly string[] {
  let keys = SPLIT.get(path);
  if (!keys) {
    keys = path.split('.');
    SPLIT.set(path, keys);
  }
  return keys;
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

function find(value: unknown, keys: readonly string[], loose: boolean): unknown {
  if (keys.length === 0) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [only] = keys;
  if (!loose && keys.length === 1) return Object.hasOwn(value, only ?? '') ? (value as Record_)[only ?? ''] : undefined;
  for (let n = keys.length; n > 0; n--) {
    const asked = keys.slice(0, n).join('.');
    const key = loose ? looseKeys(value).get(loosened(asked)) : asked;
    if (key === undefined || !Object.hasOwn(value, key)) continue;
    const found = find((value as Record_)[key], keys.slice(n), loose);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of the parsers' own names and of those that senders really use; a sender who makes up others makes them cost no more than their length. */
const LOOSENED = new Map<string, string>();
function loosened(key: string): string {
  let loose = LOOSENED.get(key);
  if (loose === undefined) {
    loose = key.replace(/[-_\s]/g, '').toLowerCase();
    if (LOOSENED.size < 2_000) LOOSENED.set(key, loose);
  }
  return loose;
}

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
    level = level.flatMap((v) => (typeof v === 'object' && v !== null ? (Object.values(v) as unknown[]) : []));
  }
  return false;
}
