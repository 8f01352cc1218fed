/**
 * A drive makes the product call one vendor operation at a simulated tenant, with the vendor's real SDK: an adapter's
 * client, source, act or talk, never a hand-made request. It fails when the call fails.
 */
export type Drive<Tenant> = (tenant: Tenant) => Promise<unknown>;

/**
 * Of every operation of a vendor's table, by its key there. `Tenant` is the one of `test/platforms/<vendor>/fixture.ts`; each drive gets a
 * fresh one, filled as `test/conformance/<vendor>-tenant.ts` says.
 */
export type Drives<Operation extends string, Tenant> = Readonly<Record<Operation, Drive<Tenant>>>;
