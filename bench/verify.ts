import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SigningKey } from '../store/key-ring.js';
import { query } from '../store/postgres/connection.js';
import type { BenchDatabase } from './database.js';
import { fillChain } from './chain-rows.js';
import type { Spent, Task } from './measure.js';

const LINES = 200_000;
/** As `AuditChain` signs under load. */
const SIGNED_EVERY = 50;
const PROCESS = fileURLToPath(new URL('verify-process.ts', import.meta.url));

/** The proof of a large chain, in a process of its own; beside a plain look at each row. `auditKey`: file of the public half. */
export function verifyTasks(database: BenchDatabase, key: SigningKey, auditKey: string): readonly Task[] {
  let filled: Promise<void> | undefined;
  const fill = async (): Promise<void> => {
    await fillChain(database.as('records'), key, LINES, SIGNED_EVERY);
    await query(database.owner, 'VACUUM ANALYZE audit_entries, audit_lines, audit_checkpoints');
  };
  const inProcess = async (how: 'plain' | 'verified'): Promise<Spent> => {
    await (filled ??= fill());
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', PROCESS, how, String(LINES), auditKey],
      { env: { ...process.env, ...database.env('console') } },
    );
    return JSON.parse(stdout) as Spent;
  };
  return [
    {
      ...{ name: `verify an audit chain, signed every ${SIGNED_EVERY} lines`, unit: 'lines', count: LINES },
      run: () => inProcess('verified'),
      plain: () => inProcess('plain'),
      by: async (run) => (await run()) as Spent,
    },
  ];
}
