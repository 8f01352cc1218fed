import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { isMachineId, readMachine } from '../devices.js';
import { findManagedDevice, resultOf, type ManagedDevice } from '../managed-device.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

/** Takes the organisation's data and accounts off a managed device; what is private on it stays. */
export function retireDevice({ client }: ActContext): ContainmentAct<'retire_device'> {
  const find = async (
    { deviceId }: ResolvedTargetOf<'retire_device'>,
    signal: AbortSignal | undefined,
  ): Promise<ManagedDevice | undefined> => {
    const entraId = isMachineId(deviceId) ? (await readMachine(client, deviceId, signal)).aadDeviceId : deviceId;
    if (!entraId) throw new QuellError('VENDOR_NOT_FOUND', 'device has no Entra id');
    return findManagedDevice(client, entraId, signal);
  };
  const isRetiring = (device: ManagedDevice): boolean =>
    resultOf(device, 'retire') !== undefined || /^retire(Pending|Issued)$/i.test(device.managementState ?? '');
  const state = (device: ManagedDevice | undefined): VendorState => ({
    managed: device !== undefined,
    retire: (device && resultOf(device, 'retire')?.actionState) ?? 'none',
  });
  return {
    kind: 'retire_device',
    reversible: false,
    undo: 'The person enrols the device again.',
    losses: 'The data, mail and apps of the organisation on the device.',
    recognised: 'Intune has a retirement of the device under way, or does not manage it (any more).',
    proof: 'Intune says that the retirement is done, or no longer manages the device.',
    effectWithinSeconds: 8 * 3600, // when the device next reports in
    capture: async (target, { signal } = {}) => state(await find(target, signal)),
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const device = await find(target, signal);
      if (!device || isRetiring(device)) return [];
      const took = async (): Promise<boolean> => {
        const now = await find(target, signal);
        return now === undefined || isRetiring(now);
      };
      const send = (): Promise<void> =>
        client.send(OPERATIONS.retireDevice, { path: { id: device.id }, body: {}, signal });
      return sendOnce(write(OPERATIONS.retireDevice, device.id), send, took, options);
    },
    verify: async (target, _, { signal } = {}) => {
      const device = await find(target, signal);
      return { holds: !device || resultOf(device, 'retire')?.actionState === 'done', state: state(device) };
    },
  };
}
