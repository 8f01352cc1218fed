import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import type { MicrosoftClient } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { sendOnce } from '../../writes.js';
import { write, type ActContext } from './act.js';

/** Kept in the list when nothing else is: Graph does not take an empty one. From the benchmarking block, RFC 2544. */
const SEED = '198.18.0.1/32';

const range = z.looseObject({ '@odata.type': z.string().nullish(), cidrAddress: z.string() });
const location = z.looseObject({
  '@odata.type': z.string().nullish(),
  id: z.string(),
  displayName: z.string().nullish(),
  isTrusted: z.boolean().nullish(),
  ipRanges: z.array(range).nullish(),
});
type Location = z.infer<typeof location>;
const policy = z.looseObject({
  state: z.string().nullish(),
  conditions: z
    .looseObject({ locations: z.looseObject({ includeLocations: z.array(z.string()).nullish() }).nullish() })
    .nullish(),
  grantControls: z.looseObject({ builtInControls: z.array(z.string()).nullish() }).nullish(),
});

/** Network of one address: `/32` or `/128`. */
function single(address: string): string {
  if (!ipaddr.isValid(address)) throw new QuellError('CONFIG', 'not an address');
  return isIPv6(address) ? `${address}/128` : `${address}/32`;
}

/** True when one of the tenant's trusted locations holds the address: then it is the organisation's own. */
export async function isTrustedAddress(
  client: MicrosoftClient,
  address: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const all = await client.all(OPERATIONS.namedLocations, { signal }, location);
  const ip = ipaddr.process(address);
  return all
    .filter((l) => l.isTrusted)
    .some((l) => (l.ipRanges ?? []).some(({ cidrAddress }) => inside(ip, cidrAddress)));
}

function inside(ip: ipaddr.IPv4 | ipaddr.IPv6, cidr: string): boolean {
  const net = ipaddr.parseCIDR(cidr);
  return ip.kind() === net[0].kind() && ip.match(net);
}

/**
 * One address in the Conditional Access location that a standing policy blocks. Graph replaces the whole list and has no
 * ETag, so this is read, merge, write, read back; calls must come from one writer per tenant (workflow `ip-blocks`).
 * Location and policy are set up once by an administrator (docs); without them nothing is blocked and this says so.
 */
export function blockIp(context: ActContext): ContainmentAct {
  const { client } = context;

  async function standing(signal: AbortSignal | undefined): Promise<Location> {
    const all = await client.all(OPERATIONS.namedLocations, { signal }, location);
    const found = all.find((l) => l.displayName === context.blockedLocation);
    if (!found) throw new QuellError('CONFIG', 'the Conditional Access location for blocked addresses does not exist');
    return found;
  }
  async function enforced(id: string, signal: AbortSignal | undefined): Promise<boolean> {
    const all = await client.all(OPERATIONS.accessPolicies, { signal }, policy);
    return all.some(
      (p) =>
        p.state === 'enabled' &&
        p.conditions?.locations?.includeLocations?.includes(id) &&
        p.grantControls?.builtInControls?.includes('block'),
    );
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
    const kept = (found.ipRanges ?? []).filter((r) => r.cidrAddress !== cidr);
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
    reversible: true,
    d3fend: 'D3-NTF',
    undo: 'The address is taken off the list; sign-ins from it are judged as before.',
    losses: '',
    recognised: 'The address is in the location for blocked addresses.',
    proof: 'The location is read back with the address, and an enabled policy blocks the location.',
    effectWithinSeconds: 900,
    capture: async (target, { signal } = {}) => (await read(target.id, signal)).state,
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const cidr = single(target.id);
      if (await isTrustedAddress(client, target.id, signal))
        throw new QuellError('PROTECTED', 'the address is in a trusted location');
      if (!(await enforced((await standing(signal)).id, signal)))
        throw new QuellError('CONFIG', 'no enabled Conditional Access policy blocks the location');
      const writes = await put(cidr, true, options);
      if (!has(await standing(signal), cidr))
        throw new QuellError('NOT_VERIFIED', 'the address is not in the list that was read back');
      return writes;
    },
    verify: (target, _, { signal } = {}) => read(target.id, signal),
    revert: (target, before, options = {}) =>
      before['listed'] === false ? put(single(target.id), false, options) : Promise.resolve([]),
  };
}

/** A location that was just listed is there: "1040, does not exist" then means that not all of Entra knows it yet. */
function notKnownYet(error: unknown): never {
  if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND')
    throw new QuellError('VENDOR_BUSY', error.detail, { retryAfterMs: 30_000 });
  throw error;
}

function has(found: Location, cidr: string): boolean {
  return (found.ipRanges ?? []).some((r) => r.cidrAddress === cidr);
}

function rangeOf(cidrAddress: string): z.infer<typeof range> {
  return {
    '@odata.type': cidrAddress.includes(':') ? '#microsoft.graph.iPv6CidrRange' : '#microsoft.graph.iPv4CidrRange',
    cidrAddress,
  };
}
