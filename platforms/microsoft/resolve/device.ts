import type { DeviceTarget } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf, wideReadingOf } from '../../kit/reading.js';
import { orMissing } from '../../kit/replies.js';
import { entraDevicesOf, isMachineId, machinesOf, managedDevicesOf, peopleOf, readMachine } from '../devices.js';
import { isGuid } from '../ids.js';
import { accountReader, accountsOf, type ReadContext } from './accounts.js';

/** A device as it is at the vendor: Defender's own id where Defender knows it, else Entra's. */
interface FoundDevice {
  readonly deviceId: string;
  readonly people: readonly (string | null | undefined)[];
}

/**
 * Alerts name a device by Defender's id, sign-ins by Entra's. It affects whom it is registered by and for in Entra and enrolled for in Intune;
 * Defender's list of who logged on has names of the device's own domain, which are no accounts of the tenant. A device of nobody who is
 * known may be anybody's.
 */
export const deviceResolver =
  (context: ReadContext) =>
  async (
    { deviceId, sessionIds }: DeviceTarget,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'device'>[]> => {
    const account = accountReader(context, signal);
    const readings: TargetReading<'device'>[] = [];
    for (const found of await find(context, deviceId, signal)) {
      const affects = await accountsOf(account, found.people);
      const target: DeviceTarget = { type: 'device', deviceId: found.deviceId, sessionIds };
      readings.push((affects.length > 0 ? readingOf : wideReadingOf)<'device'>(target, affects));
    }
    return readings;
  };

async function find(
  context: ReadContext,
  deviceId: string,
  signal: AbortSignal | undefined,
): Promise<readonly FoundDevice[]> {
  const { client, has } = context;
  if (isMachineId(deviceId)) {
    const machine = has.defender ? await orMissing(readMachine(client, deviceId, signal)) : undefined;
    if (!machine) return [];
    const { id, aadDeviceId } = machine;
    return [{ deviceId: id, people: aadDeviceId ? (await inDirectory(context, aadDeviceId, signal)).people : [] }];
  }
  if (!isGuid(deviceId)) return [];
  const machines = has.defender ? await machinesOf(client, deviceId, signal) : [];
  const { names, people } = await inDirectory(context, deviceId, signal);
  return (machines.length > 0 ? machines.map(({ id }) => id) : names).map((name) => ({ deviceId: name, people }));
}

/** A device in Entra and Intune: how they spell its id, and whose it is there. */
async function inDirectory(
  { client, has }: ReadContext,
  entraId: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly names: readonly string[]; readonly people: FoundDevice['people'] }> {
  const managed = has.intune ? await managedDevicesOf(client, entraId, signal) : [];
  const registered = await entraDevicesOf(client, entraId, signal);
  const people: (string | null | undefined)[] = managed.map((row) => row.userId);
  for (const { id } of registered) people.push(...(await peopleOf(client, id, signal)));
  const names = [...registered.map((row) => row.deviceId), ...managed.flatMap((row) => row.azureADDeviceId ?? [])];
  return { names: [...new Set(names.map((name) => name.toLowerCase()))], people };
}
