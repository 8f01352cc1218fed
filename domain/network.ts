import type { EvidenceEvent } from './evidence.js';

/**
 * Names of networks whose addresses are rented by the hour: nobody sits behind them, people come through them by a tunnel or not at all.
 * Words of the operators' own names as the registries give them.
 */
const HOSTING =
  /\b(?:hosting|host(?:er|inger)?|vps|virtual (?:private )?servers?|dedicated|data ?cent(?:er|re)s?|colo(?:cation)?|cloud|servers?|vpn|proxy|tor|m247|ovh|hetzner|digitalocean|linode|akamai connected cloud|vultr|choopa|leaseweb|contabo|scaleway|amazon(?:-02|-aes)?|aws|google-cloud|microsoft-azure|alibaba|tencent|datacamp|quadranet|psychz|frantech|buyvm|stark industries|aeza|hostwinds|namecheap|ionos cloud)\b/i;

/** The access came through rented machines, by the name of the network. */
export const isHosting = ({ asName }: Pick<EvidenceEvent, 'asName'>): boolean =>
  asName !== undefined && HOSTING.test(asName);

/** What stands for a place: an IPv6 home has one /64 and changes the rest daily. */
export function placeOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = '', tail = ''] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: ip.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0 }, () => '0');
  const groups = [...left, ...zeros, ...right].map((g) => g.replace(/^0+(?=.)/, ''));
  return `${groups.slice(0, 4).join(':')}::/64`;
}
