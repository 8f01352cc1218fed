import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';

const range = z.looseObject({ '@odata.type': z.string().nullish(), cidrAddress: z.string() });
export type AddressRange = z.infer<typeof range>;
const location = z.looseObject({
  '@odata.type': z.string().nullish(),
  id: z.string(),
  displayName: z.string().nullish(),
  isTrusted: z.boolean().nullish(),
  ipRanges: z.array(range).nullish(),
});
export type NamedLocation = z.infer<typeof location>;

/** Locations of Conditional Access. */
export const namedLocations = (
  client: MicrosoftClient,
  signal: AbortSignal | undefined,
): Promise<readonly NamedLocation[]> => client.all(OPERATIONS.namedLocations, { signal }, location);

/** True when one of the tenant's trusted locations holds the address: then it is the organisation's own. */
export async function isTrustedAddress(
  client: MicrosoftClient,
  address: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const ip = ipaddr.process(address);
  return (await namedLocations(client, signal))
    .filter((l) => l.isTrusted)
    .some((l) => (l.ipRanges ?? []).some(({ cidrAddress }) => inside(ip, cidrAddress)));
}

function inside(ip: ipaddr.IPv4 | ipaddr.IPv6, cidr: string): boolean {
  const net = ipaddr.parseCIDR(cidr);
  return ip.kind() === net[0].kind() && ip.match(net);
}
