import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { entraDevicesOf, isMachineId, readMachine } from '../devices.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

type Target = ResolvedTargetOf<'disable_device'>;

/** A device that is disabled in Entra vouches for nobody: its tokens are no longer renewed, and nobody signs in on it. */
export function disableDevice({ client }: ActContext): ContainmentAct<'disable_device'> {
  const find = async ({ deviceId }: Target, signal: AbortSignal | undefined) => {
    const entraId = isMachineId(deviceId) ? (await readMachine(client, deviceId, signal)).aadDeviceId : deviceId;
    if (!entraId) throw new QuellError('VENDOR_NOT_FOUND', 'device has no Entra id');
    return (await entraDevicesOf(client, entraId, signal))[0];
  };
  const read = async (target: Target, signal: AbortSignal | undefined): Promise<VendorState> => {
    const found = await find(target, signal);
    return { registered: found !== undefined, accountEnabled: found !== undefined && found.accountEnabled !== false };
  };
  const set = async (target: Target, accountEnabled: boolean, options: WriteOptions) => {
    const { signal } = options;
    const found = await find(target, signal);
    if (!found || (found.accountEnabled !== false) === accountEnabled) return [];
    return sendOnce(
      write(OPERATIONS.setDeviceEnabled, found.id),
      () => client.send(OPERATIONS.setDeviceEnabled, { path: { id: found.id }, body: { accountEnabled }, signal }),
      async () => (await read(target, signal))['accountEnabled'] === accountEnabled,
      options,
    );
  };
  return {
    kind: 'disable_device',
    reversible: true,
    undo: 'The device is enabled again.',
    losses: 'Nobody signs in on the device meanwhile.',
    recognised: 'The device is disabled in Entra, or no longer registered.',
    proof: 'accountEnabled of the device is read back as false, or Entra no longer has the device.',
    effectWithinSeconds: 3600, // its primary refresh token is no longer renewed
    capture: (target, { signal } = {}) => read(target, signal),
    apply: (target, _, options = {}) => set(target, false, options),
    verify: async (target, _, { signal } = {}) => {
      const state = await read(target, signal);
      return { holds: state['accountEnabled'] === false, state };
    },
    verifyUndone: async (target, before, { signal } = {}) => {
      const state = await read(target, signal);
      return { holds: before['accountEnabled'] !== state['accountEnabled'], state };
    },
    revert: async (target, before, options = {}) =>
      before['accountEnabled'] === true ? set(target, true, options) : [],
  };
}
