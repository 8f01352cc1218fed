import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { orMissing } from '../../replies.js';
import { sendOnce } from '../../writes.js';
import { quoted, type MicrosoftClient } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { notBefore, write, type ActContext } from './act.js';
import { entraDeviceId } from './device-ids.js';

const result = z.looseObject({
  actionName: z.string().nullish(),
  actionState: z.string().nullish(),
  startDateTime: z.string().nullish(),
});
const managedDevice = z.looseObject({
  id: z.string(),
  managementState: z.string().nullish(),
  deviceActionResults: z.array(result).nullish(),
});
export type ManagedDevice = z.infer<typeof managedDevice>;
type Result = z.infer<typeof result>;

const UNDER_WAY = new Set(['none', 'pending', 'active', 'done']);

/** The device in Intune by its Entra id, with how far actions on it are; undefined when Intune does not manage it (any more). */
export async function findManagedDevice(
  client: MicrosoftClient,
  deviceId: string,
  signal: AbortSignal | undefined,
): Promise<ManagedDevice | undefined> {
  const query = { $filter: `azureADDeviceId eq ${quoted(deviceId)}`, $select: 'id' };
  const [only, second] = (
    await client.page(OPERATIONS.managedDevices, { query, signal }, z.looseObject({ id: z.string() }))
  ).rows;
  if (!only) return undefined;
  if (second) throw new QuellError('VENDOR_REFUSED', 'several devices in Intune with one Entra device id');
  // The results come back only for a single device, and when asked for by name.
  const $select = 'id,managementState,deviceActionResults';
  return orMissing(
    client.call(OPERATIONS.managedDevice, { path: { id: only.id }, query: { $select }, signal }, managedDevice),
  );
}

const resultOf = (device: ManagedDevice, name: string): Result | undefined =>
  (device.deviceActionResults ?? []).find(
    (r) => r.actionName?.toLowerCase() === name.toLowerCase() && UNDER_WAY.has(r.actionState ?? 'none'),
  );

/** The lock asked for since an instant; undefined when there is none. */
export function lockOf(device: ManagedDevice, since: string): Result | undefined {
  const found = resultOf(device, 'remoteLock');
  return notBefore(found?.startDateTime, since) ? found : undefined;
}

/** Asks Intune to lock the screen of a device, once per step: a lock asked for since it was begun is taken as its own. */
export async function lockDevice(
  client: MicrosoftClient,
  deviceId: string,
  device: ManagedDevice,
  since: string,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  if (lockOf(device, since)) return [];
  const { signal } = options;
  const took = async (): Promise<boolean> => {
    const now = await findManagedDevice(client, deviceId, signal);
    return now !== undefined && lockOf(now, since) !== undefined;
  };
  const send = (): Promise<void> => client.send(OPERATIONS.lockDevice, { path: { id: device.id }, body: {}, signal });
  return sendOnce(write(OPERATIONS.lockDevice, device.id), send, took, options);
}

/** Takes the organisation's data and accounts off a managed device; what is private on it stays. */
export function retireDevice(context: ActContext): ContainmentAct {
  const { client } = context;
  const find = async (target: ActionTarget, signal: AbortSignal | undefined): Promise<ManagedDevice | undefined> => {
    const id = await entraDeviceId(context, target, signal);
    if (id === undefined) throw new QuellError('VENDOR_NOT_FOUND', 'device has no Entra id');
    return findManagedDevice(client, id, signal);
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
    d3fend: 'D3-OE',
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
