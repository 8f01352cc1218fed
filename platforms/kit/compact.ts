type Gone<V> = null extends V ? true : undefined extends V ? true : false;
/** The object without its null and undefined fields, as a type. */
type Compact<T> = { [K in keyof T as Gone<T[K]> extends true ? never : K]: T[K] } & {
  [K in keyof T as Gone<T[K]> extends true ? K : never]?: Exclude<T[K], null | undefined>;
};

/** Drops what the vendor did not say: absent and null mean the same in its answers. */
export function compact<T extends object>(fields: T): Compact<T> {
  // Field by field: every row of every log comes by here, and lists of pairs cost five times as much.
  const said: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value: unknown = fields[name as keyof T];
    if (value !== undefined && value !== null) said[name] = value;
  }
  return said as Compact<T>;
}
