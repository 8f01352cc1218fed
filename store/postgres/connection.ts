import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import { QuellError } from '../../domain/errors.js';
import { inDatabase, stateOf } from './errors.js';
import { clientOfPrimary } from './primary.js';
import { clientConfig, type DatabaseSettings } from './settings.js';

export interface PoolOptions {
  /** Shown by `pg_stat_activity` and the server's log. */
  readonly role: string;
  /** Connections at most; each is a process of the server. */
  readonly max?: number;
  readonly statementTimeoutMs?: number;
}

const MAX_CONNECTIONS = 4;
const CONNECT_WITHIN_MS = 10_000;
const STATEMENT_WITHIN_MS = 30_000;
/** Later than the server's own limit: for a server that does not answer any more. */
const ANSWER_GRACE_MS = 5_000;
/** Ends a transaction whose process hangs, with the locks that it holds. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** Connections of one role, made as they are needed. Errors: CONFIG when a file of TLS cannot be read. */
export function poolOf(settings: DatabaseSettings, options: PoolOptions): Pool {
  const { role, max = MAX_CONNECTIONS, statementTimeoutMs = STATEMENT_WITHIN_MS } = options;
  const pool = new Pool({
    ...clientConfig(settings),
    ...(settings.others ? { Client: clientOfPrimary(settings) } : {}),
    ...{ max, application_name: `quell-${role}`, keepAlive: true },
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + ANSWER_GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  // A connection that breaks says so by events, which unheard would end the process: an idle one is dropped by the pool, the next statement of another fails,
  // and of one that is being closed nobody wants to know.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * One statement; outside of a transaction it is one by itself, and runs again when the server rolled it back to untie it from others.
 * Errors: DATABASE_UNAVAILABLE, DATABASE_REFUSED, DATABASE_SCHEMA.
 */
export function query<Row extends QueryResultRow>(
  on: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult<Row>> {
  const once = (): Promise<QueryResult<Row>> => inDatabase(() => on.query<Row>(text, [...values]));
  return on instanceof Pool ? untied(once) : once();
}

const FETCHED = 500;

/** Rows of a statement, some at a time, within a transaction that asks for no other so. Errors: those of `query`. */
export async function* streamed<Row extends QueryResultRow>(
  on: PoolClient,
  text: string,
  values: readonly unknown[],
): AsyncGenerator<Row> {
  await query(on, `DECLARE streamed NO SCROLL CURSOR FOR ${text}`, values);
  for (;;) {
    const { rows } = await query<Row>(on, `FETCH ${FETCHED} FROM streamed`);
    yield* rows;
    if (rows.length < FETCHED) break;
  }
  await query(on, 'CLOSE streamed');
}

/** Serialization failure and deadlock: the server rolled back, and the same may work the next time. */
const TRIED_AGAIN = ['40001', '40P01'];
const TRIES = 5;
const PAUSE_MS = 20;

/**
 * All of `work` or nothing of it. `work` asks by `query` on the connection that it is given; it runs again from the start when the server rolled it back to untie
 * it from others, so it changes nothing but the database. Errors: those of `query` and of `work`. After DATABASE_UNAVAILABLE it may have been committed all the same.
 */
export const transaction = <T>(pool: Pool, work: (on: PoolClient) => Promise<T>): Promise<T> =>
  untied(() => once(pool, 'BEGIN', work));

/** Reads the database as it is at one moment, whoever writes meanwhile. Errors: those of `query` and of `work`. */
export const snapshot = <T>(pool: Pool, work: (on: PoolClient) => Promise<T>): Promise<T> =>
  once(pool, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work);

async function untied<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === TRIES || !TRIED_AGAIN.includes(stateOf(error) ?? '')) throw error;
      await sleep(PAUSE_MS * 2 ** attempt * Math.random());
    }
  }
}

const once = <T>(pool: Pool, begin: string, work: (on: PoolClient) => Promise<T>): Promise<T> =>
  connected(pool, async (client, keep) => {
    await query(client, begin);
    try {
      const result = await work(client);
      // Of a transaction in which a statement failed, whoever caught that, the server makes a roll-back.
      if ((await query(client, 'COMMIT')).command !== 'COMMIT')
        throw new QuellError('DATABASE_REFUSED', 'a statement of the transaction failed, and nothing was stored');
      keep();
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(keep, () => undefined);
      throw error;
    }
  });

/** Work on one connection, which is closed afterwards unless the work says that it is fit to be kept. Errors: those of `query` and of `work`. */
export async function connected<T>(pool: Pool, work: (on: PoolClient, keep: () => void) => Promise<T>): Promise<T> {
  const client = await inDatabase(() => pool.connect());
  let isFit = false;
  try {
    return await work(client, () => (isFit = true));
  } finally {
    client.release(!isFit);
  }
}
