import type { VendorWrite } from '../../../domain/plan.js';
import type { WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import type { MicrosoftClient } from '../client.js';
import { findManagedDevice, resultOf, type ManagedDevice } from '../managed-device.js';
import { OPERATIONS } from '../operations.js';
import { notBefore, write } from './act.js';

/** The lock asked for since an instant; undefined when there is none. */
export function lockOf(device: ManagedDevice, since: string): ReturnType<typeof resultOf> {
  const found = resultOf(device, 'remoteLock');
  return notBefore(found?.startDateTime, since) ? found : undefined;
}

/** Asks Intune to lock the screen of a device, once per step: a lock asked for since it was begun is taken as its own. */
export async function lockDevice(
  client: MicrosoftClient,
  entraId: string,
  device: ManagedDevice,
  since: string,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  if (lockOf(device, since)) return [];
  const { signal } = options;
  const took = async (): Promise<boolean> => {
    const now = await findManagedDevice(client, entraId, signal);
    return now !== undefined && lockOf(now, since) !== undefined;
  };
  const send = (): Promise<void> => client.send(OPERATIONS.lockDevice, { path: { id: device.id }, body: {}, signal });
  return sendOnce(write(OPERATIONS.lockDevice, device.id), send, took, options);
}
