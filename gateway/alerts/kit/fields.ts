type Record_ = Readonly<Record<string, unknown>>;

/** A JSON value read leniently: what has another type than asked for counts as absent. */
export class Fields {
  constructor(readonly value: unknown) {}

  /** By dotted path; an object's keys may hold dots themselves (`{"user.email": …}`), the longest key wins. */
  at(path: string): Fields {
    return new Fields(find(this.value, path.split('.')));
  }

  has(path: string): boolean {
    const { value } = this.at(path);
    return value !== undefined && value !== null;
  }

  /** The first non-empty text (or number as text) among the paths; of a list its first element. */
  text(...paths: readonly string[]): string | undefined {
    for (const path of paths) {
      const found = this.at(path).value;
      const text = textOf(Array.isArray(found) ? (found as readonly unknown[])[0] : found);
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
    const { value } = this.at(path);
    if (value === undefined || value === null) return [];
    return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((v) => new Fields(v));
  }

  texts(...paths: readonly string[]): readonly string[] {
    return paths.flatMap((path) => this.list(path).flatMap(({ value }) => textOf(value) ?? []));
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}

function find(value: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  for (let n = keys.length; n > 0; n--) {
    const key = keys.slice(0, n).join('.');
    if (!Object.hasOwn(value, key)) continue;
    const found = find((value as Record_)[key], keys.slice(n));
    if (found !== undefined) return found;
  }
  return undefined;
}

const MAX_DEPTH = 60;

/** Whether a value nests deeper than any alert does: such a body is an attack on whoever walks it. */
export function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((v) => (typeof v === 'object' && v !== null ? (Object.values(v) as unknown[]) : []));
  }
  return false;
}
