import type { Pool, PoolClient } from 'pg';

/** Which statement loses its connection: before the server has it, or after it is done and before its answer is heard. */
export interface Cut {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** A pool whose n-th statement, counted from zero, has its backend terminated by the owner of the server. Says how many statements there were. */
export function cutPool(
  pool: Pool,
  owner: Pool,
  { at, when }: Cut,
): { readonly pool: Pool; readonly count: () => number } {
  let seen = 0;
  const asked = async (client: PoolClient, args: Parameters<PoolClient['query']>): Promise<unknown> => {
    const isCut = seen++ === at;
    if (isCut && when === 'before') await terminate(client, owner);
    const answer: unknown = await Promise.resolve(client.query(...args) as unknown);
    if (!isCut || when === 'before') return answer;
    await terminate(client, owner);
    throw Object.assign(new Error('the answer is lost'), { code: 'ECONNRESET' });
  };
  const wrapped = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get: (target, name) => {
        if (name === 'query') return (...args: Parameters<PoolClient['query']>) => asked(target, args);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  const connect = async (): Promise<PoolClient> => wrapped(await pool.connect());
  const query = async (...args: Parameters<PoolClient['query']>): Promise<unknown> => {
    const client = await pool.connect();
    client.on('error', unheard);
    let isFit = false;
    try {
      const answer = await asked(client, args);
      isFit = true;
      return answer;
    } finally {
      client.off('error', unheard);
      client.release(!isFit);
    }
  };
  return { pool: { connect, query } as Pick<Pool, 'connect' | 'query'> as Pool, count: () => seen };
}

const unheard = (): void => undefined;

async function terminate(client: PoolClient, owner: Pool): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const gone = new Promise((resolve) => client.once('end', resolve));
  await owner.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await gone;
}
