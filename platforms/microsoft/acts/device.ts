import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { OPERATIONS, type MicrosoftOperation } from '../operations.js';
import { sendOnce } from '../../writes.js';
import { orMissing } from '../../replies.js';
import { write, type ActContext } from './act.js';

const machine = z.looseObject({ id: z.string() });
const machineAction = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  machineId: z.string(),
  creationDateTimeUtc: z.string(),
});
type MachineAction = z.infer<typeof machineAction>;

const ALIVE = new Set(['Pending', 'InProgress', 'Succeeded']);

/** Defender isolation. Asking twice can leave a second action that isolates again later, so a live one is adopted, never repeated. */
export function quarantineDevice({ client }: ActContext): ContainmentAct {
  /** Targets carry Defender's machine id (alerts) or the Entra device id (sign-ins). */
  async function machineId(target: ActionTarget, signal: AbortSignal | undefined): Promise<string> {
    const direct = await orMissing(client.call(OPERATIONS.machine, { path: { id: target.id }, signal }, machine));
    if (direct) return direct.id;
    if (!/^[0-9a-f-]{36}$/i.test(target.id)) throw new QuellError('VENDOR_NOT_FOUND', 'device');
    const byEntraId = await client.page(
      OPERATIONS.machines,
      { query: { $filter: `aadDeviceId eq ${target.id}` }, signal },
      machine,
    );
    const [only, second] = byEntraId.rows;
    if (!only || second) throw new QuellError('VENDOR_NOT_FOUND', 'device');
    return only.id;
  }
  /** The latest isolation or release that is not dead; Defender says nothing else about the state. */
  async function latest(id: string, signal: AbortSignal | undefined): Promise<MachineAction | undefined> {
    const rows = await client.all(
      OPERATIONS.machineActions,
      { query: { $filter: `machineId eq '${id}'` }, signal },
      machineAction,
    );
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
  const state = (action: MachineAction | undefined): Record<string, string> => ({
    lastAction: action?.type ?? 'none',
    status: action?.status ?? 'none',
  });

  return {
    kind: 'quarantine_device',
    reversible: true,
    d3fend: 'D3-NI',
    undo: 'The device is released from isolation.',
    losses: 'Work over the network on that device meanwhile.',
    effectWithinSeconds: 3600,
    capture: async (target, { signal } = {}) => state(await latest(await machineId(target, signal), signal)),
    apply: async (target, { idempotencyKey }, options = {}) => {
      const { signal } = options;
      const id = await machineId(target, signal);
      if ((await latest(id, signal))?.type === 'Isolate') return [];
      return ask(
        OPERATIONS.isolate,
        'Isolate',
        id,
        { Comment: `Quell ${idempotencyKey}`, IsolationType: 'Full' },
        options,
      );
    },
    verify: async (target, _, { signal } = {}) => {
      const action = await latest(await machineId(target, signal), signal);
      return { holds: action?.type === 'Isolate' && action.status === 'Succeeded', state: state(action) };
    },
    revert: async (target, before, options = {}) => {
      const { signal } = options;
      const id = await machineId(target, signal);
      if (before['lastAction'] === 'Isolate' || (await latest(id, signal))?.type !== 'Isolate') return [];
      return ask(OPERATIONS.release, 'Unisolate', id, { Comment: 'Quell: release' }, options);
    },
  };
}
