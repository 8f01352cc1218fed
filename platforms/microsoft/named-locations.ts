import { z } from 'zod';
import { isInside, networkOf } from '../../domain/address.js';
import { QuellError } from '../../domain/errors.js';
import { someText } from '../kit/rows.js';
import type { MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';

const range = z.looseObject({ '@odata.type': someText, cidrAddress: z.string() });
export type AddressRange = z.infer<typeof range>;
/** Whether it is trusted, and what lies in it, is asked for exactly: what is unknown there might be what protects. */
const location = z.looseObject({
  '@odata.type': someText,
  id: z.string(),
  displayName: someText,
  isTrusted: z.boolean().nullish(),
  ipRanges: z.array(range).nullish(),
});
export type NamedLocation = z.infer<typeof location>;

/** Locations of Conditional Access. */
export const namedLocations = (
  client: MicrosoftClient,
  signal: AbortSignal | undefined,
): Promise<readonly NamedLocation[]> => client.all(OPERATIONS.namedLocations, { signal }, location);

/** True when one of the tenant's trusted locations holds the address: then it is the organisation's own. Errors: VENDOR_REPLY for a range that is none. */
export async function isTrustedAddress(
  client: MicrosoftClient,
  address: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const trusted = (await namedLocations(client, signal)).filter((l) => l.isTrusted);
  const ranges = trusted.flatMap((l) => (l.ipRanges ?? []).map((r) => r.cidrAddress));
  if (ranges.some((r) => networkOf(r) === undefined))
    throw new QuellError('VENDOR_REPLY', `${OPERATIONS.namedLocations.name}: a range that is none`);
  return isInside(address, ranges);
}
