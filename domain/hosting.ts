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
