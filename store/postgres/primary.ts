import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { DatabaseError } from './errors.js';
import { clientConfig, configAt, type DatabaseSettings, type Place } from './settings.js';

/** A server that does not answer by then is not it. Together shorter than a pool waits for a connection. */
const CONNECT_WITHIN_MS = 4_000;
const ANSWER_WITHIN_MS = 2_000;
/** How long the first that takes writes is held against the rest. One that says nothing may cost each new connection this much. */
const SETTLE_MS = 300;
/** The server's own word for a write where none is taken. */
const READ_ONLY = '25006';

type Heard = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * The driver's client of one of several servers: of the one that takes writes at the time when it connects. After a failover each new connection goes to the server that was promoted.
 * Errors: CONFIG when a file of TLS cannot be read.
 */
export function clientOfPrimary(settings: DatabaseSettings): typeof Client {
  const read = clientConfig(settings);
  const places: readonly Place[] = [settings, ...(settings.others ?? [])];
  return class extends Client {
    readonly #ssl: ClientConfig['ssl'];

    constructor(options?: ClientConfig) {
      const config = configAt(read, settings);
      super({ ...options, ...config });
      this.#ssl = config.ssl;
    }

    override connect(): Promise<Client>;
    override connect(callback: Heard): void;
    override connect(callback?: Heard): Promise<Client> | void {
      const connected = this.#toPrimary();
      if (!callback) return connected;
      const heard = callback as (error: unknown, client?: Client) => void;
      connected.then((client) => heard(null, client), heard);
    }

    async #toPrimary(): Promise<Client> {
      const place = await primaryOf(read, places);
      // Read by the driver when it connects, and by the check of the certificate.
      Object.assign(this, { host: place.host, port: place.port });
      if (typeof this.#ssl === 'object') Object.assign(this.#ssl, configAt(read, place).ssl);
      return await super.connect();
    }
  };
}

/**
 * All are asked at once, so that one that is gone keeps nobody waiting. Errors: the driver's, or DATABASE_UNAVAILABLE when all that answer are standbys, or two take writes: what is
 * written to the one that lost would be lost with it.
 */
async function primaryOf(config: ClientConfig, places: readonly Place[]): Promise<Place> {
  const found: Place[] = [];
  const asked = places.map(async (place) => {
    await requireWritable(configAt(config, place));
    found.push(place);
    return place;
  });
  try {
    const first = await Promise.any(asked);
    await Promise.race([Promise.allSettled(asked), sleep(SETTLE_MS, undefined, { ref: false })]);
    if (found.length > 1)
      throw new DatabaseError('DATABASE_UNAVAILABLE', 'several servers take writes: stop the old primary');
    return first;
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    const errors: readonly unknown[] = error.errors;
    throw errors.find((one) => !(one instanceof DatabaseError)) ?? errors[0];
  }
}

async function requireWritable(config: ClientConfig): Promise<void> {
  const client = new Client({ ...config, connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS });
  client.on('error', () => undefined); // unheard, the event would end the process
  try {
    await client.connect();
    const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
    if (rows[0]?.transaction_read_only !== 'off') throw new DatabaseError('DATABASE_UNAVAILABLE', READ_ONLY);
  } finally {
    void client.end().catch(() => undefined);
  }
}
