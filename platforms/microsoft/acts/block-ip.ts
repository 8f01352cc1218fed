import { z } from 'zod';
import { networkOf } from '../../../domain/address.js';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { maybe, readRows, someList, someText } from '../../kit/rows.js';
import { sendOnce } from '../../kit/writes.js';
import { namedLocations, type AddressRange, type NamedLocation } from '../named-locations.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

/** Kept in the list when nothing else is: Graph does not take an empty one. From the benchmarking block, RFC 2544. */
const SEED = '198.18.0.1/32';

const names = someList(z.string());
const policy = z.looseObject({
  state: someText,
  conditions: z.looseObject({
    users: z.looseObject({ includeUsers: names }),
    applications: z.looseObject({ includeApplications: names }),
    locations: z.looseObject({ includeLocations: names, excludeLocations: names }),
    clientAppTypes: names,
    platforms: maybe(z.looseObject({ includePlatforms: names })),
    devices: maybe(z.looseObject({})),
    userRiskLevels: names,
    signInRiskLevels: names,
  }),
  grantControls: z.looseObject({ builtInControls: names }),
});
type Policy = z.infer<typeof policy>;

/** The policy of the installation guide: it blocks the location for everybody, everywhere and without another condition. One that asks for more blocks less. */
function blocks({ state, conditions, grantControls }: Policy, location: string): boolean {
  const { users, applications, locations, clientAppTypes, platforms, devices } = conditions;
  return (
    state === 'enabled' &&
    grantControls.builtInControls.includes('block') &&
    locations.includeLocations.includes(location) &&
    !locations.excludeLocations.includes(location) &&
    users.includeUsers.includes('All') &&
    applications.includeApplications.includes('All') &&
    (clientAppTypes.length === 0 || clientAppTypes.includes('all')) &&
    (platforms === undefined || platforms.includePlatforms.includes('all')) &&
    devices === undefined &&
    conditions.userRiskLevels.length === 0 &&
    conditions.signInRiskLevels.length === 0
  );
}

/** Network of one address: `/32` or `/128`. */
function single(address: string): string {
  const network = networkOf(address);
  if (network === undefined) throw new QuellError('CONFIG', 'no address');
  return network;
}

/**
 * One address in the Conditional Access location that a standing policy blocks. Graph replaces the whole list and has no
 * ETag, so this is read, merge, write, read back, one writer at a time.
 * Location and policy are set up once by an administrator (docs); without them nothing is blocked and this says so.
 */
export function blockIp({ client, blockedLocation }: ActContext): ContainmentAct<'block_ip'> {
  async function standing(signal: AbortSignal | undefined): Promise<NamedLocation> {
    const [found, ...others] = (await namedLocations(client, signal)).filter((l) => l.displayName === blockedLocation);
    if (!found) throw new QuellError('CONFIG', 'the Conditional Access location for blocked addresses does not exist');
    if (others.length > 0 || found.isTrusted === true)
      throw new QuellError(
        'CONFIG',
        'the Conditional Access location for blocked addresses is not the only one of its name, or is trusted',
      );
    return found;
  }
  async function enforced(id: string, signal: AbortSignal | undefined): Promise<boolean> {
    // Policies of another form are others: only one that is read as the guide's counts.
    const all = await client.all(OPERATIONS.accessPolicies, { signal }, z.unknown());
    return readRows(all, policy).values.some((p) => blocks(p, id));
  }
  async function read(
    address: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly holds: boolean; readonly state: VendorState }> {
    const found = await standing(signal);
    const listed = has(found, single(address));
    const policyEnabled = await enforced(found.id, signal);
    return { holds: listed && policyEnabled, state: { listed, policyEnabled } };
  }
  async function put(cidr: string, present: boolean, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const found = await standing(signal);
    if (has(found, cidr) === present) return [];
    const kept = (found.ipRanges ?? []).filter((r) => networkOf(r.cidrAddress) !== cidr);
    const merged = present ? [...kept, rangeOf(cidr)] : kept.length > 0 ? kept : [rangeOf(SEED)];
    const body = {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: found.displayName,
      isTrusted: false,
      ipRanges: merged,
    };
    return sendOnce(
      write(OPERATIONS.setNamedLocation, found.id),
      () => client.send(OPERATIONS.setNamedLocation, { path: { id: found.id }, body, signal }).catch(notKnownYet),
      async () => has(await standing(signal), cidr) === present,
      options,
    );
  }

  return {
    kind: 'block_ip',
    oneAtATime: 'the location of blocked addresses',
    reversible: true,
    undo: 'The address is taken off the list; sign-ins from it are judged as before.',
    losses: '',
    recognised: 'The address is in the location for blocked addresses.',
    proof: 'The location is read back with the address, and an enabled policy blocks the location.',
    effectWithinSeconds: 900,
    capture: async ({ address }, { signal } = {}) => (await read(address, signal)).state,
    apply: async ({ address }, _, options = {}) => {
      const { signal } = options;
      const cidr = single(address);
      if (!(await enforced((await standing(signal)).id, signal)))
        throw new QuellError('CONFIG', 'no enabled Conditional Access policy blocks the location');
      const writes = await put(cidr, true, options);
      if (!has(await standing(signal), cidr))
        throw new QuellError('NOT_VERIFIED', 'the address is not in the list that was read back');
      return writes;
    },
    verify: ({ address }, _, { signal } = {}) => read(address, signal),
    revert: ({ address }, before, options = {}) =>
      before['listed'] === false ? put(single(address), false, options) : Promise.resolve([]),
  };
}

/** A location that was just listed is there: "1040, does not exist" then means that not all of Entra knows it yet. */
function notKnownYet(error: unknown): never {
  if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND')
    throw new QuellError('VENDOR_BUSY', error.detail, { retryAfterMs: 30_000 });
  throw error;
}

function has(found: NamedLocation, cidr: string): boolean {
  return (found.ipRanges ?? []).some((r) => networkOf(r.cidrAddress) === cidr);
}

function rangeOf(cidrAddress: string): AddressRange {
  return {
    '@odata.type': cidrAddress.includes(':') ? '#microsoft.graph.iPv6CidrRange' : '#microsoft.graph.iPv4CidrRange',
    cidrAddress,
  };
}
