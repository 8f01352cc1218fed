import ipaddr from 'ipaddr.js';
import type { TargetOf } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { wideReadingOf } from '../../reading.js';
import { isTrustedAddress } from '../access-levels.js';
import type { ActContext } from '../act-context.js';

/** One address in its one spelling; an IPv4 address that is written as IPv6 is the IPv4 address. Ranges, zones and short forms are none. */
function canonical(address: string): string | undefined {
  const plain = ipaddr.IPv4.isValidFourPartDecimal(address) || (ipaddr.IPv6.isValid(address) && !address.includes('%'));
  return plain ? ipaddr.process(address).toString() : undefined;
}

/** An address; everybody who comes from it is hit. One that an access level lets in is the organisation's own. */
export const addressResolver =
  ({ client }: ActContext, levelName: string) =>
  async ({ address }: TargetOf<'address'>, { signal }: CallOptions): Promise<readonly TargetReading<'address'>[]> => {
    const one = canonical(address);
    if (one === undefined) return [];
    const trusted = await isTrustedAddress(client, levelName, one, signal);
    return [wideReadingOf<'address'>({ type: 'address', address: one }, [], trusted ? ['unknown'] : [])];
  };
