import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget } from '../../../domain/plan.js';
import { orMissing } from '../../replies.js';
import type { MicrosoftClient } from '../client.js';
import { OPERATIONS } from '../operations.js';
import type { ActContext } from './act.js';

const machine = z.looseObject({ id: z.string(), aadDeviceId: z.string().nullish() });
export type Machine = z.infer<typeof machine>;

const isGuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

/** A device in Defender. Targets carry Defender's machine id (alerts) or the Entra device id (sign-ins). */
export async function findMachine(
  client: MicrosoftClient,
  target: ActionTarget,
  signal: AbortSignal | undefined,
): Promise<Machine | undefined> {
  const direct = await orMissing(client.call(OPERATIONS.machine, { path: { id: target.id }, signal }, machine));
  if (direct || !isGuid(target.id)) return direct;
  const query = { $filter: `aadDeviceId eq ${target.id}` };
  const { rows } = await client.page(OPERATIONS.machines, { query, signal }, machine);
  if (rows.length > 1) throw new QuellError('VENDOR_REFUSED', 'several machines with one Entra device id');
  return rows[0];
}

/** Entra device id of a target, by which Intune knows it. */
export async function entraDeviceId(
  { client, has }: ActContext,
  target: ActionTarget,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (isGuid(target.id)) return target.id;
  return has.defender ? ((await findMachine(client, target, signal))?.aadDeviceId ?? undefined) : undefined;
}
