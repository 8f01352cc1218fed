import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { orMissing } from '../kit/replies.js';
import type { MicrosoftClient } from './client.js';
import { managedDevicesOf } from './devices.js';
import { OPERATIONS } from './operations.js';

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
/** A device in Intune with how far actions on it are. */
export type ManagedDevice = z.infer<typeof managedDevice>;

const UNDER_WAY = new Set(['none', 'pending', 'active', 'done']);

/** The device by its Entra id; undefined when Intune does not manage it (any more). */
export async function findManagedDevice(
  client: MicrosoftClient,
  entraId: string,
  signal: AbortSignal | undefined,
): Promise<ManagedDevice | undefined> {
  const [only, second] = await managedDevicesOf(client, entraId, signal);
  if (!only) return undefined;
  if (second) throw new QuellError('VENDOR_REFUSED', 'several devices in Intune with one Entra device id');
  // The results come back only for a single device, and when asked for by name.
  const $select = 'id,managementState,deviceActionResults';
  return orMissing(
    client.call(OPERATIONS.managedDevice, { path: { id: only.id }, query: { $select }, signal }, managedDevice),
  );
}

/** How far an action is; undefined when there is none, or it failed. */
export const resultOf = (device: ManagedDevice, name: string): z.infer<typeof result> | undefined =>
  (device.deviceActionResults ?? []).find(
    (r) => r.actionName?.toLowerCase() === name.toLowerCase() && UNDER_WAY.has(r.actionState ?? 'none'),
  );
