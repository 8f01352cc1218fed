import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct } from '../../ports.js';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import { quoted } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

const indicator = z.looseObject({
  id: z.coerce.string(),
  indicatorValue: z.string(),
  action: z.string(),
  expirationTime: z.string().nullish(),
});
type Indicator = z.infer<typeof indicator>;

const BLOCKS = new Set(['Block', 'BlockAndRemediate']);

/**
 * One address on Defender's list of indicators: managed devices are kept from it. It does not stop sign-ins from there, so
 * it is the block of addresses only in tenants that have no Conditional Access. Submitting is an upsert on the address.
 */
export function blockIpByIndicator({ client }: ActContext): ContainmentAct<'block_ip'> {
  async function read(address: string, signal: AbortSignal | undefined): Promise<Indicator | undefined> {
    const query = { $filter: `indicatorValue eq ${quoted(address)}` };
    const rows = await client.first(OPERATIONS.indicators, { query, signal }, indicator);
    return rows.find(
      (i) => i.indicatorValue === address && (!i.expirationTime || Date.parse(i.expirationTime) > Date.now()),
    );
  }
  const state = (found: Indicator | undefined) => ({ indicator: found?.action ?? 'none' });
  const blocks = (found: Indicator | undefined): boolean => found !== undefined && BLOCKS.has(found.action);

  return {
    kind: 'block_ip',
    reversible: true,
    undo: 'The indicator is deleted; managed devices reach the address again.',
    losses: '',
    recognised: 'Defender has an indicator that blocks the address.',
    proof: 'The indicator is read back with action Block and has not expired.',
    effectWithinSeconds: 7200, // devices fetch indicators on their own time
    capture: async (target, { signal } = {}) => state(await read(target.address, signal)),
    apply: async (target, { idempotencyKey }, options = {}) => {
      const { signal } = options;
      const found = await read(target.address, signal);
      if (blocks(found)) return [];
      if (found) throw new QuellError('PROTECTED', 'the organisation has an indicator of its own for the address');
      const body = {
        indicatorValue: target.address,
        indicatorType: 'IpAddress',
        action: 'Block',
        severity: 'High',
        title: `Quell ${idempotencyKey}`,
        description: 'Access to messaging data that is not the account owner’s came from here.',
        generateAlert: false, // its alerts would come back as cases
      };
      return sendOnce(
        write(OPERATIONS.submitIndicator, target.address),
        () => client.send(OPERATIONS.submitIndicator, { body, signal }),
        async () => blocks(await read(target.address, signal)),
        options,
      );
    },
    verify: async (target, _, { signal } = {}) => {
      const found = await read(target.address, signal);
      return { holds: blocks(found), state: state(found) };
    },
    revert: async (target, before, options = {}) => {
      const { signal } = options;
      const found = await read(target.address, signal);
      if (before['indicator'] !== 'none' || !found || !blocks(found)) return [];
      const send = (): Promise<void> => client.send(OPERATIONS.deleteIndicator, { path: { id: found.id }, signal });
      const gone = async (): Promise<boolean> => !blocks(await read(target.address, signal));
      return (await orMissing(sendOnce(write(OPERATIONS.deleteIndicator, found.id), send, gone, options))) ?? [];
    },
  };
}
