import ipaddr from 'ipaddr.js';
import type { AddressTarget } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { wideReadingOf } from '../../kit/reading.js';
import { isTrustedAddress } from '../named-locations.js';
import type { ReadContext } from './accounts.js';

/** One address in its one spelling; IPv4 inside IPv6 is IPv4. Undefined for networks, addresses of one link, short and octal forms. */
function canonical(text: string): string | undefined {
  if (text.includes('%')) return undefined;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return isAddress ? ipaddr.process(text).toString() : undefined;
}

/** Nobody knows who is behind an address. Locations are a part of Conditional Access: without it there is no trusted one. */
export const addressResolver =
  (context: ReadContext) =>
  async ({ address }: AddressTarget, { signal }: CallOptions): Promise<readonly TargetReading<'address'>[]> => {
    const found = canonical(address);
    if (found === undefined) return [];
    const isTrusted = context.has.entraP1 && (await isTrustedAddress(context.client, found, signal));
    return [wideReadingOf<'address'>({ type: 'address', address: found }, [], isTrusted ? ['unknown'] : [])];
  };
