type Gone<V> = null extends V ? true : undefined extends V ? true : false;
/** The object without its null and undefined fields, as a type. */
type Compact<T> = { [K in keyof T as Gone<T[K]> extends true ? never : K]: T[K] } & {
  [K in keyof T as Gone<T[K]> extends true ? K : never]?: Exclude<T[K], null | undefined>;
};

/** Drops what the vendor did not say: absent and null mean the same in its answers. */
export function compact<T extends object>(fields: T): Compact<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined && v !== null)) as Compact<T>;
}
