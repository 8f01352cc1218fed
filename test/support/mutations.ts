/** One thing that a vendor may have changed in an answer. `path` names the field. */
export interface Mutation {
  readonly how: 'removed' | 'nulled' | 'retyped' | 'doubled' | 'huge';
  readonly path: string;
  readonly row: unknown;
}

/** A row with each of its fields, at every depth, removed, nulled, of another type, doubled and made huge, one at a time; then the row itself so. */
export function* mutationsOf(row: unknown): Generator<Mutation> {
  for (const path of pathsIn(row)) {
    const name = path.join('.');
    const old = at(row, path);
    yield { how: 'removed', path: name, row: changed(row, path, undefined) };
    yield { how: 'nulled', path: name, row: changed(row, path, null) };
    for (const other of otherTypes(old)) yield { how: 'retyped', path: name, row: changed(row, path, other) };
    yield { how: 'doubled', path: name, row: changed(row, path, [old, old]) };
    yield { how: 'huge', path: name, row: changed(row, path, huge(old)) };
  }
  for (const other of [null, 'row', 7, [], {}, [row]]) yield { how: 'retyped', path: '', row: other };
}

type Path = readonly (string | number)[];

function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  for (const key of keys) {
    yield [...path, key];
    yield* pathsIn((value as Record<string | number, unknown>)[key], [...path, key]);
  }
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((v, key) => (v as Record<string | number, unknown>)[key], value);

function changed(row: unknown, path: Path, to: unknown): unknown {
  const copy: unknown = structuredClone(row);
  const parent = at(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const key = path.at(-1) ?? '';
  if (to !== undefined) parent[key] = to;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  return copy;
}

function otherTypes(value: unknown): readonly unknown[] {
  const all: readonly unknown[] = ['text', '', 12.5, -1, true, false, {}, [], { id: 'x' }, [null], ['text']];
  return all.filter((other) => kindOf(other) !== kindOf(value) || (typeof other === 'string' && other === ''));
}
const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);

function huge(value: unknown): unknown {
  if (typeof value === 'string') return value.padEnd(100_000, 'x');
  if (typeof value === 'number') return 1e308;
  if (typeof value === 'boolean') return 'true'.repeat(1_000);
  if (Array.isArray(value)) return Array.from({ length: 2_000 }, () => value[0] as unknown);
  return Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`field${String(n)}`, 'x']));
}
