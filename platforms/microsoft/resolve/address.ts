import { addressOf, isPublic } from '../../../domain/address.js';
import type { AddressTarget } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { wideReadingOf } from '../../kit/reading.js';
import { isTrustedAddress } from '../named-locations.js';
import type { ReadContext } from './accounts.js';

/** Nobody knows who is behind an address. Locations are a part of Conditional Access: without it there is no trusted one. */
export const addressResolver =
  (context: ReadContext) =>
  async ({ address }: AddressTarget, { signal }: CallOptions): Promise<readonly TargetReading<'address'>[]> => {
    const found = addressOf(address);
    // What is not routed stands for nobody on the internet.
    if (found === undefined || !isPublic(found)) return [];
    const isTrusted = context.has.entraP1 && (await isTrustedAddress(context.client, found, signal));
    return [wideReadingOf<'address'>({ type: 'address', address: found }, [], isTrusted ? ['unknown'] : [])];
  };
