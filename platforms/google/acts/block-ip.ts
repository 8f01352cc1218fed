import { z } from 'zod';
import { addressOf, networkOf } from '../../../domain/address.js';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import {
  isDenyList,
  isTrustedAddress,
  levelsOf,
  lists,
  sameRange,
  type Condition,
  type Level,
} from '../access-levels.js';
import { write, type ActContext } from '../act-context.js';
import { resourceName } from '../client.js';
import { METHODS } from '../methods.js';

/** Kept in the list when nothing else is: a negated condition without ranges would keep everybody out. From the benchmarking block, RFC 2544. */
const SEED = '198.18.0.1/32';

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
export function blockIp({ client }: ActContext, levelName: string): ContainmentAct<'block_ip'> {
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
    undo: 'The address is taken off the list; access from it is judged as before.',
    losses: '',
    recognised: 'The address is on the list of the access level already.',
    proof: 'The access level read back; that apps ask for it is checked in the Admin console.',
    effectWithinSeconds: 900,
    oneAtATime: name,
    capture: ({ address }, { signal } = {}) => state(address, signal),
    apply: async ({ address }, _, options = {}) => {
      if (await isTrustedAddress(client, name, address, options.signal))
        throw new QuellError('PROTECTED', 'the address is in a range that an access level trusts');
      return put(single(address), true, options);
    },
    verify: async ({ address }, _, { signal } = {}) => {
      const now = await state(address, signal);
      return { holds: now['listed'] === true, state: now };
    },
    revert: ({ address }, before, options = {}) =>
      before['listed'] === false ? put(single(address), false, options) : Promise.resolve([]),
  };
}

/** Network of one address: `/32`, or `/128` of an address that is no IPv4 address in another dress. */
function single(address: string): string {
  const one = addressOf(address);
  const network = one === undefined ? undefined : networkOf(one);
  if (network === undefined) throw new QuellError('CONFIG', 'not an address');
  return network;
}
