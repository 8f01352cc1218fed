import ipaddr from 'ipaddr.js';
import { QuellError } from '../../domain/errors.js';

/** Documentation networks (RFC 5737, RFC 3849): no real traffic, so that blocking them harms nobody; tests and demo use them. */
const DOCUMENTATION = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map((c) =>
  ipaddr.parseCIDR(c),
);

/** Throws PROTECTED unless `ip` is one public address outside `never` (CIDRs). IPv4 inside IPv6 counts as IPv4. */
export function assertBlockable(ip: string, never: readonly string[]): void {
  if (!ipaddr.isValid(ip)) throw new QuellError('PROTECTED', 'not an address');
  const address = ipaddr.process(ip);
  const inside = (range: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean =>
    address.kind() === range[0].kind() && address.match(range);
  if (address.range() !== 'unicast' && !DOCUMENTATION.some(inside))
    throw new QuellError('PROTECTED', `${address.range()} address`);
  if (never.some((cidr) => inside(ipaddr.parseCIDR(cidr))))
    throw new QuellError('PROTECTED', 'own, trusted or vendor address');
}
