import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../writes.js';
import { resourceName, type GoogleClient } from '../client.js';
import { METHODS } from '../methods.js';
import { write, type ActContext } from './act.js';

/** Kept in the list when nothing else is: a negated condition without ranges would keep everybody out. From the benchmarking block, RFC 2544. */
const SEED = '198.18.0.1/32';
const MAX_LEVELS = 1000;

/** What a level asks besides the address; in a negated condition any of it would let a listed address in again. */
const others = ['regions', 'members', 'devicePolicy', 'requiredAccessLevels', 'vpcNetworkSources'];
const condition = z.looseObject({ ipSubnetworks: z.array(z.string()).nullish(), negate: z.boolean().nullish() });
const level = z.looseObject({
  name: z.string(),
  basic: z.looseObject({ combiningFunction: z.string().nullish(), conditions: z.array(condition).nullish() }).nullish(),
});
type Condition = z.infer<typeof condition>;
type Level = z.infer<typeof level>;
const operation = z.looseObject({ error: z.looseObject({ code: z.number().nullish() }).nullish() });
/** google.rpc.Code: another change of the policy was under way. */
const ABORTED = 10;

/**
 * One address on the deny list: an access level that a standing Context-Aware Access rule asks of everybody. An
 * administrator makes the level (one negated condition of ranges) and assigns it to Chat, Gmail and Drive once, in the
 * Admin console; there is no API for the assignment. A level has no etag, so it is read, merged, written and read back,
 * and calls must come from one writer per tenant.
 * `levelName`: `accessPolicies/{number}/accessLevels/{name}`.
 */
export function blockIp({ client }: ActContext, levelName: string): ContainmentAct {
  const name = resourceName(levelName);

  async function read(signal: AbortSignal | undefined): Promise<{ readonly level: Level; readonly deny: Condition }> {
    const found = (await levelsOf(client, name, signal)).find((l) => l.name === name);
    if (!found) throw new QuellError('CONFIG', 'the access level for blocked addresses does not exist');
    const conditions = found.basic?.conditions ?? [];
    const deny = conditions.find(isDenyList);
    // Where one of several conditions is enough, a listed address comes in by another.
    if (!deny || (conditions.length > 1 && found.basic?.combiningFunction === 'OR'))
      throw new QuellError('CONFIG', 'the access level for blocked addresses is not a deny list');
    return { level: found, deny };
  }
  async function state(address: string, signal: AbortSignal | undefined): Promise<VendorState> {
    return { listed: lists((await read(signal)).deny, single(address)) };
  }
  async function put(cidr: string, present: boolean, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const { level: now, deny } = await read(signal);
    if (lists(deny, cidr) === present) return [];
    const kept = (deny.ipSubnetworks ?? []).filter((range) => !sameRange(range, cidr));
    const ipSubnetworks = present ? [...kept, cidr] : kept.length > 0 ? kept : [SEED];
    const conditions = (now.basic?.conditions ?? []).map((c) => (c === deny ? { ...deny, ipSubnetworks } : c));
    const requestBody = { basic: { ...now.basic, conditions } } as object;
    const send = async (): Promise<void> => {
      const answer = await client.call(
        METHODS.setAccessLevel,
        'app',
        (accesscontextmanager, o) =>
          accesscontextmanager.accessPolicies.accessLevels.patch({ name, updateMask: 'basic', requestBody }, o),
        operation,
        signal,
      );
      if (answer.error)
        throw new QuellError(
          answer.error.code === ABORTED ? 'VENDOR_DOWN' : 'VENDOR_REFUSED',
          `${METHODS.setAccessLevel.name}: the operation failed`,
        );
    };
    return sendOnce(
      write(METHODS.setAccessLevel, name),
      send,
      async () => lists((await read(signal)).deny, cidr) === present,
      options,
    );
  }

  return {
    kind: 'block_ip',
    reversible: true,
    d3fend: 'D3-NTF',
    undo: 'The address is taken off the list; access from it is judged as before.',
    losses: '',
    recognised: 'The address is on the list of the access level already.',
    proof: 'The access level read back; that apps ask for it is checked in the Admin console.',
    effectWithinSeconds: 900,
    capture: (target, { signal } = {}) => state(target.id, signal),
    apply: async (target, _, options = {}) => {
      const cidr = single(target.id);
      if (await isTrustedAddress(client, name, target.id, options.signal))
        throw new QuellError('PROTECTED', 'the address is in a range that an access level trusts');
      return put(cidr, true, options);
    },
    verify: async (target, _, { signal } = {}) => {
      const now = await state(target.id, signal);
      return { holds: now['listed'] === true, state: now };
    },
    revert: (target, before, options = {}) =>
      before['listed'] === false ? put(single(target.id), false, options) : Promise.resolve([]),
  };
}

/** True when a level of the same policy lets a range in that holds the address: then it is the organisation's own. */
export async function isTrustedAddress(
  client: GoogleClient,
  levelName: string,
  address: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const ip = ipaddr.process(parsed(address).toString());
  const levels = await levelsOf(client, levelName, signal);
  return levels
    .flatMap((l) => l.basic?.conditions ?? [])
    .filter((c) => c.negate !== true)
    .some((c) => (c.ipSubnetworks ?? []).some((range) => holds(range, ip)));
}

async function levelsOf(client: GoogleClient, levelName: string, signal?: AbortSignal): Promise<readonly Level[]> {
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

function isDenyList(c: Condition): boolean {
  const asked = (key: string): boolean => {
    const value = c[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
  };
  return c.negate === true && (c.ipSubnetworks ?? []).length > 0 && !others.some(asked);
}

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!ipaddr.isValid(address)) throw new QuellError('CONFIG', 'not an address');
  return ipaddr.process(address);
}

/** Network of one address: `/32` or `/128`. */
function single(address: string): string {
  const ip = parsed(address);
  return `${ip.toString()}/${ip.kind() === 'ipv6' ? '128' : '32'}`;
}

const lists = (c: Condition, cidr: string): boolean => (c.ipSubnetworks ?? []).some((range) => sameRange(range, cidr));

/** IPv6 is written in several ways; ranges are compared by value. */
function sameRange(a: string, b: string): boolean {
  if (!ipaddr.isValidCIDR(a)) return false;
  const [x, y] = [ipaddr.parseCIDR(a), ipaddr.parseCIDR(b)];
  return x[1] === y[1] && x[0].kind() === y[0].kind() && x[0].toString() === y[0].toString();
}

function holds(range: string, ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (!ipaddr.isValidCIDR(range)) return false;
  const net = ipaddr.parseCIDR(range);
  return ip.kind() === net[0].kind() && ip.match(net);
}
