import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../store/data-converter.js';
import type { PayloadKeys } from '../store/payload-codec.js';
import type { TemporalSettings } from './temporal-settings.js';

/** Where Temporal is, and the keys that payloads are encrypted with. */
export interface TemporalAddress extends TemporalSettings {
  /** Milliseconds. */
  readonly connectTimeout?: number;
  readonly keys: PayloadKeys;
  /** Stands in the history in the clear; names the program, never a person or host. */
  readonly identity?: string;
}

/** A client whose payloads and failures are encrypted. Close its `connection`. Errors: Temporal's own when it can't be reached. */
export async function connect({
  address,
  namespace,
  keys,
  identity = 'quell',
  ...rest
}: TemporalAddress): Promise<Client> {
  const connection = await Connection.connect({ address, ...rest });
  return new Client({ connection, namespace, dataConverter: dataConverter(keys), identity });
}
