import ipaddr from 'ipaddr.js';

/** Whether an address lies in one of the networks (CIDRs). What is no address lies nowhere. */
export function isInside(ip: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  return networks.some((cidr) => {
    const range = ipaddr.parseCIDR(cidr);
    return address.kind() === range[0].kind() && address.match(range);
  });
}
