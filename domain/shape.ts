/**
 * Whether a value that came from outside is exactly of a type: own fields alone, none beyond them, every text and list bounded. A shape
 * looks and changes nothing, so that what was signed is what is checked; it never throws, whatever JSON it is given.
 */
export type Shape<T> = (value: unknown) => value is T;

/** Shapes of the fields of `T`: those that may be missing may be `optional`. */
type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Shape<T[K] | undefined> : Shape<T[K]>;
};

/** At most `max` characters. */
export const text =
  (max: number): Shape<string> =>
  (value): value is string =>
    typeof value === 'string' && value.length <= max;

const ID = /^[\w.:@-]{1,200}$/;
/** What names something of Quell's own, or a key: of no use for Markdown or a path. */
export const id: Shape<string> = (value): value is string => typeof value === 'string' && ID.test(value);

const INSTANT = /^2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
/** UTC with `Z`, and a time that there is. */
export const instant: Shape<string> = (value): value is string =>
  typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));

/** JSON holds no NaN, but `1e999` is read as infinite. */
export const number: Shape<number> = (value): value is number => Number.isFinite(value);
export const flag: Shape<boolean> = (value): value is boolean => typeof value === 'boolean';

export const oneOf =
  <const T extends string>(values: readonly T[]): Shape<T> =>
  (value): value is T =>
    values.some((v) => v === value);

export const either =
  <A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> =>
  (value): value is A | B =>
    a(value) || b(value);

export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || shape(value);

/** The length is looked at first: a list of millions is not read. */
export const list =
  <T>(shape: Shape<T>, max: number, min = 0): Shape<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.length >= min && value.length <= max && value.every((v) => shape(v));

export const object = <T extends object>(fields: Fields<T>): Shape<T> => {
  const shapes = Object.entries<Shape<unknown>>(fields);
  return (value): value is T =>
    isPlain(value) &&
    Object.keys(value).every((name) => Object.hasOwn(fields, name)) &&
    shapes.every(([name, shape]) => shape(own(value, name)));
};

/** Names that are not known beforehand, each an `id`. */
export const record =
  <T>(shape: Shape<T>, max: number): Shape<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isPlain(value) &&
    Object.keys(value).length <= max &&
    Object.entries(value).every(([k, v]) => isName(k) && shape(v));

/** An object of any form, small and shallow enough to be hashed: what vouches for it is its digest. */
export const anyObject =
  <T extends object>(maxNodes: number, maxDepth = 16): Shape<T> =>
  (value): value is T =>
    isPlain(value) && nodesOf(value, maxDepth, maxNodes) >= 0;

/** What is left of `nodes` when all of a value is counted; negative when it is too much or too deep. */
function nodesOf(value: unknown, depth: number, nodes: number): number {
  if (typeof value === 'number' && !Number.isFinite(value)) return -1;
  if (typeof value !== 'object' || value === null) return nodes - 1;
  let left = depth > 0 ? nodes - 1 : -1;
  for (const child of Object.values(value)) {
    if (left < 0) break;
    left = nodesOf(child, depth - 1, left);
  }
  return left;
}

const isName = (name: string): boolean => id(name) && name !== '__proto__';

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;
