import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../store/data-converter.js';
import { KeyRing } from '../store/key-ring.js';
import { payloadKeys } from '../store/payload-codec.js';
import { statePaths, type StatePaths } from '../store/state-paths.js';
import { loadConfig } from '../workers/config.js';
import { existsSync } from 'node:fs';

/** State folder of this machine: `QUELL_STATE`, by default `.quell`. */
export const stateFolder = (): string => resolve(process.env['QUELL_STATE'] ?? '.quell');

export const paths = (): StatePaths => statePaths(stateFolder());

/** Keys for the command line: `QUELL_KEYS`, by default what the console role of this state folder holds. */
export function cliKeys(): KeyRing {
  return KeyRing.read({
    dir: process.env['QUELL_KEYS'] ?? join(stateFolder(), 'roles', 'console', 'keys'),
    env: process.env,
  });
}

/** Runs with a client that encrypts; `TEMPORAL_ADDRESS`, else the configuration's address, else the dev server's usual one. */
export async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: temporalAddress(), connectTimeout: 5_000 });
  try {
    return await work(
      new Client({
        connection,
        namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
        dataConverter: dataConverter(payloadKeys(cliKeys())),
        identity: 'quell-cli',
      }),
    );
  } finally {
    await connection.close();
  }
}

function temporalAddress(): string {
  const file = process.env['QUELL_CONFIG'] ?? join(stateFolder(), 'quell.yaml');
  return (
    process.env['TEMPORAL_ADDRESS'] ??
    (existsSync(file) ? loadConfig(file).temporal?.address : undefined) ??
    'localhost:7233'
  );
}

export const print = (line = ''): void => void process.stdout.write(`${line}\n`);
