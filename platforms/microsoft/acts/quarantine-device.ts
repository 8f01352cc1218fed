import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { quoted } from '../client.js';
import { isMachineId } from '../devices.js';
import { findManagedDevice, type ManagedDevice } from '../managed-device.js';
import { OPERATIONS, type MicrosoftOperation } from '../operations.js';
import { write, type ActContext } from './act.js';
import { lockDevice, lockOf } from './lock.js';

const machineAction = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  machineId: z.string(),
  creationDateTimeUtc: z.string(),
});
type MachineAction = z.infer<typeof machineAction>;

const ALIVE = new Set(['Pending', 'InProgress', 'Succeeded']);

/** Where a device can be reached: isolated by Defender, or else locked by Intune. */
type Place = { readonly machineId: string } | { readonly entraId: string; readonly device: ManagedDevice };

/**
 * Defender isolation. Asking twice can leave a second action that isolates again later, so a live one is adopted, never repeated.
 * A device that Defender does not know is locked by Intune: its network stays, but nobody works on it without its code.
 */
export function quarantineDevice({ client, has }: ActContext): ContainmentAct<'quarantine_device'> {
  /** A resolved device has Defender's id where Defender knows it. */
  async function placeOf(
    { deviceId }: ResolvedTargetOf<'quarantine_device'>,
    signal: AbortSignal | undefined,
  ): Promise<Place> {
    if (isMachineId(deviceId)) return { machineId: deviceId };
    const device = has.intune ? await findManagedDevice(client, deviceId, signal) : undefined;
    if (!device) throw new QuellError('VENDOR_NOT_FOUND', 'device');
    return { entraId: deviceId, device };
  }
  /** The latest isolation or release that is not dead; Defender says nothing else about the state. */
  async function latest(id: string, signal: AbortSignal | undefined): Promise<MachineAction | undefined> {
    const query = { $filter: `machineId eq ${quoted(id)}` };
    const rows = await client.all(OPERATIONS.machineActions, { query, signal }, machineAction);
    return rows
      .filter((a) => a.machineId === id && (a.type === 'Isolate' || a.type === 'Unisolate') && ALIVE.has(a.status))
      .sort((a, b) => Date.parse(b.creationDateTimeUtc) - Date.parse(a.creationDateTimeUtc))[0];
  }
  async function ask(
    operation: MicrosoftOperation,
    wanted: 'Isolate' | 'Unisolate',
    id: string,
    body: object,
    options: WriteOptions,
  ): Promise<readonly VendorWrite[]> {
    const send = (): Promise<void> => client.send(operation, { path: { id }, body, signal: options.signal });
    const there = async (): Promise<boolean> => (await latest(id, options.signal))?.type === wanted;
    try {
      return await sendOnce(write(operation, id), send, there, options);
    } catch (error) {
      // 400 "already in progress": somebody else's action of the same kind is adopted.
      if (error instanceof QuellError && error.code === 'VENDOR_REFUSED' && (await there().catch(() => false)))
        return [];
      throw error;
    }
  }
  const isolation = (action: MachineAction | undefined): VendorState => ({
    lastAction: action?.type ?? 'none',
    status: action?.status ?? 'none',
  });
  const lock = (device: ManagedDevice, since: string): VendorState => ({
    lock: lockOf(device, since)?.actionState ?? 'none',
  });

  return {
    kind: 'quarantine_device',
    reversible: true,
    undo: has.intune
      ? 'The device is released from isolation; one that was locked is unlocked with its code.'
      : 'The device is released from isolation.',
    losses: 'Work over the network on that device meanwhile.',
    recognised: has.intune
      ? 'Defender has an isolation of the device that is pending, running or done; or Intune a lock asked for since the step began.'
      : 'Defender has an isolation of the device that is pending, running or done.',
    proof: has.intune
      ? 'The latest action of Defender on the device is an isolation that succeeded; or Intune says that the lock is done.'
      : 'The latest action of Defender on the device is an isolation that succeeded.',
    effectWithinSeconds: 3600,
    capture: async (target, { signal } = {}) => {
      const place = await placeOf(target, signal);
      return 'machineId' in place
        ? isolation(await latest(place.machineId, signal))
        : lock(place.device, new Date().toISOString());
    },
    apply: async (target, { since, idempotencyKey }, options = {}) => {
      const { signal } = options;
      const place = await placeOf(target, signal);
      if (!('machineId' in place)) return lockDevice(client, place.entraId, place.device, since, options);
      const { machineId } = place;
      if ((await latest(machineId, signal))?.type === 'Isolate') return [];
      const body = { Comment: `Quell ${idempotencyKey}`, IsolationType: 'Full' };
      return ask(OPERATIONS.isolate, 'Isolate', machineId, body, options);
    },
    verify: async (target, { since }, { signal } = {}) => {
      const place = await placeOf(target, signal);
      if (!('machineId' in place))
        return { holds: lockOf(place.device, since)?.actionState === 'done', state: lock(place.device, since) };
      const action = await latest(place.machineId, signal);
      return { holds: action?.type === 'Isolate' && action.status === 'Succeeded', state: isolation(action) };
    },
    revert: async (target, before, options = {}) => {
      const { signal } = options;
      const place = await placeOf(target, signal);
      if (!('machineId' in place)) return []; // whoever has the code unlocks it
      const { machineId } = place;
      if (before['lastAction'] === 'Isolate' || (await latest(machineId, signal))?.type !== 'Isolate') return [];
      return ask(OPERATIONS.release, 'Unisolate', machineId, { Comment: 'Quell: release' }, options);
    },
  };
}
