import { addressOf, isInside, networkOf, notBlockableBecause } from '../../domain/address.js';
import { QuellError } from '../../domain/errors.js';

/**
 * Throws PROTECTED unless `text` is one public address outside `never` (networks), in whatever spelling; CONFIG when one of `never` is no
 * network, for what it was meant to protect nobody knows.
 */
export function assertBlockable(text: string, never: readonly string[]): void {
  const address = addressOf(text);
  if (address === undefined) throw new QuellError('PROTECTED', 'not an address');
  const because = notBlockableBecause(address);
  if (because !== undefined) throw new QuellError('PROTECTED', `${because} address`);
  if (never.some((network) => networkOf(network) === undefined))
    throw new QuellError('CONFIG', 'a network that is never blocked is no network');
  if (isInside(address, never)) throw new QuellError('PROTECTED', 'own, trusted or vendor address');
}
