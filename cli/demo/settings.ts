import type { World } from '../../simulator/core/world.js';

type Map = Readonly<Record<string, unknown>>;

/** Settings over others: maps are joined at every depth, lists of tenants by platform, everything else is replaced. */
export function mergeSettings(base: unknown, over: unknown): unknown {
  if (isMap(base) && isMap(over))
    return Object.fromEntries(
      [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [
        key,
        key in over ? mergeSettings(base[key], over[key]) : base[key],
      ]),
    );
  if (areTenants(base) && areTenants(over)) {
    const known = base.map((tenant) =>
      mergeSettings(
        tenant,
        over.find((o) => o.platform === tenant.platform),
      ),
    );
    return [...known, ...over.filter((o) => !base.some((tenant) => tenant.platform === o.platform))];
  }
  return over === undefined ? base : over;
}

/** References of a scenario's settings in full: in a list `@key` is all native ids of a person, elsewhere that of the first account. */
export function referencesIn(world: World, value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap<unknown>((v: unknown) => idsOf(world, v) ?? [referencesIn(world, v)]);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, referencesIn(world, v)]));
  return idsOf(world, value)?.[0] ?? world.resolve('microsoft', value);
}

function idsOf(world: World, value: unknown): readonly string[] | undefined {
  const key = typeof value === 'string' ? /^@([a-z0-9_-]+)$/.exec(value)?.[1] : undefined;
  if (key === undefined) return undefined;
  return (world.scenario.people[key]?.accounts ?? []).map((platform) => world.nativeId(platform, key));
}

const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);
const areTenants = (value: unknown): value is readonly { readonly platform: string }[] =>
  Array.isArray(value) && value.length > 0 && value.every((v) => isMap(v) && typeof v['platform'] === 'string');
