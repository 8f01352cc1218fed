import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { quoted, type MicrosoftClient } from './client.js';
import { isSameId } from './ids.js';
import { OPERATIONS } from './operations.js';

const machine = z.looseObject({ id: z.string(), aadDeviceId: z.string().nullish() });
/** A device in Defender. */
export type Machine = z.infer<typeof machine>;

/** Defender's own ids of devices. */
export const isMachineId = (id: string): boolean => /^[0-9a-f]{40}$/i.test(id);

/** A device in Defender by its own id, as alerts name it. Errors: VENDOR_NOT_FOUND; VENDOR_REPLY when another device is answered. */
export async function readMachine(
  client: MicrosoftClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Machine> {
  const found = await client.call(OPERATIONS.machine, { path: { id }, signal }, machine);
  if (!isSameId(found.id, id)) throw new QuellError('VENDOR_REPLY', `${OPERATIONS.machine.name}: another device`);
  return found;
}

/** Devices in Defender by their Entra id, as sign-ins name them: a device that was set up anew is there twice. */
export async function machinesOf(
  client: MicrosoftClient,
  entraId: string,
  signal: AbortSignal | undefined,
): Promise<readonly Machine[]> {
  const query = { $filter: `aadDeviceId eq ${entraId}` };
  const rows = await client.all(OPERATIONS.machines, { query, signal }, machine);
  return exactly(entraId, rows, (row) => row.aadDeviceId, OPERATIONS.machines.name);
}

const managed = z.looseObject({
  id: z.string(),
  azureADDeviceId: z.string().nullish(),
  userId: z.string().nullish(),
});
/** A device that Intune manages; `userId` is whom it is enrolled for. */
export type ManagedRow = z.infer<typeof managed>;

/** Devices in Intune by their Entra id. */
export async function managedDevicesOf(
  client: MicrosoftClient,
  entraId: string,
  signal: AbortSignal | undefined,
): Promise<readonly ManagedRow[]> {
  const query = { $filter: `azureADDeviceId eq ${quoted(entraId)}`, $select: 'id,azureADDeviceId,userId' };
  const rows = await client.first(OPERATIONS.managedDevices, { query, signal }, managed);
  return exactly(entraId, rows, (row) => row.azureADDeviceId, OPERATIONS.managedDevices.name);
}

const registered = z.looseObject({ id: z.string(), deviceId: z.string(), accountEnabled: z.boolean().nullish() });
const member = z.looseObject({ '@odata.type': z.string().nullish(), id: z.string() });

/** Devices in Entra by the id that sign-ins name; `id` is the object's own. */
export async function entraDevicesOf(
  client: MicrosoftClient,
  entraId: string,
  signal: AbortSignal | undefined,
): Promise<readonly z.infer<typeof registered>[]> {
  const query = { $filter: `deviceId eq ${quoted(entraId)}`, $select: 'id,deviceId,accountEnabled' };
  const rows = await client.first(OPERATIONS.devices, { query, signal }, registered);
  return exactly(entraId, rows, (row) => row.deviceId, OPERATIONS.devices.name);
}

/** Ids of the accounts that a device in Entra is registered by and for. */
export async function peopleOf(
  client: MicrosoftClient,
  objectId: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const rows = [
    ...(await client.all(OPERATIONS.deviceOwners, { path: { id: objectId }, signal }, member)),
    ...(await client.all(OPERATIONS.deviceUsers, { path: { id: objectId }, signal }, member)),
  ];
  return rows.flatMap((row) => (row['@odata.type'] === '#microsoft.graph.user' ? [row.id] : []));
}

/** A list that was asked for by one id holds things of that id; of others nothing is said by them. */
function exactly<T>(
  wanted: string,
  rows: readonly T[],
  idOf: (row: T) => string | null | undefined,
  operation: string,
): readonly T[] {
  if (rows.some((row) => !isSameId(idOf(row) ?? '', wanted)))
    throw new QuellError('VENDOR_REPLY', `${operation}: another device`);
  return rows;
}
