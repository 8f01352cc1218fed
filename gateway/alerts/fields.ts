/**
 * A JSON value read leniently: wrong types count as absent. Paths are dotted, and any part of a path may itself be a key with dots
 * (`kibana.alert.uuid` flat, nested, or half and half). Only own properties count.
 */
export class Fields {
  constructor(readonly value: unknown) {}

  at(path: string): Fields {
    const object = record(this.value);
    if (object === undefined) return NOTHING;
    if (Object.hasOwn(object, path)) return new Fields(object[path]);
    for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      const head = path.slice(0, dot);
      if (!Object.hasOwn(object, head)) continue;
      const found = new Fields(object[head]).at(path.slice(dot + 1));
      if (found.value !== undefined) return found;
    }
    return NOTHING;
  }

  has(path: string): boolean {
    const { value } = this.at(path);
    return value !== undefined && value !== null;
  }

  /** The first text (or number as text) among the paths; of a list its first element. */
  text(...paths: readonly string[]): string | undefined {
    for (const path of paths) {
      const found = textOf(first(this.at(path).value));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  number(path: string): number | undefined {
    const found = first(this.at(path).value);
    const n = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
    return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
  }

  /** The elements; what is no list counts as its only element. */
  list(path: string): readonly Fields[] {
    const { value } = this.at(path);
    if (Array.isArray(value)) return value.map((v) => new Fields(v));
    return value === undefined || value === null ? [] : [new Fields(value)];
  }

  /** All texts (or numbers as text) among the paths. */
  texts(...paths: readonly string[]): readonly string[] {
    return paths.flatMap((path) => this.list(path).flatMap(({ value }) => textOf(value) ?? []));
  }
}

const NOTHING = new Fields(undefined);

const first = (value: unknown): unknown => (Array.isArray(value) ? (value as readonly unknown[])[0] : value);

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
