import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';
import { resourceName } from '../client.js';
import { METHODS } from '../methods.js';
import { allPages } from '../pages.js';
import { readUser } from '../people.js';

type Target = ResolvedTargetOf<'block_devices'>;

const text = z.string().nullish();
export const deviceUser = z.looseObject({ name: z.string(), userEmail: text, managementState: text });
type DeviceUser = z.infer<typeof deviceUser>;
const operation = z.looseObject({ error: z.looseObject({ code: z.number().nullish() }).nullish() });
/** `customers/{id}` is for resellers who look after another organisation. */
const customer = 'customers/my_customer';

/** States in which the account no longer gets at anything from the device. Source: Cloud Identity API, ManagementState. */
const CUT_OFF = ['BLOCKED', 'WIPING', 'WIPED', 'UNENROLLED'];
const APPROVED = 'APPROVED';

/**
 * Blocks the account on every phone, tablet and computer that Google knows it from. The device itself and its other
 * accounts are left alone: `deviceUsers.block` and not the older `mobiledevices.action`, which knows phones only.
 */
export function blockDevices(context: ActContext): ContainmentAct<'block_devices'> {
  const { client } = context;

  async function read({ accountId }: Target, signal: AbortSignal | undefined): Promise<readonly DeviceUser[]> {
    const { primaryEmail } = await readUser(client, accountId, signal);
    const found = await allPages(async (pageToken) => {
      const page = await client.call(
        METHODS.deviceUsers,
        'admin',
        (cloudidentity, o) =>
          cloudidentity.devices.deviceUsers.list(
            { parent: 'devices/-', customer, filter: `email:${primaryEmail}`, pageSize: 20, ...pageToken },
            o,
          ),
        z.looseObject({ deviceUsers: z.array(deviceUser).nullish(), nextPageToken: text }),
        signal,
      );
      return { rows: page.deviceUsers, next: page.nextPageToken };
    });
    // The search is by words, not by equality.
    return found.filter((d) => d.userEmail?.toLowerCase() === primaryEmail.toLowerCase());
  }

  async function set(target: Target, name: string, block: boolean, options: WriteOptions) {
    const { signal } = options;
    const method = block ? METHODS.blockDevice : METHODS.approveDevice;
    const send = async (): Promise<void> => {
      const request = { name: resourceName(name), requestBody: { customer } };
      const { error } = await client.call(
        method,
        'admin',
        ({ devices: { deviceUsers } }, o) => (block ? deviceUsers.block(request, o) : deviceUsers.approve(request, o)),
        operation,
        signal,
      );
      if (error) throw new QuellError('VENDOR_REFUSED', `${method.name}: the operation failed`);
    };
    const took = async (): Promise<boolean> =>
      (await read(target, signal)).some((d) => d.name === name && isCutOff(d) === block);
    return sendOnce(write(method, name), send, took, options);
  }

  return {
    kind: 'block_devices',
    reversible: true,
    undo: 'The devices that were approved before are approved again.',
    losses: 'A device that was waiting for approval stays blocked until an administrator approves it.',
    recognised: 'Every device of the account is blocked, wiped or no longer enrolled.',
    proof: 'The state of each device of the account, read from the list of devices.',
    effectWithinSeconds: 900,
    capture: async (target, { signal } = {}) => stateOf(await read(target, signal)),
    apply: async (target, _, options = {}) => {
      const writes: VendorWrite[] = [];
      for (const device of await read(target, options.signal))
        if (!isCutOff(device)) writes.push(...(await set(target, device.name, true, options)));
      return writes;
    },
    verify: async (target, _, { signal } = {}) => {
      const found = await read(target, signal);
      return { holds: found.every(isCutOff), state: stateOf(found) };
    },
    revert: async (target, before, options = {}) => {
      const approved = String(before['approved'] ?? '').split(' ');
      const writes: VendorWrite[] = [];
      for (const device of await read(target, options.signal))
        if (approved.includes(device.name) && device.managementState === 'BLOCKED')
          writes.push(...(await set(target, device.name, false, options)));
      return writes;
    },
  };
}

const isCutOff = ({ managementState }: DeviceUser): boolean => CUT_OFF.includes(managementState ?? '');

/** `approved` names the devices to go back to, parted by spaces. */
const stateOf = (found: readonly DeviceUser[]): VendorState => ({
  devices: found.length,
  blocked: found.filter(isCutOff).length,
  approved: found
    .filter((d) => d.managementState === APPROVED)
    .map((d) => d.name)
    .join(' '),
});
