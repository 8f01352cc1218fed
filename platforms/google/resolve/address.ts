import { addressOf, isPublic } from '../../../domain/address.js';
import type { TargetOf } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { wideReadingOf } from '../../kit/reading.js';
import { isTrustedAddress } from '../access-levels.js';
import type { ActContext } from '../act-context.js';

/** An address; everybody who comes from it is hit. One that an access level lets in is the organisation's own. */
export const addressResolver =
  ({ client }: ActContext, levelName: string) =>
  async ({ address }: TargetOf<'address'>, { signal }: CallOptions): Promise<readonly TargetReading<'address'>[]> => {
    const one = addressOf(address);
    // What is not routed stands for nobody on the internet.
    if (one === undefined || !isPublic(one)) return [];
    const trusted = await isTrustedAddress(client, levelName, one, signal);
    return [wideReadingOf<'address'>({ type: 'address', address: one }, [], trusted ? ['unknown'] : [])];
  };
