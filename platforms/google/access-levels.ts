import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { resourceName, type GoogleClient } from './client.js';
import { METHODS } from './methods.js';

const MAX_LEVELS = 1000;

/** What a level asks besides the address; in a negated condition any of it would let a listed address in again. */
const others = ['regions', 'members', 'devicePolicy', 'requiredAccessLevels', 'vpcNetworkSources'];
const condition = z.looseObject({ ipSubnetworks: z.array(z.string()).nullish(), negate: z.boolean().nullish() });
const level = z.looseObject({
  name: z.string(),
  basic: z.looseObject({ combiningFunction: z.string().nullish(), conditions: z.array(condition).nullish() }).nullish(),
});
export type Condition = z.infer<typeof condition>;
export type Level = z.infer<typeof level>;

/** True when a level of the same policy lets a range in that holds the address: then it is the organisation's own. */
export async function isTrustedAddress(
  client: GoogleClient,
  levelName: string,
  address: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const ip = ipaddr.process(address);
  const levels = await levelsOf(client, levelName, signal);
  return levels
    .flatMap((l) => l.basic?.conditions ?? [])
    .filter((c) => c.negate !== true)
    .some((c) => (c.ipSubnetworks ?? []).some((range) => holds(range, ip)));
}

/** Every level of the policy that a level is of. */
export async function levelsOf(
  client: GoogleClient,
  levelName: string,
  signal?: AbortSignal,
): Promise<readonly Level[]> {
  const parent = resourceName(levelName).split('/').slice(0, 2).join('/');
  const found: Level[] = [];
  let next: string | undefined;
  do {
    const pageToken = next;
    const page = await client.call(
      METHODS.accessLevels,
      'app',
      (accesscontextmanager, o) =>
        accesscontextmanager.accessPolicies.accessLevels.list(
          { parent, pageSize: 100, ...(pageToken === undefined ? {} : { pageToken }) },
          o,
        ),
      z.looseObject({ accessLevels: z.array(level).nullish(), nextPageToken: z.string().nullish() }),
      signal,
    );
    found.push(...(page.accessLevels ?? []));
    next = page.nextPageToken || undefined;
    if (found.length > MAX_LEVELS) throw new QuellError('VENDOR_REPLY', 'paging does not end');
  } while (next !== undefined);
  return found;
}

/** A condition that keeps out whoever comes from its ranges, whatever else is true of them. */
export function isDenyList(c: Condition): boolean {
  const asked = (key: string): boolean => {
    const value = c[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
  };
  return c.negate === true && (c.ipSubnetworks ?? []).length > 0 && !others.some(asked);
}

/** Whether a condition holds that very range. */
export const lists = (c: Condition, cidr: string): boolean =>
  (c.ipSubnetworks ?? []).some((range) => sameRange(range, cidr));

/** IPv6 is written in several ways; ranges are compared by value. */
export function sameRange(a: string, b: string): boolean {
  if (!ipaddr.isValidCIDR(a)) return false;
  const [x, y] = [ipaddr.parseCIDR(a), ipaddr.parseCIDR(b)];
  return x[1] === y[1] && x[0].kind() === y[0].kind() && x[0].toString() === y[0].toString();
}

function holds(range: string, ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (!ipaddr.isValidCIDR(range)) return false;
  const net = ipaddr.parseCIDR(range);
  return ip.kind() === net[0].kind() && ip.match(net);
}
