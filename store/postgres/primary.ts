import { Client, type ClientConfig } from 'pg';
import { DatabaseError } from './errors.js';
import { clientConfig, type DatabaseSettings, type Place } from './settings.js';

/** A server that does not answer by then is not it. Together shorter than a pool waits for a connection. */
const CONNECT_WITHIN_MS = 4_000;
const ANSWER_WITHIN_MS = 2_000;
/** The server's own word for a write where none is taken. */
const READ_ONLY = '25006';

type Heard = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * The driver's client of one of several servers: of the one that takes writes at the time when it connects. After a failover each new connection goes to the server that was promoted.
 */
export function clientOfPrimary(settings: DatabaseSettings): typeof Client {
  return class extends Client {
    readonly #ssl: ClientConfig['ssl'];

    constructor(options?: ClientConfig) {
      const config = clientConfig(settings);
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
      const place = await primaryOf(settings);
      // Read by the driver when it connects, and by the check of the certificate.
      Object.assign(this, place);
      if (typeof this.#ssl === 'object') Object.assign(this.#ssl, clientConfig({ ...settings, ...place }).ssl);
      return await super.connect();
    }
  };
}

/** All are asked at once, so that one that is gone keeps nobody waiting. Errors: the driver's, or DATABASE_UNAVAILABLE when all that answer are standbys. */
async function primaryOf(settings: DatabaseSettings): Promise<Place> {
  const places: readonly Place[] = [settings, ...(settings.others ?? [])];
  const asked = places.map(({ host, port }) => writable({ ...settings, host, port }));
  try {
    return await Promise.any(asked);
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw errors.find((one) => !(one instanceof DatabaseError)) ?? errors[0];
  }
}

async function writable(settings: DatabaseSettings): Promise<Place> {
  const { host, port } = settings;
  const client = new Client({
    ...clientConfig(settings),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  });
  client.on('error', () => undefined); // unheard, the event would end the process
  try {
    await client.connect();
    const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
    if (rows[0]?.transaction_read_only !== 'off') throw new DatabaseError('DATABASE_UNAVAILABLE', READ_ONLY);
    return { host, port };
  } finally {
    void client.end().catch(() => undefined);
  }
}
